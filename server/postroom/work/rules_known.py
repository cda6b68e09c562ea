"""The policy file, looked at again and again: a broken one is told soon after it was written, and
what was kept aside while nobody could read any rules is judged once somebody can. Mail that waits
for its turn is asked again, too, where rules change or a domain goes on.
"""

import asyncio
import logging
from functools import partial

from postroom.index import mail, mailboxes, quarantine, turns
from postroom.index.database import Connection, Row
from postroom.index.letting_in import let_in
from postroom.index.paced import paced
from postroom.mime.parse import parse
from postroom.mime.senders.verdict import Judged
from postroom.model.messages import ParsedMessage, SenderVerdict
from postroom.policy.rules import UNREADABLE, Policy
from postroom.policy_file import CurrentPolicy
from postroom.work import turned_away, turns_again
from postroom.work.intake import FAULTS
from postroom.work.term import Term

log = logging.getLogger("postroom.work")

LOOK_SECONDS = 2.0
"""Between two looks at the file."""

STEP_MAILS = 20
"""Judged in one transaction."""

ROUNDS = 2
"""After a change: mail may just be on its way in that was read by the rules before it."""


class RulesKnown:
    """Keeps up with the policy file."""

    def __init__(self, term: Term, policy: CurrentPolicy) -> None:
        self._term = term
        self._policy = policy
        self._version = ""
        self._left = ROUNDS
        self._turns_by: tuple[str, float] | None = None
        """The rules that turns were last asked by, and when a domain went on before that."""

    async def run(self) -> None:
        """Make the rounds until cancelled."""
        while True:
            await self.round()
            await asyncio.sleep(LOOK_SECONDS)

    async def round(self) -> None:
        """Read the file where it has changed; judge what waited for that."""
        policy = await self._policy.of_a_file()
        version = policy.version if policy is not None else "builtin"
        if version != self._version:
            self._version, self._left = version, ROUNDS
        if self._left and (policy is None or policy.known):
            await self._judge_all(policy)
            self._left -= 1
        await self._ask_turns()

    async def _ask_turns(self) -> None:
        policy = await self._policy.now()
        by = policy.version, await self._term.index.read(turns.last_resumed)
        if by == self._turns_by or not policy.known:
            return
        now = self._term.index.clock()
        if not await self._term.index.read(lambda con: turns.any_late(con, now)):
            await turns_again.ask_all(self._term, policy)
            self._turns_by = by

    async def _judge_all(self, policy: Policy | None) -> None:
        after = 0
        while rows := await self._term.index.read(partial(_waiting, after=after)):
            after = rows[-1]["id"]
            read = await asyncio.to_thread(_read, rows)
            now = self._term.index.clock()
            await paced(self._term, partial(_judge_some, now=now, policy=policy, read=read))


def _waiting(con: Connection, after: int) -> list[Row]:
    return quarantine.kept_by(con, UNREADABLE, after, STEP_MAILS)


def _read(rows: list[Row]) -> list[tuple[Row, ParsedMessage]]:
    return [(row, parse(row["bytes"])) for row in rows]


def _judge_some(
    con: Connection, *, now: float, policy: Policy | None, read: list[tuple[Row, ParsedMessage]]
) -> None:
    for row, parsed in read:
        con.execute("SAVEPOINT one_mail")
        try:
            _judge(con, now, policy, row, parsed)
        except FAULTS as error:  # it stays where it is, and an operator sees it there
            con.execute("ROLLBACK TO one_mail")
            log.error("A mail kept aside could not be judged: %s.", type(error).__name__)
        con.execute("RELEASE one_mail")


def _judge(
    con: Connection, now: float, policy: Policy | None, row: Row, parsed: ParsedMessage
) -> None:
    """Let a mail in, or keep it aside by a rule of the operator's."""
    now_there = quarantine.one(con, row["public_id"])
    if now_there is None or now_there["rule"] != UNREADABLE or now_there["bytes"] is None:
        return  # a person was quicker: it was let in, or erased
    box, size = row["mailbox_id"], len(row["bytes"])
    judged = Judged(SenderVerdict(row["verdict"]), mail.evidence_of(row["evidence"]))
    rule = turned_away.rule_against(con, policy, box, parsed, judged, size, bool(row["in_spam"]))
    if rule is not None and policy is not None:
        blocked = rule.then in turned_away.WITHOUT_BYTES
        quarantine.keep_by(con, row["id"], rule.name, policy.version, blocked=blocked)
    elif mailboxes.keeps_mail(con, box):
        let_in(con, now, row, parsed, "worker")
