"""The mail system of the pair: one adapter for each, chosen by [mail] system of site.toml.

An adapter says in a few verbs how local mail is drained, told, taken out of the queue and put into another one, and how
a host takes mail for the site's domains, or none. What the items do with it (`queue`) knows no mail system. To add one,
write a table in irekae/site/mail.py, a module here with a class like `PostfixSystem`, and put it into `SYSTEMS`
(`systems`); tests/unit/subjects/mail/test_contract.py asks each the same.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
