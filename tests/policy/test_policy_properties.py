"""Whatever a draft or a file holds: a verdict, or a fault that is told."""

import contextlib

from hypothesis import given, settings
from hypothesis import strategies as st

from postroom.model.messages import MessageKind, SenderVerdict
from postroom.model.verdicts import (
    Action,
    DraftFacts,
    FileFacts,
    MailFacts,
    Provenance,
    RecipientFacts,
    ThreadFacts,
)
from postroom.policy.inbound import InboundFacts, MessageFacts, SenderFacts, taken_by
from postroom.policy.reading import PolicyInvalid, builtin, policy_of
from postroom.policy.rules import judge

ANY_TEXT = st.text(st.characters(), max_size=60)
"""NUL, lone surrogates and all."""

RECIPIENT = st.builds(
    RecipientFacts,
    address=ANY_TEXT,
    domain=ANY_TEXT,
    field=st.sampled_from(["to", "cc", "bcc"]),
    provenance=st.sampled_from([str(each) for each in Provenance]),
    answered=st.booleans(),
)
FACTS = st.builds(
    DraftFacts,
    agent=ANY_TEXT,
    tenant=ANY_TEXT,
    mailbox=ANY_TEXT,
    draft=st.builds(
        MailFacts,
        subject=ANY_TEXT,
        text=ANY_TEXT,
        size=st.integers(0, 2**40),
        attachments=st.lists(
            st.builds(FileFacts, name=ANY_TEXT, type=ANY_TEXT, size=st.integers(0, 2**40))
        ).map(tuple),
        cross_thread=st.booleans(),
    ),
    recipients=st.lists(RECIPIENT, max_size=60).map(tuple),
    thread=st.builds(
        ThreadFacts,
        turns=st.integers(0, 1000),
        answered_kind=st.sampled_from(["", *map(str, MessageKind)]),
        agent_to_agent=st.booleans(),
    ),
)
INBOUND = policy_of(
    'default = "allow"\n[[inbound]]\nname = "a"\nthen = "block"\n'
    "when = \"message.text.contains('x') && sender.domain.endsWith('.example')\"\n"
)


@settings(max_examples=150, deadline=None)
@given(FACTS)
def test_every_draft_gets_a_verdict_and_no_stranger_is_written_to_unseen(facts: DraftFacts) -> None:
    verdict = judge(facts, builtin())
    unseen = any(one.provenance == "body" and not one.answered for one in facts.recipients)
    if unseen or facts.draft.cross_thread or len(facts.recipients) > 50:
        assert verdict.action is not Action.ALLOW
    assert verdict.model_copy(update={"facts": {}}).model_dump_json()


@settings(max_examples=100, deadline=None)
@given(ANY_TEXT, ANY_TEXT, ANY_TEXT)
def test_every_mail_that_comes_in_is_taken_or_kept_out(subject: str, text: str, name: str) -> None:
    facts = InboundFacts(
        mailbox=name,
        agent=name,
        tenant=name,
        sender=SenderFacts(address=name, domain=name, verdict=SenderVerdict.UNVERIFIED),
        message=MessageFacts(kind=MessageKind.MESSAGE, subject=subject, text=text, size=1),
    )
    rule = taken_by(facts, INBOUND)
    assert rule is None or rule.name == "a"


LINES = st.lists(
    st.one_of(
        ANY_TEXT,
        st.sampled_from(
            [
                'default = "allow"', "[[rules]]", 'name = "a"', 'when = "true"', 'then = "deny"',
                'reason = "no"', "[limits]", 'mailbox = "5/hour"', "[[inbound]]", "rules = []",
                'when = "draft.size > thread"', "[rules.x]", "mark = [1]", 'horizon = "1 day"',
            ]
        ),
    )
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(LINES)
def test_every_file_is_a_policy_or_its_faults_are_told(lines: list[str]) -> None:
    with contextlib.suppress(PolicyInvalid):
        assert policy_of("\n".join(lines)).version
