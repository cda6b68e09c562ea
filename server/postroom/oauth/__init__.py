"""OAuth 2 access tokens for mail (RFC 6749): got, kept until they are about to expire, renewed.

    answers.py     a token end point's answer → a token, or a denial; no I/O
    denials.py     a denial → an error with what to do; no I/O
    endpoint.py    one request to a token end point, bounded in size and time
    successor.py   a refresh token, and what becomes of the one that replaces it
    tokens.py      OAuthTokens: the TokenSource of one account (model/servers.py)

The access token lives in memory alone. A refresh token that the provider replaces is put where the
old one came from.
"""
