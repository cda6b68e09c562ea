"""Domains of one's own, for their operator.

domains.py      which there are, and their keys
reputation.py   how they stand with those whom they write to
"""
