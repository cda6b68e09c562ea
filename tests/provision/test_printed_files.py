"""`postroom provision print postfix-dovecot`: what it writes, and that both servers take it."""

import os
import stat
from pathlib import Path

import pytest
from cli.shell import Program
from servers.daemons import run
from servers.mail_host import MailHost

ASK = (
    *("provision", "print", "postfix-dovecot"),
    *("--domain", "example.com", "--database", "/var/lib/postroom/directory.db"),
)
FILES = {
    "dovecot/dovecot.conf",
    "dovecot/mailboxes.sql.conf",
    "dovecot/sent.sql.conf",
    "postfix/main.cf",
    "postfix/master.cf",
    "postfix/headers.regexp",
    "postfix/submitted.regexp",
    "postfix/senders.regexp",
    "postfix/sent.regexp",
}


@pytest.fixture
def postroom(tmp_path: Path) -> Program:
    return Program(tmp_path / "home", tmp_path)


def below(folder: Path) -> set[str]:
    return {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}


def test_it_prints_each_file_under_its_name_and_makes_no_post_room(postroom: Program) -> None:
    printed = postroom(*ASK)
    assert printed.code == 0, printed.err
    for path in FILES:
        assert f"# ==== {path} ====" in printed.out
    assert "virtual_mailbox_domains = example.com" in printed.out
    assert not postroom.home.exists()


def test_as_json_it_is_the_same_files(postroom: Program) -> None:
    assert set(postroom(*ASK, "--json").json["files"]) == FILES


def test_what_is_written_names_the_folder_it_is_in(postroom: Program, tmp_path: Path) -> None:
    folder = tmp_path / "etc"
    written = postroom(*ASK, "--into", str(folder), "--imap-port", "10143", "--no-file-sent")
    assert written.code == 0, written.err
    assert below(folder) == FILES
    dovecot = (folder / "dovecot" / "dovecot.conf").read_text()
    assert f"args = {folder}/dovecot/mailboxes.sql.conf" in dovecot
    assert "port = 10143" in dovecot
    assert "submission_sender_bcc_maps =\n" in (folder / "postfix" / "main.cf").read_text()


def test_a_file_that_is_there_is_spared_until_one_says_so(
    postroom: Program, tmp_path: Path
) -> None:
    mine = tmp_path / "etc" / "postfix" / "main.cf"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    spared = postroom(*ASK, "--into", str(tmp_path / "etc"), "--json")
    assert spared.code == 1
    assert spared.error["code"] == "file_exists"
    assert below(tmp_path / "etc") == {"postfix/main.cf"}
    assert mine.read_text() == "mine"
    assert postroom(*ASK, "--into", str(tmp_path / "etc"), "--overwrite").code == 0
    assert mine.read_text() != "mine"
    assert postroom(*ASK, "--into", str(tmp_path / "etc")).code == 0


def test_a_bad_option_is_told_in_a_sentence(postroom: Program) -> None:
    told = postroom(*ASK, "--hostname", "a\nb", "--json")
    assert told.code == 2
    assert told.error["code"] == "host_options_invalid"
    assert told.error["message"] == "hostname: must be a host name."


def test_a_databases_password_comes_from_a_file_and_goes_into_closed_ones(
    postroom: Program, tmp_path: Path
) -> None:
    url, folder = "postgresql://mailhost@127.0.0.1:5433/mail", tmp_path / "etc"
    ask = (*ASK[:-1], url, "--into", str(folder))
    assert postroom(*ask, "--json").error["code"] == "database_password_missing"
    in_url = postroom(*ASK[:-1], url.replace("@", ":open@"), "--json")
    assert in_url.error["code"] == "database_unclear"

    secret = tmp_path / "password"
    secret.write_text("s3cret\n")
    written = postroom(*ask, "--database-password-file", str(secret), "--readers", "root")
    assert written.code == 0, written.err
    assert "s3cret" not in written.out
    holding = {path for path in below(folder) if "s3cret" in (folder / path).read_text()}
    assert holding == {"dovecot/mailboxes.sql.conf", "dovecot/sent.sql.conf"}
    assert (
        "GRANT SELECT ON postroom_mailboxes TO mailhost;" in (folder / "directory.sql").read_text()
    )
    if os.name == "posix":
        assert {stat.S_IMODE((folder / path).stat().st_mode) for path in holding} == {0o640}


def test_dovecot_takes_what_is_written(mail_host: MailHost) -> None:
    told = run("doveconf", "-n", "-c", mail_host.config / "dovecot" / "dovecot.conf")
    assert "Error" not in told
    assert "Warning" not in told
    assert f"mail_home = {mail_host.options.mail_root}/%d/%n" in told


def test_postfix_takes_what_is_written(mail_host: MailHost) -> None:
    run("postfix", "-c", mail_host.config / "postfix", "check")
    for question in ("-n", "-M"):
        told = run("postconf", "-c", mail_host.config / "postfix", question)
        assert "warning:" not in told
        assert "fatal:" not in told
