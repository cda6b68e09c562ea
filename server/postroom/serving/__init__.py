"""`postroom serve`: every face that is reached by the network, as one application on one socket.

    serve.py         opens the room and serves it until told to stop
    listening.py     the socket, and from how far it may be reached
    tls.py           the certificate, read again on change
    connection.py    how long a peer may take to ask
    gathering.py     what is written in one moment goes out as one
    crowding.py      who gives way where connections run short
    handshakes.py    the same for those that are not yet one: TLS
    framing.py       where a request ends, told in one way
    doorway.py       what every request passes, in this order:
      names.py         under which names we are asked, and by whose pages
      rates.py         how often, by token or address (paces.py counts)
      bodies.py        how much, how slowly (under_way.py counts what is in hand)
      refusals.py      how the door says no
    application.py   which face answers at which path
    own_token.py     the token that lies in the home
    requests.py      an id for each request, and whoever wants to know of it
    observing.py     what stands around all faces
    access.py        a line in the log for each
    ending_streams.py  streams of events end when it is told to stop
    goodbye.py       what is in flight then is answered
    logs.py          what goes to standard error, and what does not
    ready.py         what is said to a service manager

The faces themselves are `postroom.mcp` and `postroom.web`.
"""
