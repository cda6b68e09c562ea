"""policy.toml is read at start and on change, and one that means nothing changes nothing."""

import logging

import pytest
from policies import rule, write_policy
from rooms import Agent, eventually, rows

from postroom.build import PostRoom, open_room
from postroom.desk.sends import sending
from postroom.model.callers import operator
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
    file.write_text('default = "allow"\n', encoding="utf-8")
    assert await status(ada, "Four.") == "queued"


@pytest.mark.parametrize("goes", ["removed", "its link points nowhere"])
async def test_rules_outlive_their_file_and_doctor_and_the_log_say_that_it_is_gone(
    ada: Agent, settings: Settings, caplog: pytest.LogCaptureFixture, goes: str
) -> None:
    text = DENIES + '[[inbound]]\nname = "out"\nwhen = "true"\nthen = "quarantine"\n'
    file = write_policy(settings.home, text)
    if goes != "removed":
        file.symlink_to(file.rename(settings.home / "real.toml"))
    assert await status(ada, "One.") == "denied"
    (file if goes == "removed" else settings.home / "real.toml").unlink()
    assert await status(ada, "Two.") == "denied"
    (told,) = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert "there" in told
    assert 'default = "allow" goes back to the builtin rules' in told
    async with open_room(settings, program="another") as room:
        (check,) = [
            each
            for each in (await room.desk.health.report(operator())).checks
            if each.name == "policy"
        ]
        assert (check.ok, check.says) == (False, told)
        assert [rule.name for rule in (await room.desk.policies.show(operator())).inbound] == [
            "out"
        ]


async def test_who_said_that_the_builtin_rules_hold_may_remove_the_file(
    ada: Agent, settings: Settings
) -> None:
    write_policy(settings.home, DENIES)
    assert await status(ada, "One.") == "denied"
    file = write_policy(settings.home, 'default = "allow"\n')
    assert await status(ada, "Two.") == "queued"
    file.unlink()
    shown = await ada.room.desk.policies.show(operator())
    assert (shown.source, shown.fault) == ("builtin", None)


async def test_a_file_that_postroom_toml_names_has_to_be_there(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    named = settings.operator.model_copy(update={"policy": settings.home / "rules.toml"})
    async with open_room(settings.model_copy(update={"operator": named}), program="t") as room:
        shown = await room.desk.policies.show(operator())
        assert (shown.source, shown.default) == ("none", "hold")
        assert "is not there, and postroom.toml names it" in (shown.fault or "")
    assert "postroom.toml names it" in caplog.text


async def test_a_worker_tells_of_a_broken_file_though_nobody_sends(
    room: PostRoom, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    async def told() -> bool:
        return "subjct" in caplog.text

    write_policy(settings.home, DENIES.replace("subject", "subjct"))
    assert await eventually(told)


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
    assert "The rules before it go on" in told


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
    shown = await quiet_room.desk.policies.show(operator())
    assert shown.source == "none"
    assert "No rules are known from before" in (shown.fault or "")
    assert "go on" not in (shown.fault or "")


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


async def test_doctor_counts_rules_about_mail_that_comes_in_too(
    quiet_room: PostRoom, settings: Settings
) -> None:
    text = 'default = "allow"\n[[inbound]]\nname = "out"\nwhen = "true"\nthen = "quarantine"\n'
    write_policy(settings.home, text)
    report = await quiet_room.desk.health.report(operator())
    (check,) = [each for each in report.checks if each.name == "policy"]
    assert check.says.startswith("1 rule of ")
