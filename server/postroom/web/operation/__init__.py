"""What programs ask that look after the post room.

application.py   /healthz, /readyz and /metrics
meters.py        what this process counts: requests, calls of tools
room_figures.py  how the room stands, and what happened in it, told at each scrape
"""
