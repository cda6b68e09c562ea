"""Mailboxes: made, listed, looked into, taken away.

mailboxes.py    the subject at the desk
making.py       one asked for: checked, then one transaction
created.py      what is said of it
unused.py       what is said of an account without a domain
"""
