"""The swap as a pyinfra deploy."""
