"""The first rule that matches decides, and what cannot be evaluated waits for a person."""

import pytest

from postroom.model.verdicts import (
    Action,
    ClockFacts,
    CountFacts,
    DraftFacts,
    FileFacts,
    MailFacts,
    Provenance,
    RecipientFacts,
    ThreadFacts,
)
from postroom.policy.reading import builtin, policy_of
from postroom.policy.rules import explained, judge


def one(address: str = "ben@elsewhere.example", **more: object) -> RecipientFacts:
    known = {"domain": address.rpartition("@")[2], "field": "to", "provenance": Provenance.NEW}
    return RecipientFacts.model_validate({"address": address, **known, **more})


def facts(*recipients: RecipientFacts, **more: object) -> DraftFacts:
    mail = {"subject": "Offer", "text": "The price is 5 EUR.", "size": 1000}
    known = {"agent": "ada", "tenant": "default", "mailbox": "ada@agents.localhost"}
    return DraftFacts.model_validate(
        {
            **known,
            "draft": MailFacts.model_validate(mail),
            "recipients": recipients or (one(),),
            **more,
        }
    )


def conditions(*texts: str) -> str:
    rules = "".join(
        f"[[rules]]\nname = 'r{number}'\nwhen = '''{text}'''\nthen = 'deny'\nreason = 'no'\n"
        for number, text in enumerate(texts)
    )
    return f"default = 'allow'\nbuiltin_rules = false\n{rules}"


TRUE = (
    "agent == 'ada' && tenant == 'default'",
    "mailbox.endsWith('@agents.localhost')",
    "draft.subject.matches('(?i)^offer')",
    "draft.text.contains('EUR') && draft.size < 2000",
    "draft.attachments.exists(f, f.type == 'application/pdf' && f.size > 10)",
    "recipients.all(r, r.domain == 'elsewhere.example')",
    "recipients.exists_one(r, r.provenance == 'new')",
    "size(recipients) == 1",
    "thread.turns >= 3 && thread.last_verdict == 'verified' && thread.agent_to_agent",
    "clock.time >= '22:00' || clock.time < '06:00'",
    "clock.weekday == 6 && clock.hour == 23",
    "counts.hour > 4 && counts.agent_day > 9",
)


@pytest.mark.parametrize("when", TRUE)
def test_a_condition_sees_every_fact(when: str) -> None:
    seen = facts(
        draft=MailFacts(
            subject="Offer",
            text="The price is 5 EUR.",
            size=1000,
            attachments=(FileFacts(name="a.pdf", type="application/pdf", size=11),),
        ),
        thread=ThreadFacts(turns=3, last_verdict="verified", agent_to_agent=True),
        clock=ClockFacts(time="23:10", hour=23, weekday=6),
        counts=CountFacts(hour=5, agent_day=10),
    )
    assert judge(seen, policy_of(conditions(when))).rule == "r0"
    assert judge(seen, policy_of(conditions(f"!({when})"))).action is Action.ALLOW


READ = (
    "recipients.exists(r, r.domain == 'bücher.example')",
    "recipients.exists(r, r.domain == 'BÜCHER.Example')",
    "recipients.exists(r, r.domain == 'XN--bcher-kva.example')",
    "recipients.exists(r, r.domain in ['a.example', 'bücher.example'])",
    "['xn--bcher-kva.example', 'zürich.example'].exists(d, recipients.exists(r, r.domain == d))",
    "'bücher.example' in recipients.map(r, r.domain)",
    "recipients.exists(r, r.address == 'Ben@bücher.example')",
    "recipients.exists(r, r.domain.endsWith('.example') && r.domain.startsWith('bü'))",
    "recipients.exists(r, r.domain.endsWith('BÜCHER.example'))",
    "recipients.exists(r, r.domain.matches('^b[üu]cher\\\\.'))",
    "mailbox == 'ada@bücher.example' && mailbox.endsWith('@bücher.example')",
    "!recipients.all(r, r.domain != 'bücher.example')",
    "recipients.exists(r, r.domain == 'Other.example')",
)


@pytest.mark.parametrize("when", READ)
def test_a_domain_may_be_named_as_people_read_it_or_as_the_dns_writes_it(when: str) -> None:
    seen = facts(
        one("ben@xn--bcher-kva.example"),
        one("carl@other.example"),
        mailbox="ada@xn--bcher-kva.example",
    )
    assert judge(seen, policy_of(conditions(when))).rule == "r0"
    assert judge(facts(), policy_of(conditions(when))).rule == "default"


def test_the_first_rule_that_matches_decides() -> None:
    policy = policy_of(conditions("false", "true", "true"))
    assert judge(facts(), policy).rule == "r1"
    said = [(one.rule.name, one.matched, one.decided) for one in explained(facts(), policy)]
    assert said == [("r0", False, False), ("r1", True, True), ("r2", True, False)]


def test_without_a_match_the_default_decides() -> None:
    assert judge(facts(), policy_of("default = 'allow'")).rule == "default"
    denied = judge(facts(), policy_of("default = 'deny'"))
    assert (denied.action, bool(denied.reason)) == (Action.DENY, True)


def test_a_rule_that_only_marks_decides_nothing() -> None:
    text = "default = 'hold'\n[[rules]]\nname = 'm'\nwhen = 'true'\nmark = ['bulk']\n"
    verdict = judge(facts(), policy_of(text))
    assert (verdict.rule, verdict.marks) == ("default", ("bulk",))


def test_every_rule_that_matches_marks_wherever_it_stands() -> None:
    def marking(name: str, when: str) -> str:
        return f"[[rules]]\nname = '{name}'\nwhen = '{when}'\nmark = ['bulk']\n"

    first = conditions("true")
    behind = judge(facts(), policy_of(first + marking("m", "true")))
    assert (behind.action, behind.rule, behind.marks) == (Action.DENY, "r0", ("bulk",))
    assert judge(facts(), policy_of(first + marking("m", "false"))).marks == ()
    deciding = marking("m", "true") + "then = 'hold'\nreason = 'no'\n"
    behind = judge(facts(), policy_of(first + deciding))
    assert (behind.rule, behind.marks) == ("r0", ("bulk",))


def test_what_is_allowed_waits_where_nobody_knows_whether_it_is_to_be_marked() -> None:
    broken = "[[rules]]\nname = 'm'\nwhen = 'agent.matches(\"(\" + agent)'\nmark = ['bulk']\n"
    allows = "[[rules]]\nname = 'a'\nwhen = 'true'\nthen = 'allow'\n"
    held = judge(facts(), policy_of(f"default = 'allow'\n{allows}{broken}"))
    assert (held.action, held.rule) == (Action.HOLD, "m")
    denied = judge(facts(), policy_of(conditions("true") + broken))
    assert (denied.action, denied.rule) == (Action.DENY, "r0")


def test_what_the_agent_asks_a_person_for_is_held_where_rules_allow_it() -> None:
    asked = facts(draft=MailFacts(subject="", text="", size=1, asked_by_agent=True))
    assert judge(asked, builtin()).rule == "asked-by-agent"
    assert judge(asked, policy_of(conditions("true"))).rule == "r0"
    assert judge(asked, policy_of("default = 'deny'")).action is Action.DENY


FAILING = (
    "draft.subject.matches('(' + agent)",
    "1 / (draft.size - 1000) > 0",
    "recipients.map(a, recipients.map(b, recipients.map(c, recipients.map(d, 1)))).size() > 0",
)


@pytest.mark.parametrize("when", FAILING)
def test_what_cannot_be_evaluated_is_held_and_named(when: str) -> None:
    crowd = tuple(one(f"n{n}@x.example") for n in range(50))
    verdict = judge(facts(*crowd), policy_of(conditions(when, "true")))
    assert (verdict.action, verdict.rule) == (Action.HOLD, "r0")
    assert "r0" in verdict.reason


BUILTIN = (
    (facts(*(one(f"n{n}@x.example") for n in range(51))), Action.DENY, "recipients-per-message"),
    (facts(*(one(f"n{n}@x.example") for n in range(50))), Action.ALLOW, "default"),
    (facts(thread=ThreadFacts(answered_kind="bounce")), Action.DENY, "answers-a-program"),
    (facts(thread=ThreadFacts(answered_kind="auto_reply")), Action.DENY, "answers-a-program"),
    (facts(thread=ThreadFacts(answered_kind="message")), Action.ALLOW, "default"),
    (facts(one(provenance="body")), Action.HOLD, "address-from-a-stranger"),
    (facts(one(provenance="body", answered=True)), Action.ALLOW, "default"),
    (facts(one(), one("x@y.example", provenance="body")), Action.HOLD, "address-from-a-stranger"),
    (
        facts(draft=MailFacts(subject="", text="", size=1, cross_thread=True)),
        Action.HOLD,
        "passes-on",
    ),
    (
        facts(thread=ThreadFacts(agent_to_agent=True, turns=100)),
        Action.HOLD,
        "turns-between-agents",
    ),
    (facts(thread=ThreadFacts(turns=100)), Action.ALLOW, "default"),
)


@pytest.mark.parametrize(("seen", "action", "name"), BUILTIN)
def test_without_a_file_the_builtin_rules_protect(
    seen: DraftFacts, action: Action, name: str
) -> None:
    verdict = judge(seen, builtin())
    assert (verdict.action, verdict.rule) == (action, name)
    assert bool(verdict.reason) == (action is not Action.ALLOW)


def test_a_files_own_rules_come_before_the_builtin_ones() -> None:
    allow = "[[rules]]\nname = 'mine'\nwhen = 'true'\nthen = 'allow'\n"
    seen = facts(one(provenance="body"))
    assert judge(seen, policy_of(f"default = 'allow'\n{allow}")).rule == "mine"
    assert judge(seen, policy_of("default = 'allow'")).rule == "address-from-a-stranger"
    alone = judge(seen, policy_of("default = 'allow'\nbuiltin_rules = false"))
    assert alone.rule == "default"


def test_a_verdict_keeps_its_facts_without_words_and_addresses() -> None:
    verdict = judge(facts(one("secret@person.example")), builtin())
    kept = verdict.model_dump_json()
    assert verdict.facts["recipients"][0]["provenance"] == "new"
    assert verdict.policy == builtin().version
    for word in ("secret", "person.example", "Offer", "EUR"):
        assert word not in kept
