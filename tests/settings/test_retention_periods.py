"""How long mail is kept: what `[retention]` comes to at an age."""

import pytest
from pydantic import ValidationError

from postroom.model.retention import DAY_SECONDS, Retention, Stage


def check(said: dict[str, object], days: float, left: Stage) -> None:
    kept = Retention.model_validate(said).of_tenant("default")
    assert kept.at(days * DAY_SECONDS) is left, said


@pytest.mark.parametrize(
    ("said", "days", "left"),
    [
        ({}, 10_000, Stage.WHOLE),
        ({"raw_days": 5}, 4.9, Stage.WHOLE),
        ({"raw_days": 5}, 5.1, Stage.WITHOUT_BYTES),
        ({"attachments_days": 2, "raw_days": 5}, 3, Stage.WITHOUT_FILES),
        ({"attachments_days": 9, "raw_days": 5}, 6, Stage.WITHOUT_BYTES),
        ({"raw_days": 50, "bodies_days": 5}, 6, Stage.WITHOUT_WORDS),
        ({"raw_days": "forever", "bodies_days": 5}, 6, Stage.WITHOUT_WORDS),
        ({"raw_days": 50, "bodies_days": 5}, 4, Stage.WHOLE),
        ({"raw_days": 1, "bodies_days": 5}, 3, Stage.WITHOUT_BYTES),
        ({"metadata_days": 7}, 6, Stage.WHOLE),
        ({"metadata_days": 7}, 8, Stage.GONE),
        ({"metadata_days": 7, "raw_days": "forever"}, 8, Stage.GONE),
        ({"metadata_days": 0}, 0.001, Stage.GONE),
    ],
)
def test_what_holds_something_goes_no_later_than_what_it_holds(
    said: dict[str, object], days: float, left: Stage
) -> None:
    check(said, days, left)


def test_a_mailbox_says_only_what_differs() -> None:
    kept = Retention.model_validate(
        {
            "raw_days": 5,
            "bodies_days": 20,
            "mailboxes": {
                "Ada@agents.localhost": {"bodies_days": 10},
                "ben@agents.localhost": {"raw_days": "forever", "bodies_days": "forever"},
            },
        }
    )
    ada, ben = (kept.of_mailbox(f"{name}@agents.localhost", "default") for name in ("ada", "ben"))
    assert ada.at(6 * DAY_SECONDS) is Stage.WITHOUT_BYTES
    assert ada.at(11 * DAY_SECONDS) is Stage.WITHOUT_WORDS
    assert ben.is_forever
    assert not kept.is_forever
    assert Retention().is_forever


def test_a_mailbox_goes_before_its_tenant_and_that_before_all() -> None:
    said = {
        "raw_days": 5,
        "bodies_days": 20,
        "metadata_days": 90,
        "tenants": {"acme": {"raw_days": "forever", "bodies_days": 30}},
        "mailboxes": {"Ada@agents.localhost": {"bodies_days": 40}},
    }
    kept = Retention.model_validate(said)
    ada, other = kept.of_mailbox("ada@agents.localhost", "acme"), kept.of_tenant("acme")
    assert ada.until == (40 * DAY_SECONDS, 40 * DAY_SECONDS, 40 * DAY_SECONDS, 90 * DAY_SECONDS)
    assert other.until == (30 * DAY_SECONDS, 30 * DAY_SECONDS, 30 * DAY_SECONDS, 90 * DAY_SECONDS)
    assert kept.of_tenant("default").until[0] == 5 * DAY_SECONDS
    assert kept.of_mailbox("ben@agents.localhost", "acme") == other


@pytest.mark.parametrize("part", ["tenants", "mailboxes"])
def test_what_is_kept_for_ever_by_all_but_one_is_not_kept_for_ever(part: str) -> None:
    assert not Retention.model_validate({part: {"x": {"raw_days": 1}}}).is_forever
    assert Retention.model_validate({part: {"x": {"raw_days": "forever"}}}).is_forever


@pytest.mark.parametrize(
    "said", [{"raw_days": -1}, {"raw_days": "never"}, {"days": 5}, {"mailboxes": {"a@b": {"x": 1}}}]
)
def test_what_is_no_period_is_refused(said: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Retention.model_validate(said)


def test_a_mail_that_is_due_has_another_stage_at_that_age() -> None:
    said = {"raw_days": 1, "bodies_days": 2, "metadata_days": 3}
    kept = Retention.model_validate(said).of_tenant("default")
    for stage in (Stage.WHOLE, Stage.WITHOUT_FILES, Stage.WITHOUT_BYTES, Stage.WITHOUT_WORDS):
        age = kept.next_after(stage)
        assert age is not None
        assert kept.at(age + 1) > stage
    assert kept.next_after(Stage.GONE) is None
