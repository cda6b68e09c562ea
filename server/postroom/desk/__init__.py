"""The one counter everything is asked at, a room a subject.

    desk.py             all subjects side by side
    door.py             whose is what: the only place where a caller is checked
    mailboxes/          threads/       waits/          what agents ask most
    sends/              approvals/     policies/       what goes out, who looks first, the rules
    identities/    events/             who comes in by the network; what happens
    webhooks/                          which URLs are told of it
    inbound/                           mail that is handed in over HTTP
    domains/                           domains of one's own, for their operator
    files/                             what is brought for a mail, or lies elsewhere
    suppressions/       records/       health/         whom nothing is sent to; what was; what runs
    figures/                           visits/         how much and how fast; an agent tried by hand
    cursors.py  times.py               what the rooms share: places in an answer, points in time
    pages.py  once.py                  lists in pages; what has a key is made once
    standing.py                        whether an answer still stands
    notes.py  mailbox_patterns.py      a person's words; which mailboxes somebody means
    worker_settings.py                 a postroom.toml that changed since the worker read it

The desk writes intents and reads facts. It opens no connection to anything: workers do the I/O.
The one exception: a file that is sent by URL is fetched by the guarded client that it was handed.
"""
