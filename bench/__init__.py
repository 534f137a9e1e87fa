"""How long a swap takes beside a plain script, Ansible and pyinfra, on one lab from one snapshot: docs/speed.md."""
