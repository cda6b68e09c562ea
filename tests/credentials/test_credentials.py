"""Secrets in the environment and in files."""

import asyncio
import os
import stat
from pathlib import Path

import pytest
from credentials.places import refusal, secret
from pydantic import SecretStr

from postroom.credentials.files import MAX_OCTETS
from postroom.model.errors import InvalidRequest, Refused, Unavailable

POSIX = pytest.mark.skipif(os.name != "posix", reason="Windows has no such modes")


def written(file: Path, content: bytes, mode: int = 0o600) -> Path:
    file.write_bytes(content)
    file.chmod(mode)
    return file


async def test_a_variable_is_read_when_the_secret_is_needed() -> None:
    environment = {"WORK_PASSWORD": "hunter2"}
    asked = secret(environment, env="WORK_PASSWORD")
    assert (await asked.read()).get_secret_value() == "hunter2"
    environment["WORK_PASSWORD"] = "changed"
    assert (await asked.read()).get_secret_value() == "changed"
    assert "hunter2" not in repr(await asked.read())


@pytest.mark.parametrize("environment", [{}, {"WORK_PASSWORD": ""}])
async def test_a_variable_that_is_not_set_is_named(environment: dict[str, str]) -> None:
    error = await refusal(secret(environment, env="WORK_PASSWORD"))
    assert isinstance(error, Unavailable)
    assert error.code == "secret_missing"
    assert "WORK_PASSWORD" in error.message


async def test_nothing_can_be_kept_in_a_variable() -> None:
    asked = secret({"WORK_PASSWORD": "old"}, env="WORK_PASSWORD")
    assert not asked.can_keep
    with pytest.raises(Refused, match="Nothing can be kept") as refused:
        await asked.keep(SecretStr("hunter2"))
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    "content",
    [b"hunter2", b"hunter2\n", b"hunter2\r\n", b"hunter2\n\n", b"\xef\xbb\xbfhunter2\n"],
)
async def test_a_line_end_is_no_part_of_the_secret(tmp_path: Path, content: bytes) -> None:
    file = written(tmp_path / "secret", content)
    assert (await secret(file=file).read()).get_secret_value() == "hunter2"


async def test_spaces_and_other_scripts_are_part_of_it(tmp_path: Path) -> None:
    file = written(tmp_path / "secret", " pass wörd \n".encode())
    assert (await secret(file=file).read()).get_secret_value() == " pass wörd "


@POSIX
@pytest.mark.parametrize("mode", [0o644, 0o604, 0o602, 0o601, 0o666])
async def test_a_file_that_others_can_use_is_refused_with_the_command(
    tmp_path: Path, mode: int
) -> None:
    file = written(tmp_path / "secret", b"hunter2", mode)
    error = await refusal(secret(file=file), "hunter2")
    assert isinstance(error, Refused)
    assert error.code == "secret_readable_by_others"
    assert f"chmod o= '{file}'" in error.next_step


@POSIX
@pytest.mark.parametrize("mode", [0o600, 0o400, 0o440, 0o640])
async def test_a_file_of_a_user_and_a_group_is_read(tmp_path: Path, mode: int) -> None:
    file = written(tmp_path / "secret", b"hunter2", mode)
    assert (await secret(file=file).read()).get_secret_value() == "hunter2"


async def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    error = await refusal(secret(file=tmp_path / "absent"))
    assert isinstance(error, Unavailable)
    assert error.code == "secret_unreadable"
    assert "absent" in error.message


async def test_a_folder_is_no_secret(tmp_path: Path) -> None:
    error = await refusal(secret(file=tmp_path))
    assert error.code in ("secret_malformed", "secret_unreadable")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no named pipes in folders")
async def test_a_pipe_without_a_writer_holds_nobody(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    async with asyncio.timeout(10):
        error = await refusal(secret(file=tmp_path / "pipe"))
    assert error.code == "secret_malformed"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "secret_missing"),
        (b"\n", "secret_missing"),
        (b"hunter2\nhunter3\n", "secret_malformed"),
        (b"hunter2\x00", "secret_malformed"),
        (b"hunter2\xff", "secret_malformed"),
        (b"hunter2" * MAX_OCTETS, "secret_malformed"),
    ],
    ids=["empty", "a line end", "two lines", "a NUL", "no UTF-8", "too long"],
)
async def test_a_file_that_holds_no_secret_is_refused(
    tmp_path: Path, content: bytes, code: str
) -> None:
    error = await refusal(secret(file=written(tmp_path / "secret", content)), "hunter")
    assert isinstance(error, Unavailable | InvalidRequest)
    assert error.code == code


async def test_a_secret_that_is_kept_is_the_next_that_is_read(tmp_path: Path) -> None:
    file = written(tmp_path / "secret", b"old\n")
    asked = secret(file=file)
    assert asked.can_keep
    await asked.keep(SecretStr("new"))
    assert (await asked.read()).get_secret_value() == "new"
    assert os.listdir(tmp_path) == ["secret"]


async def test_a_secret_can_be_kept_where_no_file_was(tmp_path: Path) -> None:
    asked = secret(file=tmp_path / "secret")
    await asked.keep(SecretStr("new"))
    assert (await asked.read()).get_secret_value() == "new"


@POSIX
async def test_keeping_leaves_the_mode_to_the_group_and_nothing_to_others(tmp_path: Path) -> None:
    for before, after in ((0o640, 0o640), (0o644, 0o640), (0o600, 0o600)):
        file = written(tmp_path / "secret", b"old", before)
        await secret(file=file).keep(SecretStr("new"))
        assert stat.S_IMODE(file.stat().st_mode) == after


@POSIX
async def test_a_link_stays_and_what_it_leads_to_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    file = written(tmp_path / "real" / "secret", b"old")
    (tmp_path / "link").symlink_to(file)
    await secret(file=tmp_path / "link").keep(SecretStr("new"))
    assert (tmp_path / "link").is_symlink()
    assert file.read_bytes() == b"new\n"


async def test_where_nothing_can_be_kept_the_old_one_stays(tmp_path: Path) -> None:
    asked = secret(file=tmp_path / "no folder" / "secret")
    with pytest.raises(Unavailable) as refused:
        await asked.keep(SecretStr("hunter2"))
    assert refused.value.code == "secret_not_kept"
    assert "hunter2" not in str(refused.value)


async def test_who_reads_while_it_is_replaced_finds_a_whole_one(tmp_path: Path) -> None:
    file = written(tmp_path / "secret", b"0" * 2000)
    asked = secret(file=file)

    async def keep() -> None:
        for digit in "123456789" * 3:
            await asked.keep(SecretStr(digit * 2000))

    keeping = asyncio.create_task(keep())
    while not keeping.done():
        found = (await asked.read()).get_secret_value()
        assert found == found[0] * 2000
    await keeping
