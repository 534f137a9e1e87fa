"""May the addresses change places (5.3, 6.1)."""

from irekae.subjects.network import one_holder
from irekae.subjects.network.interface import obstacles, pair_obstacles
from irekae.subjects.preflight.obstacle import each_host

interface = each_host(obstacles)
pair = pair_obstacles
holders = one_holder.obstacles
