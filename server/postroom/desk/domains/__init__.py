"""Domains of one's own, for their operator.

domains.py      which there are, and their keys
records.py      what is told of the records that one needs
keys.py         the keys of one, made once; those that sign
rotation.py     other keys in the place of those
reports.py      what others report about them
stricter.py     what these say against a stricter DMARC
reputation.py   how they stand with those whom they write to
checks.py       what the checks of them found
unknown.py      what is said of one that was not added
"""
