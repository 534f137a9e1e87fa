"""Is it as it must be: runs the acceptance suite, takes the facts of before and now, compares them.

What finds out lives here; the checks themselves are in verify/, which shares no way of looking with us.

What `__init__.pyi` names is read when it is first used.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
