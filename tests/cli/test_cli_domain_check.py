"""`postroom domains check`: what it prints, and the exit codes that scripts go by."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from dns_checking.worlds import World, world_of_names

from postroom.build import open_room
from postroom.cli.main import run
from postroom.model.callers import operator
from postroom.model.domains import DkimKey
from postroom.settings import load


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with world_of_names() as made:
        yield made


class Shell:
    """The command line in this process, where the ports of the world are known."""

    def __init__(self, home: Path, read: pytest.CaptureFixture[str]) -> None:
        self._home = home
        self._read = read

    def __call__(self, *words: str) -> tuple[int, str]:
        code = run([*words, "--home", str(self._home)])
        said = self._read.readouterr()
        return code, said.out + said.err


@pytest.fixture
def shell(
    tmp_path: Path,
    world: World,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Shell:
    monkeypatch.setattr("postroom.dns.checking.checking.USUAL", world.ports)
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    return Shell(home, capsys)


def added(shell: Shell, world: World, *names: str) -> None:
    lines = [f'[dns."{name}"]\nresolvers = ["{world.unbound.endpoint}"]\n' for name in names]
    (shell._home / "postroom.toml").write_text("\n".join(lines))
    for name in names:
        assert shell("domains", "add", name)[0] == 0


def keys(shell: Shell, domain: str) -> tuple[DkimKey, ...]:
    async def read() -> tuple[DkimKey, ...]:
        async with open_room(load(shell._home), program="test") as room:
            return (await room.desk.domain_checks.facts(operator(), domain)).keys

    return asyncio.run(read())


def test_its_exit_code_says_whether_all_is_right_wrong_or_on_its_way(
    shell: Shell, world: World
) -> None:
    good, bad = world.fresh(), world.fresh()
    added(shell, world, good, bad)
    own = world.own(good, mx=[], addresses=[])
    world.serve(good, own, *keys(shell, good))
    code, said = shell("domains", "check", good)
    assert code == 0, said
    for words in (good, "Signatures (DKIM)", "right", "not asked", "Asked: ns1."):
        assert words in said

    world.knot.serve(bad)
    code, said = shell("domains", "check", bad, "--json")
    assert code == 1
    (one,) = json.loads(said)["domains"]
    states = {each["what"]: each["state"] for each in one["findings"]}
    assert (one["state"], states[f"_dmarc.{bad} TXT"]) == ("missing", "missing")
    assert shell("domains", "check")[0] == 1  # of all of them the worst counts

    report = f'"v=TLSRPTv1; rua=mailto:reports@{bad}"'
    world.change(bad, f"_smtp._tls.{bad}", "TXT", report)
    world.change(bad, f"_dmarc.{bad}", "TXT", f'"v=DMARC1; p=none; rua=mailto:reports@{bad}"')
    for key in keys(shell, bad):
        halves = (
            f'"{key.record[:200]}" "{key.record[200:]}"' if len(key.record) > 200 else key.record
        )
        world.change(bad, key.name, "TXT", halves if halves.startswith('"') else f'"{halves}"')
    code, said = shell("domains", "check", bad, "--wait", "0.1")
    assert code == 5, said  # unbound still knows that there was nothing
    assert "propagating" in said
    assert "until: " in said
    assert "does not see it yet" in said


def test_another_resolver_can_be_asked_and_a_terminal_is_told_how_far_it_is(
    shell: Shell, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    domain = world.fresh()
    (shell._home / "postroom.toml").write_text(f'[dns."{domain}"]\nresolvers = ["127.0.0.1:9"]\n')
    assert shell("domains", "add", domain, "--offline")[0] == 0
    world.serve(domain, world.own(domain, mx=[], addresses=[]), *keys(shell, domain))
    code, said = shell("domains", "check", domain)
    assert code == 5
    assert f'resolvers in [dns."{domain}"] of postroom.toml' in said

    told: list[tuple[int, int]] = []

    @contextmanager
    def bar(_: str) -> Iterator[Callable[[int, int], None]]:
        yield lambda done, total: told.append((done, total))

    monkeypatch.setattr("postroom.cli.progress.progress_bar", bar)
    code, said = shell("domains", "check", domain, "--nameserver", world.unbound.endpoint, "--json")
    assert code == 0, said
    (one,) = json.loads(said)["domains"]
    assert [e["name"] for e in one["asked"] if e["resolver"]] == [world.unbound.endpoint]
    assert told[-1][0] == told[-1][1] > 10


def test_a_domain_that_was_not_added_is_not_found(shell: Shell, world: World) -> None:
    added(shell, world, world.fresh())
    code, said = shell("domains", "check", "other.example")
    assert code == 3
    assert "postroom domains add other.example" in said


def test_what_a_zone_says_gives_the_terminal_no_orders(shell: Shell, world: World) -> None:
    domain = world.fresh()
    added(shell, world, domain)
    world.knot.serve(domain, '_dmarc 60 TXT "v=DMARC1; p=\\027[2Jreject\\010"\n')
    code, said = shell("domains", "check", domain)
    assert code == 1
    assert "\x1b" not in said
    assert "\x08" not in said
