"""Events, posted to the endpoints that ask for them.

    courier.py    reads the journal for all endpoints together, and starts deliveries
    endpoint.py   one endpoint: what waits for it, what is under way, where it is behind; pure
    conversations.py  what of it must come in order
    payload.py    what is posted of an event, and what it must come in order with
    signing.py    the header fields by which a receiver knows that it is we
    posting.py    one delivery, and what came of it
    backoff.py    how long to rest, and when to give up
    ledger.py     how far each was told, and the last attempts: written a few times a second

Each endpoint has a place in the journal. Everything before it was told, but for conversations that
are behind ("lanes"), which are told again from a place of their own while the others go on:

    an answer that is no 2xx      that conversation is behind, and tried again by itself
    no answer, 429, 503           the whole endpoint rests, and is tried with one delivery at a time
    410, or a day without success parked: it keeps its place until an operator resumes it

A body is made when it is sent: nothing of a mail waits here that was erased meanwhile.
"""
