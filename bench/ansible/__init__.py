"""The swap as an Ansible playbook."""
