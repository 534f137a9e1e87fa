"""The outage as it is seen from outside: the prober, what it asks, and its log read as outages.

far_prober.py runs on the computer outside by itself; the other modules are the seat's.
"""
