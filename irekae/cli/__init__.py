"""The commands of `fab`: where each begins and ends, its options, its exit status.

Thin: what a command does lives below; how a person calls it lives here. The commands around the phases, which
`__init__.pyi` names, are read when they are first used.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
