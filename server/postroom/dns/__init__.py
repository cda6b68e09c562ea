"""What the domain name system says: of mail servers, of who wrote a mail, and of a domain of one's
own.

candidates.py   where a server may be: SRV records, presets, guesses, in order; no I/O
resolver.py     look-ups, bounded in time (dnspython)
discovery.py    an address → candidates for reading and for submitting
senders/        who wrote a mail: SPF, DKIM, ARC, DMARC
records/        which records a domain of one's own needs, beside those that are there
publishing/     how they get into its zone
checking/       whether it says what it should
server_faults.py   what name servers say no with, and what to do about it
visibility.py   whether everybody finds a record
"""
