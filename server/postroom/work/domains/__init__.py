"""Domains of one's own, looked after.

key_steps.py    the keys of signatures, from state to state
key_looks.py    whether their records are found
watching.py     what the DNS says of each, checked once an hour
policy_fetching.py  the MTA-STS policies of these
reports.py      what others report about them, and who complains there
standings.py    which of them pause: too much comes back, or is called unwanted
"""
