"""What carries things out on the hosts for which the offline manual is written in tests."""

from __future__ import annotations

from irekae.host.services import Systemd, Sysvinit
from irekae.report.steps import By
from irekae.subjects.network.managers.networkd import Networkd

SYSTEMD_ITSELF = Systemd()
_HOLDERS = "arping -D -I eth0 192.0.2.10; arping -D -I eth0 192.0.2.11"
USUALLY = By(Sysvinit(), Sysvinit().by_hand("restart", "networking"), _HOLDERS)
NETWORKD = By(SYSTEMD_ITSELF, Networkd().by_hand("eth0", SYSTEMD_ITSELF), _HOLDERS)
