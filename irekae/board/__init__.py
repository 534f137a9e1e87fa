"""The board (`fab board`): one live page for everybody who works on the swap; it reads what the hosts remember.

Nothing here changes anything on a host, and nothing waits for whoever looks at the page. Documents are `report`'s.
"""
