"""The test kit for authors of agents: a post room in the test's own process, a clock that jumps,
and correspondents who do what a script says.

    post_room.py       the room of a test: agents, correspondents, a person who decides, and time
    agents.py          one agent: its MCP server and client, its token, what it sent
    correspondents.py  somebody outside with an address: what came there, and what they write
    scripts.py         what a correspondent does with a mail that came: reply, be away, bounce …
    answers.py         one answer of a script: after how long, and what is written then
    letters.py         bytes: replies as mail programs quote, absence notes, delivery reports
    injections.py      letters that try to make an agent do what its owner does not want
    received.py        a mail as it lies in a correspondent's mailbox
    neighbours.py      the correspondents' mailboxes, for the built-in server
    post_office.py     where they fetch their mail by IMAP, and post it by SMTP
    course.py          moves the clock to what is due next, and waits for what follows
    agenda.py          what is due outside of the room: answers, decisions
    standing.py        whether all has been done that is due at a moment, and what is due next
    outgoing.py        mail that agents sent, looked at by a test
    person.py          who looks at held mail, and approves or denies it
    serving.py         the room over HTTP: MCP and REST
    piping.py          the room over standard input and output: pipe.py is the program to start
    clock.py           the time of a test
    durations.py       how long something takes, in words
    faults.py          what a test is told where it cannot go on
    blocking.py        all of it for tests that do not await
    fixtures.py        pytest fixtures; anyio_fixtures.py are those for anyio's own plugin

What goes on between an agent and a correspondent is real: SMTP and IMAP on loopback, MIME, reports
by RFC 3464. Only the time is not. Nothing of the program imports this room.

    agent ── MCP, REST ──► desk ── index ── courier ── SMTP ─┐
                                                             ├── built-in server
    correspondent ── script ◄── IMAP ── mailbox of theirs ◄──┤
         └── answer, when its time has come ── SMTP ─────────┘
"""

from postroom.testing.agents import Agent, ToolRefused
from postroom.testing.answers import Answer, bounce, note, reply
from postroom.testing.correspondents import Correspondent
from postroom.testing.durations import days, hours, minutes, seconds
from postroom.testing.faults import NobodyThere, StillAtIt, Stuck
from postroom.testing.injections import Injection
from postroom.testing.letters import Quoting
from postroom.testing.post_room import SimulatedPostRoom, open_post_room
from postroom.testing.received import Received
from postroom.testing.scripts import (
    Script,
    bounces,
    in_turn,
    injects,
    never_answers,
    out_of_office,
    replies,
    together,
)

__all__ = [
    "Agent",
    "Answer",
    "Correspondent",
    "Injection",
    "NobodyThere",
    "Quoting",
    "Received",
    "Script",
    "SimulatedPostRoom",
    "StillAtIt",
    "Stuck",
    "ToolRefused",
    "bounce",
    "bounces",
    "days",
    "hours",
    "in_turn",
    "injects",
    "minutes",
    "never_answers",
    "note",
    "open_post_room",
    "out_of_office",
    "replies",
    "reply",
    "seconds",
    "together",
]
