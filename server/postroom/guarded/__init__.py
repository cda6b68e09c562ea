"""Asking a web server that somebody else named, without being led where nobody may go.

    addresses.py   which addresses are nobody's business: loopback, private, metadata, …; pure
    listed.py      what an operator allows all the same: exact hosts and networks, each with a port
    targets.py     a URL → whom it names, or which rule refuses it; pure
    judging.py     an address, for a host, at a port: may it be connected to?; pure
    dialing.py     a name → its addresses, each judged → a connection to a judged one
    bounds.py      how long and how much
    faults.py      what goes wrong at the other side
    exchange.py    one request and its answer
    client.py      the one door: GuardedClient.ask

The address that is judged is the address that is connected to: a name is looked up once a
connection, so that a second answer (DNS rebinding) meets nobody. No proxy of the environment, no
cookie, no credential, no compressed answer; a redirect is followed where it was asked for, and is
judged like the first URL. httpcore2 is known to ``dialing.py``, ``exchange.py`` and ``client.py``
alone, and is loaded with the first request.
"""
