"""A post room for programs, by the network: REST at /v1, typed, for both ways of waiting.

    with Postroom("http://127.0.0.1:8765", token) as post:
        box = post.mailboxes.create(username="support-agent-01")
        post.messages.send(mailbox=box.address, to="ben@example.com", subject="Hello", text="…")

What a subject can be asked is described once (subjects/): the question that goes out, and the type
of its answer. `Postroom` and `AsyncPostroom` ask the same descriptions, each in its way:

    client.py            the two clients
    asking.py            a method that describes becomes one that asks
    calls.py             one answer; all pages of a list; lines; a file
    following.py         events without end
    uploading.py         a file that goes out
    question.py          one request, before it is sent
    sending.py           where to, and by whose token
    blocking.py  awaiting.py     sent, by a thread or a task
    tries.py             when it is asked again
    problems.py          what went wrong, in the errors of `postroom.model.errors`
    saved.py             files as they come

It knows the vocabulary (`postroom.model`) and nothing of the server.
"""

from postroom.client.client import AsyncPostroom, Postroom
from postroom.client.problems import ThreadMoved
from postroom.client.saved import AsyncFile, File
from postroom.model.errors import (
    Conflict,
    ConnectionLost,
    InvalidRequest,
    KeyReused,
    NotFound,
    PeerError,
    PeerTimeout,
    PostroomError,
    Refused,
    Unavailable,
)
from postroom.model.requests import AttachmentRequest

__all__ = [
    "AsyncFile",
    "AsyncPostroom",
    "AttachmentRequest",
    "Conflict",
    "ConnectionLost",
    "File",
    "InvalidRequest",
    "KeyReused",
    "NotFound",
    "PeerError",
    "PeerTimeout",
    "Postroom",
    "PostroomError",
    "Refused",
    "ThreadMoved",
    "Unavailable",
]
