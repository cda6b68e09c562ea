"""Mail signed in the name of a domain of one's own (RFC 6376, RFC 8301, RFC 8463).

sealing.py   the private part of a key, so that it can lie in the index
secret.py    what it is sealed with, which does not lie there
making.py    new keys, and their selectors
opening.py   keys that can sign, opened once a process
canonical.py     a message as signatures see it
signature.py     the fields that are put on top of it
rotation.py  when a key comes to sign, and when it goes
samples.py   a mail signed with each, to be verified as others would
"""
