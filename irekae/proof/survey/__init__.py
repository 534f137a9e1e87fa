"""What was there before is there now: everything that can be seen of production, as rows, and each difference's reason.

The agent looks (irekae/host/agent/seen*.py), this package asks, keeps and compares; nothing here changes a host.
"""
