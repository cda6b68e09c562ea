"""What is reached by the network besides tools.

    identities.py    whose a bearer token is; the tools' face asks here too
    scopes.py        what stands in a request's header, and whose it was found to be
    rest/            /v1: the desk for applications
    console/         /: the desk for people, in a browser
    one_click.py     links of bulk mail, for people
    operation/       /healthz, /readyz, /metrics, for programs that look after it

Each is an ASGI application over the desk; `postroom.serving` puts them on one socket.
"""
