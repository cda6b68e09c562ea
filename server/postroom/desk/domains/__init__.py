"""Domains of one's own, for their operator.

domains.py      which there are, and their keys
keys.py         the keys of one, made once; those that sign
reports.py      what others report about them
reputation.py   how they stand with those whom they write to
rotation.py     other keys in the place of those
"""
