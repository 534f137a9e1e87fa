"""How long a swap takes beside a plain script and Ansible, on one lab from one snapshot: docs/speed.md."""
