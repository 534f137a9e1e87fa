"""The name server of a host: one adapter for each way to install it, chosen by looking.

An adapter says where its configuration is and what of it 7.5 keeps a copy of. What the items do with the zones
(`zones`) knows no adapter. To add one, write a module here with a class like `PackagedBind`, and put it into `SERVERS`
(`servers`); tests/unit/subjects/name_server/test_contract.py asks each the same.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
