from .outage.prober import start_if_any as start_if_any
