"""How much goes in and out, and how fast.

figures.py      the subject at the desk    deliveries.py   what became of each send
limits_used.py  how full the limits are
"""
