"""An operator's probes: what a mail account can really do, found out by trying.

    findings.py      what was found, and why something was not
    reading.py       one try at an IMAP server
    submitting.py    one try at a submission server
    hosting.py       one try at each part of a mail host whose mailboxes are rows of a table
    trying.py        candidates, one after another, until one lets us in
    letter.py        the mail that an account sends to itself; no I/O
    rewriting.py     what became of it on its way; no I/O
    round_trip.py    sent, waited for, compared

On the floor of the desk and the workers, and a stranger to both: it writes nothing into the index
and asks nothing of it. Every try is bounded in time, and none is repeated by itself: providers lock
accounts that fail to log in again and again.
"""
