"""Who really wrote it: who vouches for From, and where that counts.

verdict             verified, unverified or forged, with the evidence
├── authentication      the field servers vouch in (RFC 8601)
├── standing            where that field counts
└── domains             names of domains compared, and whose they are
findings            what was found, a word for each method
lookalikes          what an address looks like
shown_addresses     an address as it may stand in a field of ours
"""
