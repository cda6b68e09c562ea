"""An index of an earlier schema is brought to the newest one, and loses nothing."""

from pathlib import Path

from sqlite_utils import Database

from postroom.index import mailboxes, sent_rates
from postroom.index.database import SCHEMA_VERSION, connect, schema_version
from postroom.index.migrations import migrate, migrations


def test_what_was_left_before_its_words_were_kept_is_still_listed(tmp_path: Path) -> None:
    path = tmp_path / "postroom.db"
    con = connect(path)
    migrations.apply(Database(con), stop_before="0003_for_operators")
    con.execute("PRAGMA user_version=2")
    con.execute("INSERT INTO strays VALUES ('work', 'INBOX', 7, 5, 1000.0, 'a@b.test', 'left')")
    con.execute("INSERT INTO worker (id, term, pid, program, started_at) VALUES (1, 1, 1, 'x', 1)")
    con.close()
    migrate(path)
    con = connect(path)
    assert schema_version(con) == SCHEMA_VERSION
    row = con.execute("SELECT * FROM strays").fetchone()
    assert (row["uid"], row["subject"], row["from_address"], row["arrived_at"]) == (5, "", "", None)
    row = con.execute("SELECT * FROM worker").fetchone()
    assert (row["settings"], row["domains"]) == ("", "[]")
    con.close()


def test_mail_from_before_its_sender_was_looked_at_is_there_and_nobody_is_known(
    tmp_path: Path,
) -> None:
    path = tmp_path / "postroom.db"
    con = connect(path)
    migrations.apply(Database(con), stop_before="0006_senders")
    values = {row["name"]: 0 for row in con.execute("PRAGMA table_info(messages)")}
    names = ", ".join(values)
    con.execute(f"INSERT INTO messages ({names}) VALUES ({', '.join('0' * len(values))})")
    con.close()
    migrate(path)
    con = connect(path)
    row = con.execute("SELECT evidence, sender_known, lookalike_of FROM messages").fetchone()
    assert tuple(row) == ("", 0, "")
    assert con.execute("SELECT count(*) FROM correspondents").fetchone()[0] == 0


def test_a_send_of_before_reports_were_read_stands_as_it_did(tmp_path: Path) -> None:
    path = tmp_path / "postroom.db"
    con = connect(path)
    migrations.apply(Database(con), stop_before="0005_reports")
    con.execute("PRAGMA foreign_keys=OFF")
    con.execute(
        "INSERT INTO recipients (send_id, address, field, place) VALUES (1, 'b@x', 'to', 0)"
    )
    con.close()
    migrate(path)
    con = connect(path)
    row = con.execute("SELECT * FROM recipients").fetchone()
    assert (row["reported"], row["reported_status"], row["reported_by"]) == ("", "", None)
    con.close()


def test_messages_read_before_signatures_were_told_apart_have_none_yet(tmp_path: Path) -> None:
    path = tmp_path / "postroom.db"
    con = connect(path)
    migrations.apply(Database(con), stop_before="0004_signatures")
    con.execute("PRAGMA user_version=3")
    con.execute(
        "INSERT INTO messages VALUES (1, 1, 1, 'received', 1, 1.0, 'a@x', '[]', 'message',"
        " 'unverified', 'a@b.test', '', '[]', '[]', '[]', NULL, '', 'Fine.', NULL,"
        " '[]', 0, '[]', 1)"
    )
    con.close()
    migrate(path)
    con = connect(path)
    row = con.execute("SELECT * FROM messages").fetchone()
    assert (row["text"], row["signature"]) == ("Fine.", "")
    con.close()


def test_a_send_of_before_policy_is_its_owners_and_counts_like_any(tmp_path: Path) -> None:
    path = tmp_path / "postroom.db"
    con = connect(path)
    migrations.apply(Database(con), stop_before="0010_policy")
    con.execute("PRAGMA foreign_keys=OFF")
    con.execute(
        "INSERT INTO mailboxes (id, address, display_name, owner, status, password, created_at)"
        " VALUES (3, 'a@x', '', 7, 'live', '', 0)"
    )
    con.execute(
        "INSERT INTO sends (public_id, mailbox_id, mail_id, actor, status, sender, content_hash,"
        " verdict, created_at, not_before) VALUES ('s_1', 3, 1, 'x', 'sent', '', x'', '{}', 5, 9)"
    )
    con.execute("INSERT INTO owners (id, tenant, agent) VALUES (7, 'acme', 'ada')")
    con.execute(
        "INSERT INTO recipients (send_id, address, field, place) VALUES (1, 'B@x', 'to', 0)"
    )
    con.close()
    migrate(path)
    con = connect(path)
    row = con.execute("SELECT owner, first_contacts FROM sends").fetchone()
    assert tuple(row) == (7, 0)
    for tenant, whom in (("acme", "b@x"), ("default", "B@x")):
        box = mailboxes.by_id(con, 3)
        assert box is not None
        outbox = sent_rates.Outbox(con, box.model_copy(update={"tenant": tenant}))
        asked = (("recipient", whom), ("domain", "x"), ("agent", ""), ("mailbox", ""))
        found = [list(outbox.times(*each, 8.0)) for each in asked]
        theirs = [(9.0, 1)] if tenant == "acme" else []
        assert found == [theirs, theirs, [(9.0, 1)], [(9.0, 1)]]
    con.close()


def test_of_mail_from_before_it_is_known_what_went_outside(tmp_path: Path) -> None:
    path = tmp_path / "postroom.db"
    con = connect(path)
    migrations.apply(Database(con), stop_before="0028_reputation")
    con.execute("PRAGMA foreign_keys=OFF")
    con.execute("INSERT INTO owners VALUES (1, 'default', 'ada')")
    con.executemany(
        "INSERT INTO mailboxes (id, address, display_name, owner, status, password, created_at)"
        " VALUES (?, ?, '', 1, ?, '', 0)",
        [(1, "ada@x.test", "live"), (2, "ben@x.test", "live"), (3, "old@x.test", "deleted")],
    )
    con.execute(
        "INSERT INTO sends (id, public_id, mailbox_id, mail_id, actor, status, sender,"
        " content_hash, verdict, created_at, not_before)"
        " VALUES (1, 's_1', 1, 1, '', 'sent', '', x'00', '{}', 1, 2)"
    )
    people = ("ben@x.test", "old@x.test", "carl@y.test")
    con.executemany(
        "INSERT INTO recipients (send_id, address, field, place, person) VALUES (1, ?, 'to', 0, ?)",
        zip(people, people, strict=True),
    )
    con.close()
    migrate(path)
    con = connect(path)
    row = con.execute("SELECT from_domain, outside, paused FROM sends").fetchone()
    assert tuple(row) == ("x.test", 2, 0)
    outside = "SELECT address FROM recipients WHERE outside = 1 ORDER BY address"
    assert [one[0] for one in con.execute(outside)] == ["carl@y.test", "old@x.test"]
    con.close()
