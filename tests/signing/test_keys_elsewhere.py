"""Keys in a backup, in a room that was put back, and in what the doctor says."""

from pathlib import Path

import pytest
from backup.backups import places, put_back, quiet
from own_keys import with_keys
from servers.rooms import ADA, JumpClock, mailbox, opened

from postroom.backup.making import make
from postroom.clock import system_clock
from postroom.desk.domains.keys import DomainKeys
from postroom.model.callers import operator
from postroom.model.domains import KeyState
from postroom.model.errors import Unavailable
from postroom.settings import load
from postroom.signing.secret import SECRET_FILE

DOMAIN = "agents.example.com"


async def test_a_backup_tells_where_the_secret_is_and_its_room_signs_once_that_is_back(
    tmp_path: Path,
) -> None:
    home, file, other = places(tmp_path)
    async with opened(home, working=False) as room:
        await mailbox(room, ADA)
        made = await with_keys(room, DOMAIN)
        said = make(load(home), file, system_clock, quiet)
    assert str(home / SECRET_FILE) in str(said.next_step)
    secret = (home / SECRET_FILE).read_bytes()
    assert secret.strip() not in file.read_bytes()
    done = put_back(file, other)
    assert "rotate-dkim" in done.next_step
    async with opened(other, working=False) as room:
        keys = DomainKeys(room.index, room.settings)
        with pytest.raises(Unavailable):
            await keys.signers(DOMAIN)
        report = await room.desk.health.report(operator())
        (check,) = [each for each in report.checks if each.name == "domain keys"]
        assert not check.ok
        assert f"mail of {DOMAIN} waits" in check.says
        (other / SECRET_FILE).write_bytes(secret)
        (other / SECRET_FILE).chmod(0o600)
        assert {key.selector for key in await keys.signers(DOMAIN)} == {
            key.selector for key in made
        }


async def test_a_backup_of_a_room_without_keys_says_nothing_of_them(tmp_path: Path) -> None:
    home, file, other = places(tmp_path)
    async with opened(home, working=False) as room:
        await mailbox(room, ADA)
        assert make(load(home), file, system_clock, quiet).next_step is None
        report = await room.desk.health.report(operator())
        assert "domain keys" not in {each.name for each in report.checks}
    assert "rotate-dkim" not in put_back(file, other).next_step


async def test_the_doctor_tells_of_keys_that_nobody_finds_for_a_day(tmp_path: Path) -> None:
    clock = JumpClock()
    async with opened(tmp_path, working=False, clock=clock) as room:
        await with_keys(room, DOMAIN, KeyState.MADE)

        async def says() -> tuple[bool, str]:
            report = await room.desk.health.report(operator())
            (check,) = [each for each in report.checks if each.name == "domain keys"]
            return check.ok, check.says

        assert await says() == (True, "those of 1 domain can be opened")
        clock.ahead += 90_000
        assert await says() == (
            False,
            f"keys of {DOMAIN} wait for a day to be found: no mail is signed with them",
        )


async def test_one_secret_that_is_gone_is_told_once_for_all_domains(tmp_path: Path) -> None:
    async with opened(tmp_path, working=False) as room:
        names = [f"{name}.example.com" for name in ("agents", "desk", "news")]
        for name in names:
            await with_keys(room, name)
        (tmp_path / SECRET_FILE).unlink()
        report = await room.desk.health.report(operator())
        (check,) = [each for each in report.checks if each.name == "domain keys"]
        assert not check.ok
        assert f"mail of {', '.join(names)} waits: their keys" in check.says
        assert str(tmp_path / SECRET_FILE) in check.says
        assert str(check.next_step).endswith("rotate-dkim DOMAIN")
