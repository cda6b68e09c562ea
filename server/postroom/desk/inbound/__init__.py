"""Mail that is handed in over HTTP.

inbound.py      the subject at the desk: whom it is for, and that it is kept
"""
