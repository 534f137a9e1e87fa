"""8.1 gives the scheduled backup its mode back, unless somebody has given it another one."""

from __future__ import annotations

import pytest

from irekae.model.items import On, find_item
from irekae.subjects.scheduled_backup import HELD, give_back
from irekae.swap.swap import Swap
from tasks import phase_01_start, phase_08_reboot
from tests.unit.farend import FarEnd
from tests.unit.small_procedure import begun

assert phase_08_reboot


@pytest.mark.parametrize(("since", "mode"), [(HELD, 0o755), (0o755, 0o755), (0o700, 0o700)])
def test_the_mode_is_given_back_unless_somebody_set_another(swap: Swap, ika: FarEnd, since: int, mode: int) -> None:
    begun(swap)
    (path,) = swap.site.phase1.scheduled
    ika.put(path, "#!/bin/sh\n", 0o755)
    phase_01_start.hold_backup(swap.host(find_item("1.5"), On.PRODUCTION), swap)
    assert ika.files()[path][0] == HELD
    ika.path(path).chmod(since)
    give_back(swap.host(find_item("1.5"), On.PRODUCTION), swap)
    assert ika.files()[path][0] == mode
