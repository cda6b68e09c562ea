"""What the domain name system says of an address's mail servers.

candidates.py   where a server may be: SRV records, presets, guesses, in order; no I/O
resolver.py     SRV, MX and TXT look-ups, bounded in time (dnspython)
discovery.py    an address → candidates for reading and for submitting

And of who signed a mail:

signatures.py   DKIM signatures, checked with keys that were found (dkimpy)
signing_keys.py   the look-ups of keys, kept a while

And of records of one's own:

visibility.py   whether everybody finds one
"""
