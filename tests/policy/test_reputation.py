"""When a domain has to pause, and what a file may say of that."""

import pytest

from postroom.policy.reading import PolicyInvalid, builtin, policy_of
from postroom.policy.reputation import Against, Cause, Tally, crossed, fewest, near
from postroom.policy.rules import Policy

START = 'default = "allow"\n'


def tally(recipients: int, bounces: int = 0, complaints: int = 0, people: int = 9) -> Tally:
    return Tally(recipients, Against(bounces, people), Against(complaints, people))


CASES = (
    (tally(1000, bounces=19), None, None),
    (tally(1000, bounces=20), None, Cause.BOUNCES),
    (tally(1000, bounces=49), None, Cause.BOUNCES),
    (tally(1000, bounces=50), Cause.BOUNCES, Cause.BOUNCES),
    (tally(10_000, complaints=9), None, None),
    (tally(10_000, complaints=10), None, Cause.COMPLAINTS),
    (tally(10_000, complaints=30), Cause.COMPLAINTS, Cause.COMPLAINTS),
    (tally(1000, bounces=50, complaints=3), Cause.COMPLAINTS, Cause.COMPLAINTS),
    (tally(99, bounces=99), None, None),  # too few to say anything
    (tally(100, bounces=100), Cause.BOUNCES, Cause.BOUNCES),
    (tally(100, complaints=100, people=2), None, None),  # nor can two people stop a domain
    (tally(100, complaints=100, people=3), Cause.COMPLAINTS, Cause.COMPLAINTS),
    (tally(0), None, None),
)


@pytest.mark.parametrize(("found", "pauses", "warns"), CASES)
def test_the_builtin_thresholds(found: Tally, pauses: Cause | None, warns: Cause | None) -> None:
    rules = builtin().reputation
    assert (crossed(found, rules), near(found, rules)) == (pauses, warns)


@pytest.mark.parametrize(
    ("voices", "people"),
    [
        ([], 0),
        ([{"a"}, {"a"}, {"b"}], 2),
        ([{"a", "b", "c"}] * 3, 1),  # reported three times, by one of them or by three
        ([{"a", "b"}, {"a", "c"}, {"a", "d"}], 1),  # "a" may have said all of it
        ([{"a", "b", "c"}, {"a"}, {"b"}, {"c"}], 3),
        ([{"a", "b"}, {"c", "d"}, {"e"}], 3),
    ],
)
def test_as_many_people_have_spoken_as_there_must_be_at_least(
    voices: list[set[str]], people: int
) -> None:
    assert fewest(map(frozenset, voices)) == people


def thresholds(policy: Policy) -> tuple[float | None, ...]:
    rules = policy.reputation
    return (rules.bounces.warn, rules.bounces.pause, rules.complaints.warn, rules.complaints.pause)


def test_what_a_file_does_not_name_is_as_without_one() -> None:
    builtins = thresholds(builtin())
    assert builtins == (0.02, 0.05, 0.001, 0.003)
    assert thresholds(policy_of(START)) == builtins
    other = policy_of(f"{START}[reputation]\nbounces = {{ pause = 0.1 }}\nwindow = '3 days'\n")
    assert thresholds(other) == (None, 0.1, 0.001, 0.003)
    assert (other.reputation.window, other.reputation.least) == (3 * 86_400, 100)
    off = policy_of(f"{START}[reputation]\nbounces = {{}}\ncomplaints = {{}}\n")
    assert thresholds(off) == (None,) * 4
    assert crossed(tally(1000, bounces=1000), off.reputation) is None
    assert thresholds(policy_of(f"{START}builtin_rules = false\n")) == (None,) * 4


def test_without_a_plan_there_is_none_and_a_file_may_say_one() -> None:
    assert builtin().plans("ada@agents.example") is None
    found = policy_of(
        f"{START}[warmup]\ndomain = [50, 100]\ndomains = ['AGENTS.example']\nhorizon = '2 days'\n"
    )
    assert found.warmup.horizon == 2 * 86_400
    held = found.plans("ada@agents.example")
    assert held is not None
    assert [each.volumes for each in held.plans] == [(50, 100)]
    assert found.plans("ada@other.example") is None


FAULTS = (
    ("[warmup]\ndomain = [100, 50]", "is a plan that falls"),
    ("[warmup]\ndomain = [0]", "line 3"),
    ("[warmup]\ndomain = 50", "must be a list"),
    ("[warmup]\ndays = [50]", "domain, mailbox, domains, horizon"),
    ("[warmup]\nhorizon = 3", 'is a time such as "7 days"'),
    ("[reputation]\nbounces = { warn = 0.2, pause = 0.1 }", "warns later than it pauses"),
    ("[reputation]\nbounces = { pause = 5 }", "line 3"),
    ("[reputation]\nbounces = { paused = 0.05 }", "pause may be meant"),
    ("[reputation]\nwindow = 'a week'", "is no time"),
    ("[reputation]\nleast = 0", "line 3"),
)


@pytest.mark.parametrize(("text", "told"), FAULTS)
def test_a_fault_is_told_with_what_is_wrong(text: str, told: str) -> None:
    with pytest.raises(PolicyInvalid) as found:
        policy_of(f"{START}{text}\n")
    assert told in found.value.message
