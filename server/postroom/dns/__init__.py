"""What the domain name system says of an address's mail servers.

candidates.py   where a server may be: SRV records, presets, guesses, in order; no I/O
resolver.py     SRV, MX and TXT look-ups, bounded in time (dnspython)
discovery.py    an address → candidates for reading and for submitting

And of who wrote a mail:

verifying.py    all that can be verified of one mail, from what the DNS says; no I/O
answers.py      what it says, asked once and kept a while, within bounds
sender_policy.py   SPF: may this server hand over mail of that domain (pyspf)
signatures.py   DKIM: signatures, checked with keys that were found
arc_chains.py   ARC: the chain of forwarders, and whose word in it counts (dkimpy)
dmarc.py        DMARC: whether the From domain vouches for it, and what it asks for where not
signed_mail.py  a mail as its signatures see it (dkimpy)
public_keys.py  the keys in their records (`cryptography`)
signing_keys.py   the look-ups of keys
tag_lists.py    what signatures, keys and policies are written in

And of records of one's own:

visibility.py   whether everybody finds one
"""
