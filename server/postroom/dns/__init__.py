"""What the domain name system says of an address's mail servers.

candidates.py   where a server may be: SRV records, presets, guesses, in order; no I/O
resolver.py     SRV, MX and TXT look-ups, bounded in time (dnspython)
discovery.py    an address → candidates for reading and for submitting

What it is to say of a domain of one's own (pure but for the last two):

records.py           a domain, its keys and what is there → the records that it needs
records_found.py     what is there, as those who decide read it
records_spf.py       SPF: read, and ours put into what is there
records_tags.py      DMARC and TLS-RPT, likewise
records_sts.py       MTA-STS: the policy, and its record
records_changes.py   needs and what is there → what is to be changed, and what is left
records_remarks.py   what else is to be known of a domain
records_forms.py     records as a zone file
records_reading.py   what is there, asked of a zone's own server or of a resolver
records_lookups.py   what an SPF record costs, counted with real answers

And how it gets there:

publishing.py            updates (RFC 2136): conditional, signed, whole or not at all
publishing_wildcards.py  answers of wildcards, which are no records of a name
publishing_faults.py     what servers say no with, and what to do about it
publishing_octodns.py    OctoDNS, a program apart: planned, checked, then let go
octodns_config.py        the operator's configuration of it, and ours
octodns_data.py          records as its plans and its YAML have them

And whether it says of a domain of one's own what it should: checking/

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
