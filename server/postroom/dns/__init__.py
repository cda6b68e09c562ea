"""What the domain name system says of an address's mail servers.

candidates.py   where a server may be: SRV records, presets, guesses, in order; no I/O
resolver.py     SRV and MX look-ups, bounded in time (dnspython)
discovery.py    an address → candidates for reading and for submitting
"""
