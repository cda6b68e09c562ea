"""What programs ask that look after the post room.

application.py   /healthz, /readyz and /metrics
meters.py        what this process counts: requests, calls of tools
mta_sts.py       what servers elsewhere read of a domain before they bring mail to it
room_figures.py  how the room stands, and what happened in it, told at each scrape
"""
