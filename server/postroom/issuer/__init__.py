"""Somebody else's access tokens: JWTs of the issuer that the operator names (RFC 9068, RFC 7519).

    tokens.py      whose a token is, once all of this holds
    forms.py       what a token looks like
    signatures.py  which keys may have made a signature
    keys.py        the issuer's keys: fetched, kept, fetched again when they change
    discovery.py   where its keys are
    fetching.py    one request to the issuer, bounded
    claims.py      what a token says, as a caller

    token ─► looks like one? ─► its key id ─► keys ─► signature, iss, aud, exp, nbf ─► caller
                                       └─ unknown: the keys are fetched again, not more often than
                                          every half minute, whoever asks

What a token says of where its keys are (jku, x5u, jwk, x5c; RFC 7515 §4.1) is never looked at.
"""
