"""A policy that means nothing says where, and why."""

import pytest

from postroom.policy.rates import Rate
from postroom.policy.reading import PolicyInvalid, policy_of

START = 'default = "allow"\n'
RULE = '[[rules]]\nname = "a"\nwhen = "true"\nthen = "allow"\n'

FAULTS = (
    ("", "default: is missing"),
    ("default = \n", "line 1"),
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
    (f"{START}[[rules]]\nname = 'A b'\nwhen = 'true'\nthen = 'allow'", "line 3: rules[0].name"),
    (f"{START}timezone = 'Mars/Base'\n", "line 2: timezone: is no time zone that is known"),
    (f"{START}contacts = ['a@b.example', 'boss']\n", "line 2: contacts: holds what is neither"),
    (f"{START}[limits]\nmailbox = 'many'\n", "line 3: limits.mailbox: is no rate"),
    (f"{START}[limits]\nmailbox = ['0/hour']\n", "line 3: limits.mailbox: is a rate of 1 to"),
    (f"{START}[limits]\nhorizon = 5\n", "line 3: limits.horizon: is a time such as"),
    (f"{START}[limits]\nmailboxes = '5/hour'\n", "limits.mailboxes: is no key that is known here"),
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
)


@pytest.mark.parametrize(("when", "said"), CONDITIONS)
def test_a_condition_is_checked_before_anything_is_judged_by_it(when: str, said: str) -> None:
    text = f'{START}\n[[rules]]\nname = "a"\nwhen = "{when}"\nthen = "allow"\n'
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
    with pytest.raises(PolicyInvalid) as refused:
        policy_of(f'default = "x"\ntimezone = "y"\n{RULE}colour = 1\n')
    assert len(refused.value.faults) == 3


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
