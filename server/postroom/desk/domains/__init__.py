"""Domains of one's own, for their operator.

domains.py   which there are, and their keys
keys.py      the keys of one, made once; those that sign
rotation.py  other keys in the place of those
"""
