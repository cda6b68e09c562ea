"""Whether the DNS says of a domain what it should, and whether what it says is true.

checking.py       a whole check of one domain, from what is known here of it
servers.py        who is asked, and what one of them said
asking.py         one question to one server, bounded in time (dnspython)
resolvers.py      which resolvers are asked
zones.py          the zone's own servers, and whether each does its work
meaning.py        whether two records say the same
judging.py        how it stands with a record, from what each server said
consequences.py   what follows where it is not as it should be, in a sentence
advice.py         what to do about it, as publishing goes about it
sender_policy.py  SPF evaluated: what it costs, whom it lets through (pyspf)
signing.py        a mail signed with our key, verified with what the DNS says; DMARC's alignment
sts_policy.py     the MTA-STS policy as it is served
reverse.py        the names of addresses
finding_hosts.py  where a host is, by whom one believes first
mail_hosts.py     MX, IMAP and submission: reached, encrypted; port 25 outward
connecting.py     one connection to such a server, up to its certificate
"""
