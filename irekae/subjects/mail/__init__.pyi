from . import queue as queue
from .adapter import MailSystem as MailSystem
from .adapter import Message as Message
from .systems import SYSTEMS as SYSTEMS
from .systems import service_of as service_of
from .systems import system_of as system_of
