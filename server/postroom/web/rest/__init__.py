"""REST at /v1: the desk for applications, and nothing else.

    application.py      all routes as one FastAPI application
    front.py            what is the same for every request, before and behind the routes
    asking.py           who asks, and at which desk; every route begins with it
    strict_route.py     how a request is read: nothing is guessed
    plain_reading.py    the same for a question without a body
    headers.py          fields of every answer
    answering.py        an answer of the desk as JSON    repeating.py     the same one again
    failures.py         every failure as a problem       problems.py      what went wrong (RFC 9457)
    resource.py         what anybody may know            methods.py       what a path takes
    description.py      how it describes itself (OpenAPI 3.1)
    wording.py          tools that the desk names, as requests
    downloading.py      a file to be saved               disconnecting.py a caller that has gone
    parameters.py       what many routes are asked with  drafts.py        a mail as a body says it

    mailboxes.py  messages.py  threads.py  attachments.py  outbox.py  approvals.py  suppressions.py
    tokens.py  policy.py  quarantine.py  records.py  webhooks.py  domains.py
    problem_pages.py  a file a subject
    domain_checks.py    how the DNS stands to a domain
    uploads.py  thread_state.py  inbound.py      files before their mail; labels; mail handed in
    domain_reports.py   what others report about a domain
    domain_reputation.py                         how a domain stands with those whom it writes to
    events.py           pages, and streams: event_stream.py as they come, streams.py how many

A subject is made with `strict_route.subject` and named in `application.ROUTES`.

A route understands what is asked, asks the desk, and answers. It decides nothing.
"""
