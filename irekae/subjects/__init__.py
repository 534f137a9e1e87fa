"""What the items are about: sessions, root's door, accounts, the copy of /home, the network, the reboot.

A module a subject, used by the tasks of its phases; the order in which they are carried out is `procedure`'s.
"""
