"""Waiting for new mail.

waiting.py      the subject at the desk: look, sleep until the journal grows, look again
looking.py      one look               places.py       so many waits of an agent at a time
advice.py       what the caller may do next
"""
