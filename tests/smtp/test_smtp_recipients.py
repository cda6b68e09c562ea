"""More recipients than one transaction takes."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field

import pytest
from smtp.scripted_smtp import HANG_UP, ScriptedSmtp, running, scripted_smtp, submitted

from postroom.model.sends import Envelope, RecipientReply, Submission
from postroom.smtp.replies import Answer, too_many
from postroom.smtp.submit import SubmissionPool

MANY = Envelope(sender="ada@x.test", recipients=tuple(f"r{n}@x.test" for n in range(250)))
MAIL = b"Subject: s\r\n\r\nwords\r\n"
TOO_MANY = b"452 4.5.3 Too many recipients\r\n"


@dataclass
class Limited(ScriptedSmtp):
    """Takes so many recipients in one transaction, and says so to each further one."""

    limit: int = 100
    full: bytes = TOO_MANY
    second: dict[str, bytes | None] = field(default_factory=dict)
    """What it says in its second transaction."""
    transactions: int = 0
    taken: int = 0

    def answer(self, said: str) -> bytes | None:
        if said.startswith("MAIL"):
            self.taken = 0
            self.transactions += 1
        if said.startswith("RCPT"):
            self.taken += 1
            if self.taken > self.limit:
                return self.full
        if self.transactions == 2 and said.split()[0] in self.second:
            return self.second[said.split()[0]]
        return super().answer(said)


def limited(
    *, limit: int = 100, full: bytes = TOO_MANY, **answers: bytes | None
) -> AbstractAsyncContextManager[Limited]:
    return running(Limited(dict(answers), limit=limit, full=full))


def counted(submission: Submission) -> dict[str, int]:
    outcomes = [reply.outcome.value for reply in submission.replies]
    return {outcome: outcomes.count(outcome) for outcome in set(outcomes)}


def verbs(server: ScriptedSmtp) -> dict[str, int]:
    heard = [command.split()[0] for command in server.commands]
    return {verb: heard.count(verb) for verb in ("MAIL", "RCPT", "DATA")}


@pytest.mark.parametrize(
    "full", [TOO_MANY, b"552 5.5.3 Too many\r\n", b"452 too many\r\n", b"552 too many\r\n"]
)
async def test_everybody_is_reached_in_as_many_transactions_as_it_takes(full: bytes) -> None:
    async with limited(full=full) as server:
        submission = await submitted(server.login, MANY)
        assert [reply.address for reply in submission.replies] == list(MANY.recipients)
        assert counted(submission) == {"accepted": 250}
        # One refusal ends each transaction: who comes after it is not asked in vain.
        assert verbs(server) == {"MAIL": 3, "RCPT": 252, "DATA": 3}
        assert server.connections == 1
    assert submission.final_reply == "250 2.0.0 stored as 1"


async def test_a_transaction_that_takes_nobody_ends_it() -> None:
    async with limited(limit=0) as server:
        submission = await submitted(server.login, MANY)
        assert verbs(server) == {"MAIL": 1, "RCPT": 250, "DATA": 0}
    assert counted(submission) == {"deferred": 250}


async def test_one_at_a_time_still_comes_to_an_end() -> None:
    async with limited(limit=1) as server:
        submission = await submitted(server.login, MANY)
        assert verbs(server)["DATA"] == 250
    assert counted(submission) == {"accepted": 250}


async def test_a_message_that_is_refused_is_not_sent_to_the_rest() -> None:
    async with limited(DOT=b"554 5.6.0 spam\r\n") as server:
        submission = await submitted(server.login, MANY)
        assert verbs(server)["DATA"] == 1
    assert counted(submission) == {"refused": 100, "deferred": 150}


@pytest.mark.parametrize(
    ("stage", "expected"),
    [
        ("MAIL", {"accepted": 100, "deferred": 150}),
        ("DATA", {"accepted": 100, "deferred": 150}),
        ("DOT", {"accepted": 100, "unknown": 100, "deferred": 50}),
    ],
)
async def test_what_breaks_in_the_second_transaction_leaves_the_first_as_it_was(
    stage: str, expected: dict[str, int]
) -> None:
    async with limited() as server:
        server.second = {stage: HANG_UP}
        assert counted(await submitted(server.login, MANY)) == expected


async def test_what_is_known_of_each_is_told_before_each_message_leaves() -> None:
    told: list[dict[str, int]] = []
    async with limited() as server:
        pool = SubmissionPool()

        async def offering(replies: tuple[RecipientReply, ...]) -> None:
            assert verbs(server)["DATA"] == len(told)
            told.append(counted(Submission(replies=replies)))

        await pool.submit(server.login, MANY, MAIL, offering)
        await pool.close()
    assert told == [
        {"unknown": 100, "deferred": 150},
        {"accepted": 100, "unknown": 100, "deferred": 50},
        {"accepted": 200, "unknown": 50},
    ]


async def test_a_message_does_not_leave_where_what_is_known_could_not_be_kept() -> None:
    async def offering(replies: tuple[RecipientReply, ...]) -> None:
        raise OSError("no space left")

    async with limited() as server:
        pool = SubmissionPool()
        with pytest.raises(OSError, match="no space"):
            await pool.submit(server.login, MANY, MAIL, offering)
        assert counted(await pool.submit(server.login, MANY, MAIL)) == {"accepted": 250}
        await pool.close()
        assert len(server.messages) == 3


async def test_a_full_mailbox_in_the_midst_is_not_taken_for_too_many() -> None:
    full = b"452 4.2.2 over quota\r\n"
    async with scripted_smtp(**{"RCPT TO:<R7@": full, "RCPT TO:<R9@": b"550 no\r\n"}) as server:
        submission = await submitted(server.login, MANY)
        assert verbs(server) == {"MAIL": 1, "RCPT": 250, "DATA": 1}
    assert counted(submission) == {"accepted": 248, "deferred": 1, "refused": 1}


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        (452, "4.5.3 Too many recipients", True),
        (550, "5.5.3 too many", True),
        (452, "too many recipients", True),
        (552, "", True),
        (452, "4.3.1 Insufficient system storage", False),
        (552, "5.2.2 mailbox full", False),
        (450, "too many recipients", False),
        (250, "2.5.3 odd", False),
        (550, "5.5.33 odd", False),
    ],
)
def test_too_many_is_told_by_status_or_code(code: int, text: str, expected: bool) -> None:
    assert too_many(Answer(code, text)) is expected
