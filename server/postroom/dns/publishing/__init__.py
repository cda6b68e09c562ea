"""How the records of a domain of one's own get into its zone.

updates.py     updates (RFC 2136): conditional, signed, whole or not at all
wildcards.py   answers of wildcards, which are no records of a name
octodns.py     OctoDNS, a program apart: planned, checked, then let go
octodns_config.py   the operator's configuration of it, and ours
octodns_data.py     records as its plans and its YAML have them
"""
