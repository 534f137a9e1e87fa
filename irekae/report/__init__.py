"""Results of a swap as documents: the acceptance report, the status table, the offline manual, the announcement.

What a person reads afterwards is rendered here, from data; nothing here changes a host.
"""
