"""policy: what judging costs: a verdict by fifty rules, and a send through rules and outbox.

Sends are asked at the desk of a post room without workers, so that nothing but our own work and the
disk is measured: by turns in a home whose file has no rules and no limits, and in one with fifty
rules, limits of every kind and plans of thirty days. Then the same with a million sends in the
second home's outbox, all of them to people outside.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from rig.figures import Bound, Report, median, milliseconds, p95
from rig.homes import throw_away_folder
from rig.size import Size

from postroom.build import PostRoom, open_room
from postroom.desk.sends import sending
from postroom.index.database import connect
from postroom.model.callers import Caller
from postroom.model.requests import SendRequest
from postroom.model.verdicts import (
    DraftFacts,
    MailFacts,
    Provenance,
    RecipientFacts,
    ThreadFacts,
)
from postroom.policy.reading import policy_of
from postroom.policy.rules import judge
from postroom.settings import load

ADA = "ada@agents.localhost"
CALLER = Caller(agent="ada")
WORDS = "The figures for November are in; nothing in them surprises.\n" * 8
RULES = 45
"""Beside the five builtin ones."""

WARM_UP = 20
PEOPLE = 40

BARE = 'default = "allow"\nbuiltin_rules = false\n[limits]\nmailbox = []\n'
LIMITS = """
[limits]
mailbox = ["10000/hour", "50000/day"]
agent = ["50000/day"]
recipient = ["1000/hour"]
domain = ["5000/hour"]
first_contacts = ["10000/day"]
"""
PLANS = f"""
[warmup]
domain = {[10_000] * 30}
mailbox = {[10_000] * 30}
"""
"""Behind their last day where the outbox is full: each look walks all of it."""


def run(size: Size) -> Report:
    return asyncio.run(_run(size))


async def _run(size: Size) -> Report:
    report = Report("policy")
    rules = f'default = "allow"\n{"".join(_rules())}{LIMITS}{PLANS}'
    verdicts = _verdicts(rules, size.rounds * 10)
    report.add("a verdict by fifty rules", milliseconds(median(verdicts)), "ms", 1.0)
    report.add("  p95", milliseconds(p95(verdicts)), "ms")
    patience, sending.SEND_PATIENCE_SECONDS = sending.SEND_PATIENCE_SECONDS, 0.0
    try:
        with throw_away_folder() as folder:
            await _sends(report, folder, rules, size)
    finally:
        sending.SEND_PATIENCE_SECONDS = patience
    return report


async def _sends(report: Report, folder: Path, rules: str, size: Size) -> None:
    async with AsyncExitStack() as stack:
        bare, judged, full = [
            await stack.enter_async_context(_room(folder / name, text))
            for name, text in (("bare", BARE), ("judged", rules), ("full", rules))
        ]
        await asyncio.to_thread(_fill, full.settings.index_file, size.outbox)
        rooms = (bare, judged, full)
        samples: list[list[float]] = [[] for _ in rooms]
        for number in range(-WARM_UP, size.rounds):
            for taken, room in zip(samples, rooms, strict=True):
                seconds = await _sent(room, number + WARM_UP)
                if number >= 0:
                    taken.append(seconds)
    without, with_rules, filled = map(median, samples)
    report.add("a send without rules, at the desk", milliseconds(without), "ms")
    report.add("a send with fifty rules, limits and plans", milliseconds(with_rules), "ms")
    report.add("rate with / without rules", without / with_rules, "x", 0.8, Bound.AT_LEAST)
    report.add(
        f"rate with {size.outbox:,} sends in the outbox / with few",
        with_rules / filled,
        "x",
        0.9,
        Bound.AT_LEAST,
    )
    report.note(f"medians of {size.rounds}, by turns; each a transaction on disk")


def _rules() -> Iterator[str]:
    for number in range(RULES):
        when = (
            f"draft.subject.contains('word{number}') && "
            f"recipients.exists(r, r.domain == 'd{number}.example' && r.provenance == 'new')"
            f" || draft.size > {10_000_000 + number}"
        )
        yield f'[[rules]]\nname = "r{number}"\nwhen = """{when}"""\nthen = "deny"\nreason = "No."\n'


def _verdicts(rules: str, rounds: int) -> list[float]:
    """Seconds of each verdict on a mail to three people that no rule stops."""
    policy = policy_of(rules)
    facts = DraftFacts(
        agent="ada",
        tenant="default",
        mailbox=ADA,
        draft=MailFacts(subject="Report", text=WORDS, size=4000, in_thread=True),
        recipients=tuple(
            RecipientFacts(
                address=f"{name}@elsewhere.example",
                domain="elsewhere.example",
                field="to",
                provenance=Provenance.CORRESPONDENT,
            )
            for name in ("ben", "carl", "dora")
        ),
        thread=ThreadFacts(turns=3, answered_kind="message"),
    )
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        judge(facts, policy)
        times.append(time.perf_counter() - begin)
    return times


@asynccontextmanager
async def _room(home: Path, text: str) -> AsyncIterator[PostRoom]:
    await asyncio.to_thread(_write, home, text)
    async with open_room(load(home), program="bench") as room:
        await room.desk.mailboxes.create(CALLER, "ada")
        yield room


def _write(home: Path, text: str) -> None:
    home.mkdir()
    (home / "policy.toml").write_text(text, encoding="utf-8")


async def _sent(room: PostRoom, number: int) -> float:
    request = SendRequest(
        mailbox=ADA,
        to=(f"person{number % PEOPLE}@elsewhere.example",),
        subject=f"Report {number}",
        text=f"{number} {WORDS}",
    )
    begin = time.perf_counter()
    answer = await room.desk.sending.send(CALLER, request)
    taken = time.perf_counter() - begin
    assert answer.status == "queued", answer
    return taken


def _fill(index: Path, count: int) -> None:
    """Put so many sends of a year into an outbox: a tenth of them of the mailbox that sends on, all
    to people in the domain that it writes to. They share one mail, which nothing here reads."""
    con = connect(index)
    con.execute("PRAGMA synchronous=OFF")
    now = time.time()
    con.execute("BEGIN IMMEDIATE")
    box, owner = con.execute("SELECT id, owner FROM mailboxes").fetchone()
    con.execute("INSERT INTO threads (public_id, mailbox_id) VALUES ('t_filled', ?)", (box,))
    con.execute(
        "INSERT INTO mail (id, public_id, mailbox_id, direction, arrived_at, position, thread_id,"
        " why, fingerprint, size) VALUES (1, 'm_filled', ?, 'sent', 0, 0,"
        " (SELECT max(id) FROM threads), '', x'00', 1)",
        (box,),
    )
    con.execute("PRAGMA defer_foreign_keys=ON")
    others = [
        con.execute(
            "INSERT INTO mailboxes (address, display_name, owner, status, password, created_at)"
            " VALUES (?, '', ?, 'live', '', 0)",
            (f"other{n}@agents.localhost", owner),
        ).lastrowid
        for n in range(9)
    ]
    boxes = [box, *others]
    con.executemany(
        "INSERT INTO sends (id, public_id, mailbox_id, mail_id, actor, status, sender,"
        " content_hash, verdict, created_at, not_before, settled_at, owner, first_contacts,"
        " from_domain, outside, outside_at) VALUES (?, ?, ?, 1, 'agent:default/ada', 'sent', '', ?,"
        " '{}', ?, ?, ?, ?, ?, 'agents.localhost', 1, ?)",
        (
            (
                n,
                f"s_{n}",
                boxes[n % 10],
                n.to_bytes(8),
                at,
                at + 1,
                at + 1,
                owner,
                int(n % 5 == 0),
                at + 1,
            )
            for n in range(1, count + 1)
            for at in (now - 2 * 86_400 - (count - n) * 31_536_000 / count,)
        ),
    )
    con.executemany(
        "INSERT INTO recipients (send_id, address, field, place, outcome, tenant, person, domain,"
        " outside) VALUES (?, ?, 'to', 0, 'accepted', 'default', ?, 'elsewhere.example', 1)",
        (
            (n, person, person)
            for n in range(1, count + 1)
            for person in (f"person{n % 5000}@elsewhere.example",)
        ),
    )
    con.execute("COMMIT")
    con.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    con.close()
