"""Domains of one's own, for their operator.

domains.py   which there are, and their keys
reports.py   what others report about them
"""
