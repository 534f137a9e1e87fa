from . import ttl as ttl
from . import zones as zones
from .adapter import NameServer as NameServer
from .servers import SERVERS as SERVERS
from .servers import choose as choose
