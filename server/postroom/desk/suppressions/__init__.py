"""Whom nothing more is sent to.

suppressions.py     the subject at the desk
suppression_csv.py  taken in and given out as a file
"""
