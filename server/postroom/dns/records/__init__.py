"""What the DNS is to say of a domain of one's own (pure but for the last two).

wanted.py    a domain, its keys and what is there → the records that it needs
found.py     what is there, as those who decide read it
spf.py       SPF: read, and ours put into what is there
tags.py      DMARC and TLS-RPT, likewise
sts.py       MTA-STS: the policy, and its record
changes.py   needs and what is there → what is to be changed, and what is left
remarks.py   what else is to be known of a domain
forms.py     records as a zone file
reading.py   what is there, asked of a zone's own server or of a resolver
lookups.py   what an SPF record costs, counted with real answers
"""
