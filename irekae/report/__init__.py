"""Results of a swap as documents: the acceptance report, the status table, the offline manual, the announcement.

What a person reads afterwards is rendered here, from data; nothing here changes a host.

What `__init__.pyi` names is read when it is first used.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
