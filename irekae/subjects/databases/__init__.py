"""The copy of databases, host to host (3.6), its proof, and taking it back.

What asks the servers and moves their data is the far end (`far`), a program on the hosts; the seat decides.
"""
