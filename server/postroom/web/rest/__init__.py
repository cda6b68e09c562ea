"""REST at /v1: the desk for applications, and nothing else.

    application.py   all routes as one FastAPI application, which describes itself (OpenAPI 3.1)
    asking.py        who asks, and at which desk; every route begins with it
    problems.py      what went wrong, as RFC 9457 tells it
    answering.py     an answer of the desk as JSON
    mailboxes.py …   a file a subject
    events.py        pages and streams: event_stream.py as they come, streams.py so many at a time

A route understands what is asked, asks the desk, and answers. It decides nothing.
"""
