"""Who may come in by the network.

tokens.py       the subject at the desk: made, listed, rotated, revoked, and whose one is
known_bearers.py  … as long as nothing changed
"""
