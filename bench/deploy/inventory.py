"""The pair for pyinfra: two addresses, and who may answer there just now (BENCH_KNOWN, a known_hosts)."""

import os

_LOGIN = {
    "ssh_user": "hayashi",
    "ssh_key": os.environ["BENCH_KEY"],
    "ssh_known_hosts_file": os.environ["BENCH_KNOWN"],
    "ssh_strict_host_key_checking": "yes",
    "ssh_paramiko_connect_kwargs": {"timeout": 2},
    "_sudo": True,
}
production = [("198.51.100.21", _LOGIN)]
standby = [("198.51.100.22", _LOGIN)]
