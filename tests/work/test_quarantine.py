"""Mail that a rule keeps out reaches no agent, in no way; an operator sees it and may let it go."""

import pytest
from policies import write_policy
from rooms import Agent, Postman, letter, rows

from postroom.build import PostRoom
from postroom.index import journal
from postroom.index.database import Connection
from postroom.model.callers import operator
from postroom.model.errors import Conflict, NotFound, Refused
from postroom.policy_file import CurrentPolicy
from postroom.settings import Settings
from postroom.work.places import Role
from postroom.work.rules_known import RulesKnown
from postroom.work.term import Term


def inbound(when: str, then: str = "quarantine") -> str:
    return f'default = "allow"\n[[inbound]]\nname = "out"\nwhen = """{when}"""\nthen = "{then}"\n'


@pytest.fixture
def strict(quiet_room: PostRoom, settings: Settings) -> Postman:
    """A postman whose intake asks the rules."""
    return Postman(quiet_room, CurrentPolicy(settings.policy_file, quiet_room.index))


CASES = (
    ("sender.domain == 'elsewhere.example'", letter(), True),
    ("sender.address == 'ben@elsewhere.example'", letter(sender="BEN@Elsewhere.example"), True),
    ("sender.verdict != 'verified'", letter(), True),
    ("sender.verdict == 'verified'", letter(), False),
    ("message.kind == 'auto_reply'", letter(more="Auto-Submitted: auto-replied"), True),
    ("message.subject.contains('Lottery')", letter(subject="The Lottery"), True),
    ("message.text.matches('(?i)prize')", letter(text="Your PRIZE waits."), True),
    ("message.attachment_types.exists(t, t.startsWith('text/'))", letter(), False),
    ("message.size > 100000", letter(), False),
    ("message.subject.matches('(' + agent)", letter(), True),
    ("sender.domain == 'bücher.example'", letter("ben@xn--bcher-kva.example"), True),
    ("sender.domain == 'bücher.example'", letter("ben@bücher.example"), True),
    ("sender.address == ''", letter(), False),
    ("sender.address != ''", letter(), True),
    ("mailbox == 'ada@agents.localhost' && agent == 'ada'", letter(), True),
)


@pytest.mark.parametrize(("when", "mail", "kept_out"), CASES)
async def test_a_rule_looks_at_sender_verdict_kind_and_words(
    ada: Agent, strict: Postman, settings: Settings, when: str, mail: bytes, kept_out: bool
) -> None:
    write_policy(settings.home, inbound(when))
    await strict.bring(ada.address, mail)
    assert ((await ada.wait(timeout=0)).outcome == "timeout") is kept_out
    listed = await ada.room.desk.quarantine.list(operator())
    assert [each.rule for each in listed.mails] == ["out"] * kept_out


async def test_what_was_not_handed_in_cannot_be_refused_and_is_blocked(
    ada: Agent, strict: Postman, settings: Settings
) -> None:
    rule = inbound("sender.domain == 'elsewhere.example'", "refuse") + 'reason = "Not you."\n'
    write_policy(settings.home, rule)
    await strict.bring(ada.address, letter())
    (kept,) = (await ada.room.desk.quarantine.list(operator())).mails
    assert (kept.rule, kept.blocked) == ("out", True)
    assert (await ada.wait(timeout=0)).outcome == "timeout"


TOLD = "Authentication-Results: post.localhost; "


@pytest.mark.parametrize(
    ("when", "said", "kept_out"),
    [
        ("sender.dmarc == 'fail'", "dmarc=fail header.from=elsewhere.example", True),
        ("sender.dmarc == 'none'", "spf=pass smtp.mailfrom=elsewhere.example", True),
        ("sender.spf == 'softfail'", "spf=softfail smtp.mailfrom=elsewhere.example", True),
        ("sender.dkim == 'pass'", "dkim=pass header.d=elsewhere.example", True),
        ("sender.dkim == 'pass'", "dkim=pass header.d=another.example", False),
        ("sender.dkim == 'none'", "dkim=pass header.d=another.example", True),
        ("sender.arc == 'pass'", "arc=pass", True),
        ("sender.spf == 'none' && sender.dmarc_policy == 'none'", "spf=odd", True),
    ],
)
async def test_where_nobody_checks_here_a_trusted_servers_word_is_a_rules_fact(
    ada: Agent, strict: Postman, settings: Settings, when: str, said: str, kept_out: bool
) -> None:
    write_policy(settings.home, inbound(when))
    await strict.bring(ada.address, letter(more=TOLD + said))
    assert ((await ada.wait(timeout=0)).outcome == "timeout") is kept_out


async def test_what_is_kept_out_leaves_no_trace_that_an_agent_finds(
    ada: Agent, strict: Postman, settings: Settings
) -> None:
    sent = await ada.send("A question about marzipan.", "ben@elsewhere.example")
    before = await ada.wait(sent.thread_id, timeout=0)
    write_policy(settings.home, inbound("sender.domain == 'elsewhere.example'"))
    answer = letter(
        text="Quokka.", id="q@elsewhere.example", follows=f"{sent.send_id}@agents.localhost"
    )
    await strict.bring(ada.address, answer)
    await strict.bring(ada.address, answer, role=Role.JUNK)
    reading, caller = ada.room.desk.reading, ada.caller
    assert (await ada.wait(sent.thread_id, before.after, timeout=0)).outcome == "timeout"
    assert (await ada.wait(timeout=0)).outcome == "timeout"
    assert (await reading.threads(caller, query="quokka")).threads == ()
    (thread,) = (await reading.threads(caller)).threads
    assert (thread.message_count, thread.awaiting) == (1, "them")
    (box,) = (await ada.room.desk.mailboxes.list(caller)).mailboxes
    assert not box.problem
    again = await ada.send("Again.", "ben@elsewhere.example", thread_id=sent.thread_id)
    assert again.status == "queued"  # nothing has moved
    with pytest.raises(Refused):
        await ada.room.desk.quarantine.list(caller)
    named = await ada.room.index.read(
        lambda con: rows(con, "SELECT mailbox_id FROM journal WHERE type = 'message.quarantined'")
    )
    assert named == [(None,)]


async def test_an_operator_lets_it_in_once_and_the_agent_is_woken(
    ada: Agent, strict: Postman, settings: Settings
) -> None:
    write_policy(settings.home, inbound("true"))
    await strict.bring(ada.address, letter(text="Quokka.", id="q@elsewhere.example"), uid=7)
    desk = ada.room.desk.quarantine
    (kept,) = (await desk.list(operator())).mails
    assert (kept.from_address, kept.untrusted_subject) == ("ben@elsewhere.example", "A letter")
    released = await desk.release(operator(), kept.id)
    got = await ada.wait(timeout=0)
    assert got.outcome == "reply"
    assert [(m.message_id, m.untrusted_text) for m in got.messages] == [
        (released.message_id, "Quokka.")
    ]
    assert (await desk.list(operator())).mails == ()
    with pytest.raises(Conflict):
        await desk.release(operator(), kept.id)
    await strict.bring(ada.address, letter(text="Quokka.", id="q@elsewhere.example"), uid=7)
    assert (await desk.list(operator())).mails == ()  # it is known where it lies
    with pytest.raises(NotFound):
        await desk.release(operator(), "q_0000000000")


async def test_a_list_that_is_cut_says_so_and_goes_on(
    ada: Agent, strict: Postman, settings: Settings
) -> None:
    write_policy(settings.home, inbound("true"))
    await strict.bring(ada.address, letter(text="One."))
    desk = ada.room.desk.quarantine
    assert not (await desk.list(operator(), 1)).more
    await strict.bring(ada.address, letter(text="Two."))
    found = await desk.list(operator(), 1)
    assert (len(found.mails), found.more) == (1, True)
    rest = await desk.list(operator(), 1, found.next_cursor)
    assert (len(rest.mails), rest.more) == (1, None)
    assert rest.mails[0].id != found.mails[0].id


async def test_of_blocked_mail_no_bytes_are_kept(
    ada: Agent, strict: Postman, settings: Settings
) -> None:
    write_policy(settings.home, inbound("true", "block"))
    await strict.bring(ada.address, letter(text="Quokka."))
    desk = ada.room.desk.quarantine
    (kept,) = (await desk.list(operator())).mails
    assert kept.blocked
    with pytest.raises(Conflict):
        await desk.release(operator(), kept.id)
    (found,) = await ada.room.index.read(lambda con: rows(con, "SELECT bytes FROM quarantine"))
    assert found == (None,)


async def test_the_first_rule_decides_and_may_take(
    ada: Agent, strict: Postman, settings: Settings
) -> None:
    take = '[[inbound]]\nname = "in"\nwhen = "sender.address.startsWith(\'ben@\')"\nthen = "take"\n'
    rest = inbound("true").partition("\n")[2]
    write_policy(settings.home, f'default = "allow"\n{take}{rest}')
    await strict.bring(ada.address, letter(), letter(sender="eve@elsewhere.example"))
    assert len((await ada.wait(timeout=0)).messages) == 1
    assert len((await ada.room.desk.quarantine.list(operator())).mails) == 1


@pytest.mark.parametrize("then", ["take", "quarantine", "block"])
async def test_a_rule_that_cannot_be_evaluated_keeps_the_mail_aside_whatever_it_would_do(
    ada: Agent, strict: Postman, settings: Settings, then: str
) -> None:
    write_policy(settings.home, inbound("1 / (message.size - message.size) > 0", then))
    await strict.bring(ada.address, letter())
    assert (await ada.wait(timeout=0)).outcome == "timeout"
    (kept,) = (await ada.room.desk.quarantine.list(operator())).mails
    assert (kept.rule, kept.blocked) == ("out", None)


async def test_what_is_kept_aside_while_no_rules_are_known_is_judged_once_they_are(
    ada: Agent, settings: Settings
) -> None:
    index, desk = ada.room.index, ada.room.desk
    current = CurrentPolicy(settings.policy_file, index)
    strict = Postman(ada.room, current)
    write_policy(settings.home, "default = ")
    subjects = ("Taken", "Kept", "Blocked")
    await strict.bring(ada.address, *(letter(subject=each, text=each) for each in subjects))
    assert (await ada.wait(timeout=0)).outcome == "timeout"
    kept = (await desk.quarantine.list(operator())).mails
    assert [(one.untrusted_subject, one.rule) for one in kept] == [
        (each, "policy.unreadable") for each in reversed(subjects)
    ]
    rules = RulesKnown(Term(index, await index.read(_term)), current)
    await rules.round()
    assert len((await desk.quarantine.list(operator())).mails) == 3
    block = inbound("message.subject == 'Blocked'", "block").replace("out", "never")
    write_policy(settings.home, block + inbound("message.subject == 'Kept'").partition("\n")[2])
    await rules.round()
    got = await ada.wait(timeout=0)
    assert [message.untrusted_text for message in got.messages] == ["Taken"]
    kept = (await desk.quarantine.list(operator())).mails
    assert [(one.untrusted_subject, one.rule, one.blocked) for one in kept] == [
        ("Blocked", "never", True),
        ("Kept", "out", None),
    ]
    await rules.round()
    assert (await ada.wait(after=got.after, timeout=0)).outcome == "timeout"


def _term(con: Connection) -> int:
    worker = journal.worker(con)
    assert worker is not None
    return int(worker["term"])


async def test_what_was_kept_from_a_mailbox_goes_with_it(
    ada: Agent, strict: Postman, settings: Settings
) -> None:
    from postroom.index import mailboxes, purge

    write_policy(settings.home, inbound("true"))
    await strict.bring(ada.address, letter())
    index = ada.room.index
    await ada.room.desk.mailboxes.delete(operator(), ada.address)
    box = await index.read(lambda con: mailboxes.by_address(con, ada.address))
    assert box is not None
    while await index.write(lambda con: purge.some(con, box.id, 10)):
        pass
    assert await index.read(lambda con: rows(con, "SELECT * FROM quarantine")) == []


async def test_with_workers_the_rules_hold_as_well(
    agents: tuple[Agent, Agent], settings: Settings
) -> None:
    ada, ben = agents
    write_policy(settings.home, inbound("message.subject == 'Out'"))
    assert (await ada.send("Secret.", ben.address, subject="Out")).status == "sent"
    await ada.send("Open.", ben.address, subject="In")
    got = await ben.wait()
    assert [m.untrusted_text for m in got.messages] == ["Open."]
    assert len((await ben.room.desk.quarantine.list(operator())).mails) == 1
