"""A policy that means nothing says where, and why."""

import pytest

from postroom.policy.rates import Rate
from postroom.policy.reading import PolicyInvalid, policy_of

START = 'default = "allow"\n'
RULE = '[[rules]]\nname = "a"\nwhen = "true"\nthen = "allow"\n'

FAULTS = (
    ("", "default: is missing"),
    ("default = \n", "line 1: default: is no TOML: Invalid value"),
    (f"{START}rules\n", "line 2: is no TOML: "),
    (f"{START}default = 'hold'\n", "line 2: default: is there twice"),
    (f"{START}[limits]\nmailbox = '1/hour'\n\n[limits]\n", "line 5: limits: is there twice"),
    (f"{START}{RULE}name = 'b'\n", "line 6: rules[0].name: is there twice"),
    (f"{START}{RULE}{RULE}then = '''\nhold'''\n", "line 10: rules[1].then: is there twice"),
    ('# a comment\ndefault = "alow"\n', "line 2: default: should be 'allow', 'hold' or 'deny'"),
    (
        f"{START}defualt = 1\n",
        "line 2: defualt: is no key that is known here: default may be meant",
    ),
    (
        f"{START}{RULE}wen = 1\n",
        "line 6: rules[0].wen: is no key that is known here: when may be meant",
    ),
    (f"{START}{RULE}\n[[rules]]\nname = 'b'\n", "line 8: rules[1].when: is missing"),
    (f"{START}{RULE}\n{RULE}", "line 8: rules[1].name: is the name of an earlier rule"),
    (f"{START}{RULE.replace('allow', 'hold')}", "rules[0]: has no reason"),
    (f"{START}{RULE.replace('then', '#')}", "rules[0]: says nothing"),
    (f"{START}rules = 3\n", "line 2: rules: must be a list"),
    (
        f"{START}[[rules]]\nname = 'A b'\nwhen = 'true'\nthen = 'allow'",
        "line 3: rules[0].name: is 1 to 64 of the letters a to z",
    ),
    (f"{START}{RULE}mark = ['bulk', 'bluk']\n", "line 6: rules[0].mark[1]: should be 'bulk'"),
    (f"{START}timezone = 'Mars/Base'\n", "line 2: timezone: is no time zone that is known"),
    (
        f"{START}contacts = ['a@b.example', 'boss']\n",
        "line 2: contacts[1]: is neither an address nor",
    ),
    (f"{START}contacts = ['boss']\n", '"boss"'),
    (f"{START}[limits]\nmailbox = 'many'\n", "line 3: limits.mailbox: is no rate"),
    (f"{START}[limits]\nmailbox = ['0/hour']\n", "line 3: limits.mailbox: is a rate of 1 to"),
    (f"{START}[limits]\nhorizon = 5\n", "line 3: limits.horizon: is a time such as"),
    (f"{START}[limits]\nmailboxes = '5/hour'\n", "limits.mailboxes: is no key that is known here"),
    (
        f"{START}[warmup]\ndomains = ['a.example', '*.example.com']\n",
        'line 3: warmup.domains[1]: is neither a domain nor "*" for all: "*.example.com"',
    ),
    (f"{START}[warmup]\ndomains = ['a b']\n", 'warmup.domains[0]: is neither a domain nor "*"'),
    (f"{START}[warmup]\ndomain = [true]\n", "line 3: warmup.domain[0]: is no number of recipients"),
    (f"{START}[warmup]\nmailbox = [5, '9']\n", "warmup.mailbox[1]: is no number of recipients"),
)


@pytest.mark.parametrize(("text", "said"), FAULTS)
def test_a_fault_is_told_with_its_line_and_key(text: str, said: str) -> None:
    with pytest.raises(PolicyInvalid) as refused:
        policy_of(text)
    assert said in refused.value.message


CONDITIONS = (
    ("draft.subjct == 'x'", "undefined field 'subjct'"),
    ("recipients.exists(r, r.provenanc == 'body')", "undefined field 'provenanc'"),
    ("recipient.all(r, true)", "undeclared reference to 'recipient'"),
    ("draft.size > 'x'", "no matching overload"),
    ("draft.size", "is no condition"),
    ("draft.size > ", "Syntax error"),
    ("thread.turns > 3 &&", "Syntax error"),
    ("recipients.exists(r, r.provenance == 'stranger')", '"operator", "correspondent", "thread"'),
    ("thread.last_kind == 'newsletter'", 'thread.last_kind is never "newsletter"'),
    ("thread.answered_kind in ['bounce', 'autoreply']", 'is never "autoreply"'),
    ("recipients.all(r, r.field != 'To')", 'r.field is never "To"; it is "to", "cc" or "bcc"'),
    ("['body', 'none'].exists(p, recipients.exists(r, r.provenance == p))", 'never "none"'),
    ("'none' in recipients.filter(r, r.ours).map(r, r.provenance)", 'never "none"'),
    ("clock.time > '7:00'", 'clock.time is never "7:00"; it is "00:00" to "23:59"'),
    ("clock.weekday == 0", "clock.weekday is never 0; it is 1 to 7"),
    ("clock.hour in [23, 24]", "clock.hour is never 24; it is 0 to 23"),
    ("draft.attachments.exists(f, f.type == 'PDF')", "a type such as"),
    ("draft.text.matches('[a')", '"[a" is no pattern'),
    ("draft.text.matches(draft.in_thread ? '(' : 'b')", '"(" is no pattern'),
)


@pytest.mark.parametrize(("when", "said"), CONDITIONS)
def test_a_condition_is_checked_before_anything_is_judged_by_it(when: str, said: str) -> None:
    text = f'{START}\n[[rules]]\nname = "a"\nwhen = """{when}"""\nthen = "allow"\n'
    with pytest.raises(PolicyInvalid) as refused:
        policy_of(text)
    assert "line 5: rules[0].when: " in refused.value.message
    assert said in refused.value.message


def test_a_fault_in_a_condition_of_several_lines_is_told_with_its_own_line() -> None:
    when = "'''\n  draft.size > 3 &&\n  draft.sise < 9\n'''"
    text = f"{START}[[rules]]\nname = 'a'\nwhen = {when}\nthen = 'allow'\n"
    with pytest.raises(PolicyInvalid) as refused:
        policy_of(text)
    assert "line 6: rules[0].when" in refused.value.message


def test_every_fault_is_told_at_once() -> None:
    inbound = "[[inbound]]\nname = 'a'\nwhen = 'message.kin == sender.addres'\nthen = 'block'\n"
    limits = "[limits]\nmailbox = 'many'\n"
    text = f'default = "x"\ntimezone = "y"\n{RULE}colour = 1\n{RULE}{inbound}{limits}'
    with pytest.raises(PolicyInvalid) as refused:
        policy_of(text)
    assert [fault.line for fault in refused.value.faults] == [1, 2, 7, 9, 14, 14, 17]


def test_a_condition_that_chooses_again_and_again_is_read_at_once() -> None:
    again = ".map(x, draft.in_thread ? x : x)" * 14
    when = f"[agent, tenant]{again}.exists(x, r.provenance == x)"
    text = f'{START}[[rules]]\nname = "a"\nwhen = "recipients.exists(r, {when})"\nthen = "allow"\n'
    assert policy_of(text).rules[0].when
    with pytest.raises(PolicyInvalid) as refused:
        policy_of(text.replace(again, again * 4))
    assert "line 4: rules[0].when: Exceeded max recursion depth" in refused.value.message


INBOUND = (
    ("sender.verdict == 'trusted'", '"verified", "unverified" or "forged"'),
    ("message.kind == 'spam'", 'message.kind is never "spam"'),
    ("sender.dmarc == 'maybe'", 'sender.dmarc is never "maybe"'),
    ("sender.dmarc_policy == 'block'", '"none", "quarantine" or "reject"'),
    ("'pdf' in message.attachment_types", "a type such as"),
    ("message.attachment_types.exists(t, t == 'application/PDF')", "a type such as"),
)


def test_what_is_refused_is_refused_for_a_reason_that_its_sender_reads() -> None:
    rule = "[[inbound]]\nname = 'a'\nwhen = 'true'\nthen = 'refuse'\n"
    with pytest.raises(PolicyInvalid, match="has no reason: the sender reads it in the bounce"):
        policy_of(START + rule)
    assert policy_of(f"{START}{rule}reason = 'Not here.'\n").inbound[0].reason == "Not here."


@pytest.mark.parametrize(("when", "said"), INBOUND)
def test_a_rule_about_mail_that_comes_in_is_checked_as_well(when: str, said: str) -> None:
    text = f'{START}[[inbound]]\nname = "a"\nwhen = """{when}"""\nthen = "take"\n'
    with pytest.raises(PolicyInvalid) as refused:
        policy_of(text)
    assert "line 4: inbound[0].when: " in refused.value.message
    assert said in refused.value.message


def test_a_file_changes_the_limits_that_it_names_and_keeps_the_others() -> None:
    policy = policy_of(f"{START}[limits]\nrecipient = '5/10 minutes'\nhorizon = '2 hours'\n")
    assert policy.limits.recipient == (Rate(5, 600),)
    assert policy.limits.mailbox == (Rate(200, 3600), Rate(1000, 86_400))
    assert policy.limits.horizon == 7200
    assert policy_of(f"{START}[limits]\nmailbox = []\n").limits.mailbox == ()


def test_two_texts_are_two_versions() -> None:
    assert policy_of(START).version == policy_of(START).version
    assert policy_of(START).version != policy_of(f"{START}# another\n").version


def test_a_contact_is_an_address_or_a_whole_domain() -> None:
    policy = policy_of(f"{START}contacts = ['Boss@Firm.example', '*@ours.example']\n")
    assert policy.names("boss@firm.example")
    assert policy.names("anybody@ours.example")
    assert not policy.names("clerk@firm.example")
    assert not policy.names("x@sub.ours.example")


def test_a_contact_may_stand_as_people_read_it() -> None:
    policy = policy_of(f"{START}contacts = ['Boss@Bücher.example', '*@xn--mnchen-3ya.example']\n")
    assert policy.names("boss@xn--bcher-kva.example")
    assert policy.names("anybody@xn--mnchen-3ya.example")
    assert policy_of(f"{START}contacts = ['\"boss\"@a.example']\n").names("boss@a.example")
