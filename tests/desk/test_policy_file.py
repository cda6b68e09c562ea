"""policy.toml is read at start and on change, and one that means nothing changes nothing."""

import logging

import pytest
from policies import rule, write_policy
from rooms import Agent, rows

from postroom.build import PostRoom, open_room
from postroom.desk.sends import sending
from postroom.settings import Settings

DENIES = 'default = "allow"\n' + rule("no-offers", "draft.subject == 'Offer'", "deny")


async def status(agent: Agent, text: str, subject: str = "Offer") -> str:
    return (await agent.send(text, "carl@else.example", subject=subject)).status


async def test_a_change_counts_from_the_next_mail_on(ada: Agent, settings: Settings) -> None:
    assert await status(ada, "One.") == "queued"
    file = write_policy(settings.home, DENIES)
    assert await status(ada, "Two.") == "denied"
    write_policy(settings.home, DENIES.replace("deny", "hold"))
    assert await status(ada, "Three.") == "held"
    file.unlink()
    assert await status(ada, "Four.") == "queued"


async def test_each_change_is_told_in_the_journal_once(ada: Agent, settings: Settings) -> None:
    async def told() -> list[tuple[object, ...]]:
        return await ada.room.index.read(
            lambda con: rows(con, "SELECT detail FROM journal WHERE type = 'policy.changed'")
        )

    await status(ada, "One.")
    assert await told() == []
    write_policy(settings.home, DENIES)
    await status(ada, "Two.")
    await status(ada, "Three.")
    assert len(await told()) == 1


async def test_a_broken_file_keeps_the_rules_before_it_and_says_so(
    ada: Agent, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    write_policy(settings.home, DENIES)
    assert await status(ada, "One.") == "denied"
    write_policy(settings.home, DENIES.replace("subject", "subjct"))
    with caplog.at_level(logging.ERROR):
        assert await status(ada, "Two.") == "denied"
        assert await status(ada, "Three.", "Else") == "queued"
    (told,) = [record.getMessage() for record in caplog.records if "subjct" in record.message]
    assert "line 4: rules[0].when" in told
    assert "the rules before it go on" in told


async def test_a_process_that_starts_with_a_broken_file_takes_the_last_rules_in_force(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "SEND_PATIENCE_SECONDS", 0.0)
    write_policy(settings.home, DENIES)
    async with open_room(settings, program="one") as room:
        assert await status(await Agent(room, "ada").open(), "One.") == "denied"
    write_policy(settings.home, "default = ")
    async with open_room(settings, program="two") as room:
        ada = await Agent(room, "ada").open()
        assert await status(ada, "Two.") == "denied"
        assert await status(ada, "Three.", "Else") == "queued"


async def test_an_empty_file_means_nothing(ada: Agent, settings: Settings) -> None:
    write_policy(settings.home, DENIES)
    assert await status(ada, "One.") == "denied"
    write_policy(settings.home, "")
    assert await status(ada, "Two.") == "denied"


async def test_where_no_rules_are_known_and_the_file_is_broken_everything_waits(
    quiet_room: PostRoom, ada: Agent, settings: Settings
) -> None:
    write_policy(settings.home, "default = ")
    held = await ada.send("Hello.", "carl@else.example")
    assert (held.status, "policy.toml" in (held.reason or "")) == ("held", True)


async def test_the_file_may_lie_elsewhere(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "SEND_PATIENCE_SECONDS", 0.0)
    elsewhere = settings.home / "rules"
    elsewhere.mkdir()
    file = write_policy(elsewhere, DENIES)
    operator = settings.operator.model_copy(update={"policy": file})
    async with open_room(settings.model_copy(update={"operator": operator}), program="t") as room:
        assert await status(await Agent(room, "ada").open(), "One.") == "denied"
