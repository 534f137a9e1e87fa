"""What the items are about: sessions, root's door, accounts, the copy of /home, the network, the reboot.

A module a subject, used by the tasks of its phases; the order in which they are carried out is `procedure`'s.

What stands in `__init__.pyi` is read when it is first used (`subjects.copy_tree(…)`): a command of one phase does not
wait for the modules of all others.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
