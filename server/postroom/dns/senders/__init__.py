"""Who wrote a mail, by what the DNS says.

verifying.py    all that can be verified of one mail, from what the DNS says; no I/O
answers.py      what it says, asked once and kept a while, within bounds
turns.py        whose question is asked next
sender_policy.py   SPF: may this server hand over mail of that domain (pyspf)
signatures.py   DKIM: signatures, checked with keys that were found
arc_chains.py   ARC: the chain of forwarders, and whose word in it counts (dkimpy)
dmarc.py        DMARC: whether the From domain vouches for it, and what it asks for where not
signed_mail.py  a mail as its signatures see it (dkimpy)
public_keys.py  the keys in their records (`cryptography`)
signing_keys.py   the look-ups of keys
tag_lists.py    what signatures, keys and policies are written in
"""
