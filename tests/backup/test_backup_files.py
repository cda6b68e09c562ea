"""What is in the file of a backup, and what becomes of the home it is put into."""

import bz2
import gzip
import hashlib
import io
import lzma
import os
import stat
import tarfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from backup.backups import back_up, places, put_back, quiet
from policies import write_policy
from servers.rooms import ADA, BEN, mailbox, opened
from sqlite_utils import Database

from postroom.backup.contents import INDEX, MANIFEST, Manifest, Member
from postroom.backup.making import make
from postroom.clock import system_clock
from postroom.index.database import SCHEMA_VERSION, connect
from postroom.index.migrations import migrations
from postroom.model.callers import operator
from postroom.model.errors import InvalidRequest, PostroomError
from postroom.settings import Settings, load

OPERATOR = operator()


async def room_in(home: Path, file: Path) -> None:
    """A room with a mailbox and a policy, and its backup."""
    write_policy(home, 'default = "allow"\n')
    (home / "postroom.toml").write_text("retry_hours = 7\n")
    async with opened(home, working=False) as room:
        await mailbox(room, ADA)
        await back_up(room, file)


async def test_a_backup_holds_the_settings_is_private_and_overwrites_nothing(
    tmp_path: Path,
) -> None:
    home, file, other = places(tmp_path)
    await room_in(home, file)
    (home / "token").write_text("secret")
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    whole = file.read_bytes()
    with pytest.raises(PostroomError) as told:
        make(load(home), file, system_clock, quiet)
    assert (told.value.code, file.read_bytes()) == ("file_exists", whole)
    named = make(load(home), tmp_path, system_clock, quiet)
    assert Path(named.file).parent == tmp_path
    assert set(os.listdir(tmp_path)) == {"b.tar", "home", Path(named.file).name}
    put_back(file, other)
    assert load(other).operator.retry_hours == 7
    assert (other / "policy.toml").read_text() == 'default = "allow"\n'
    assert not (other / "token").exists()
    if os.name == "posix":
        modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in other.iterdir()}
        assert {modes[name] for name in ("postroom.db", "mailserver.db", "postroom.toml")} <= {
            0o600
        }


async def test_a_room_that_is_there_is_kept_or_set_aside_and_never_replaced_under_a_process(
    tmp_path: Path,
) -> None:
    home, file, _ = places(tmp_path)
    await room_in(home, file)
    for working in (True, False):
        async with opened(home, working=working):
            for replace in (True, False):
                with pytest.raises(PostroomError) as told:
                    put_back(file, home, replace=replace)
                assert told.value.code == (
                    "home_in_use" if working or replace else "home_not_empty"
                )
    async with opened(home, working=False) as room:
        await mailbox(room, BEN)
    done = put_back(file, home, replace=True)
    assert done.set_aside is not None
    async with opened(home) as room:
        listed = (await room.desk.mailboxes.list(OPERATOR)).mailboxes
        assert [each.address for each in listed] == ["ada@agents.localhost"]
    aside = tmp_path / "aside"
    os.rename(done.set_aside, aside)
    async with opened(aside, working=False) as room:
        assert len((await room.desk.mailboxes.list(OPERATOR)).mailboxes) == 2


@pytest.mark.parametrize("harm", ["cut", "flipped", "empty", "text"])
async def test_what_is_no_whole_backup_is_told_so_and_changes_nothing(
    tmp_path: Path, harm: str
) -> None:
    home, file, other = places(tmp_path)
    await room_in(home, file)
    whole = bytearray(file.read_bytes())
    if harm == "cut":
        whole = whole[: len(whole) // 2]
    elif harm == "flipped":
        whole[whole.rindex(b"ada@agents.localhost")] ^= 1
    elif harm == "empty":
        whole.clear()
    else:
        whole = bytearray(b"Dear reader, ")
    file.write_bytes(whole)
    with pytest.raises(InvalidRequest) as told:
        put_back(file, other)
    assert told.value.code == "backup_damaged"
    assert not other.exists()


@pytest.mark.parametrize("pressed", ["gz", "bz2", "xz"])
async def test_a_pressed_backup_that_is_damaged_is_told_so(tmp_path: Path, pressed: str) -> None:
    home, file, other = places(tmp_path)
    await room_in(home, file)
    press: dict[str, Callable[[bytes], bytes]] = {
        "gz": gzip.compress,
        "bz2": bz2.compress,
        "xz": lzma.compress,
    }
    whole = bytearray(press[pressed](file.read_bytes()))
    whole[len(whole) // 2] ^= 0xFF
    file.write_bytes(whole)
    with pytest.raises(PostroomError) as told:
        put_back(file, other)
    assert told.value.code in ("backup_damaged", "restore_failed")
    assert not other.exists()


@pytest.mark.parametrize("harm", ["emptied", "without a table"])
async def test_an_index_that_is_none_is_not_put_back(tmp_path: Path, harm: str) -> None:
    home, file, other = places(tmp_path)
    await room_in(home, file)
    with tarfile.open(file) as archive:
        members = {each.name: archive.extractfile(each).read() for each in archive}  # type: ignore[union-attr]
    (index := tmp_path / "index.db").write_bytes(b"" if harm == "emptied" else members[INDEX])
    if harm != "emptied":
        with closing(connect(index)) as con:
            con.execute("DROP TABLE webhook_log")
            con.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    manifest = Manifest.model_validate_json(members[MANIFEST])
    content = index.read_bytes()
    known = Member(size=len(content), sha256=hashlib.sha256(content).hexdigest())
    told = manifest.model_copy(update={"members": {**manifest.members, INDEX: known}})
    members |= {INDEX: content, MANIFEST: told.model_dump_json().encode()}
    with tarfile.open(file, "w") as archive:
        for name, each in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(each)
            archive.addfile(info, io.BytesIO(each))
    with pytest.raises(InvalidRequest) as refused:
        put_back(file, other)
    assert refused.value.code == "backup_damaged"
    assert not other.exists()


async def test_a_backup_of_an_older_program_is_migrated_and_one_of_a_newer_refused(
    tmp_path: Path,
) -> None:
    home, _, other = places(tmp_path)
    con = connect(home / "postroom.db")
    migrations.apply(Database(con), stop_before="0019_tokens")
    con.execute("PRAGMA user_version=18")
    made = make(Settings(home=home), tmp_path / "old.tar", system_clock, quiet)
    assert made.head == ""
    put_back(tmp_path / "old.tar", other)
    async with opened(other, working=False) as room:
        assert (await room.desk.tokens.list(OPERATOR)).tokens == ()
    con.execute(f"PRAGMA user_version={SCHEMA_VERSION + 1}")
    con.close()
    make(Settings(home=home), tmp_path / "new.tar", system_clock, quiet)
    with pytest.raises(PostroomError) as told:
        put_back(tmp_path / "new.tar", tmp_path / "third")
    assert told.value.code == "backup_newer"


async def test_a_home_that_was_there_stays_as_it_was_and_a_missing_folder_is_named(
    tmp_path: Path,
) -> None:
    home, file, other = places(tmp_path)
    await room_in(home, file)
    file.write_bytes(b"no archive")
    other.mkdir()
    with pytest.raises(InvalidRequest):
        put_back(file, other)
    if os.name == "posix":
        assert list(other.iterdir()) == []
    with pytest.raises(InvalidRequest) as told:
        make(load(home), tmp_path / "nowhere" / "b.tar", system_clock, quiet)
    assert told.value.message == f"There is no folder {tmp_path / 'nowhere'}."
