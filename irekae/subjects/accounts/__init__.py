"""Accounts that production has and the standby lacks (3.4): read, planned as data, applied to bytes.

Pure: text in, text out. Who reads and writes the files of a host is tasks/phase_03_copy.py.
"""
