"""Codes and links stand in the index, also of mail that was read before they were looked for."""

import json
from pathlib import Path

from index.derived import again
from rooms import Agent, Postman, letter, rows
from sqlite_utils import Database

from postroom.build import PostRoom
from postroom.index.database import SCHEMA_VERSION, connect, schema_version
from postroom.index.migrations import migrate, migrations

TEXT = "Your code is 482913. Or confirm: https://app.example/c/a8Kd93kfLx02mQpZ77yTn4"
LINK = "https://app.example/c/a8Kd93kfLx02mQpZ77yTn4"


async def test_a_rebuild_finds_the_codes_of_older_mail(
    quiet_room: PostRoom, ada: Agent, postman: Postman
) -> None:
    await postman.bring(ada.address, letter(id="1@x", subject="Your login", text=TEXT))
    await quiet_room.index.write(
        lambda con: con.execute("UPDATE messages SET codes = '[]', links = '[]'")
    )
    assert (await ada.wait(has_code=True, timeout=0)).outcome == "timeout"
    await again(quiet_room)
    ((codes, links),) = await quiet_room.index.read(
        lambda con: rows(con, "SELECT codes, links FROM messages")
    )
    assert (json.loads(str(codes)), json.loads(str(links))) == (["482913"], [LINK])
    assert (await ada.wait(has_code=True, timeout=0)).outcome == "reply"


def test_an_index_from_before_keeps_its_messages(tmp_path: Path) -> None:
    path = tmp_path / "postroom.db"
    con = connect(path)
    migrations.apply(Database(con), stop_before="0007_codes")
    con.execute("PRAGMA user_version=6")
    names = [row["name"] for row in con.execute("PRAGMA table_info(messages)")]
    con.execute(f"INSERT INTO messages VALUES ({', '.join('1' for _ in names)})")
    con.close()
    migrate(path)
    con = connect(path)
    assert schema_version(con) == SCHEMA_VERSION
    row = con.execute("SELECT codes, links FROM messages").fetchone()
    assert tuple(row) == ("[]", "[]")
    con.close()
