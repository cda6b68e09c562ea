"""Records published by a real OctoDNS, to a real Knot."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import dns.query
import dns.update
import pytest
import yaml
from environments import INSTALL_SECONDS, program_with
from servers.knot import KEY, Knot

from postroom.accounts.own_domain import OwnDomain
from postroom.dns.publishing import octodns, octodns_data
from postroom.dns.publishing.octodns import OctoJob, publish_by_octodns
from postroom.dns.publishing.octodns_config import configured
from postroom.dns.publishing.updates import Published
from postroom.dns.records.forms import quoted
from postroom.dns.records.wanted import wanted
from postroom.model.domains import DkimKey, KeyAlgorithm, KeyState
from postroom.model.errors import Conflict, PostroomError

pytestmark = pytest.mark.timeout(INSTALL_SECONDS)

REQUIREMENTS = Path(__file__).with_name("octodns.txt")

FOREIGN = """\
@ 300 IN TXT "site-verification=abc; x" "def"
@ 600 IN A 192.0.2.80
@ 600 IN CAA 0 issue "ca.example"
www 60 IN CNAME web.elsewhere.example.
other 60 IN MX 5 mx.elsewhere.example.
dev 60 IN TXT "v=spf1 -all"
"""


@pytest.fixture(scope="session")
def program() -> Path:
    return program_with(REQUIREMENTS, "octodns-sync")


Made = Callable[..., OctoJob]


def key(domain: str, state: KeyState = KeyState.MADE, selector: str = "pr202611a") -> DkimKey:
    return DkimKey(
        domain=domain,
        selector=selector,
        algorithm=KeyAlgorithm.RSA if state is KeyState.MADE else KeyAlgorithm.ED25519,
        public="MIIBIjANBgkq" * (32 if state is KeyState.MADE else 3),
        state=state,
        made_at=0.0,
    )


def at_knot(knot: Knot) -> dict[str, object]:
    """A provider's section: the secret comes from the environment."""
    return {
        "class": "octodns_bind.Rfc2136Provider",
        "host": knot.address[0],
        "port": knot.port,
        "key_name": KEY,
        "key_secret": "env/ZONE_SECRET",
        "key_algorithm": "hmac-sha256",
    }


@pytest.fixture
def made(tmp_path: Path, program: Path, knot: Knot) -> Made:
    def make(
        domain: str,
        *keys: DkimKey,
        zone: str = "",
        providers: dict[str, object] | None = None,
        targets: tuple[str, ...] = ("zone",),
        **said: object,
    ) -> OctoJob:
        file = tmp_path / "production.yaml"
        config = {
            "providers": {
                "config": {"class": "octodns.provider.yaml.YamlProvider", "directory": "./config"},
                "zone": at_knot(knot),
                **(providers or {}),
            },
            "zones": {f"{zone or domain}.": {"sources": ["config"], "targets": list(targets)}},
        }
        file.write_text(yaml.safe_dump(config))
        told = {"mx": [f"mail.{domain}"], "addresses": ["203.0.113.5"], **said}
        own = OwnDomain.model_validate(told)
        known = keys or (key(domain),)
        return OctoJob(
            domain=domain,
            keys=known,
            decide=lambda found: wanted(domain, own, known, found),
            configured=configured(file, domain, None),
            program=program,
            environment={**os.environ, "ZONE_SECRET": knot.secret},
        )

    return make


async def done(job: OctoJob, dry_run: bool = False) -> Published:
    return await publish_by_octodns(job, dry_run)


def joined(lines: list[str]) -> list[str]:
    """The same with texts in one piece: OctoDNS cuts them where it likes."""
    return [each.replace('" "', "") for each in lines]


async def test_all_records_come_and_nothing_of_others_changes(knot: Knot, made: Made) -> None:
    zone = "octo.test"
    old = key(zone, KeyState.RETIRED, "pr202501a")
    records = f'@ 300 IN TXT "v=spf1 include:other.example -all"\n{FOREIGN}'
    knot.serve(zone, f"{records}pr202501a._domainkey 60 IN TXT {quoted(old.record)}\n")
    before = knot.whole(zone)
    job = made(zone, old, key(zone))
    told = await done(job, dry_run=True)
    assert not told.wrote
    assert knot.whole(zone) == before
    wrote = await done(job)
    assert (wrote.wrote, wrote.zones, wrote.pending, wrote.plan.left) == (True, (zone,), (), ())
    after = joined(knot.whole(zone))
    gone = [each for each in joined(before) if each not in after]
    assert gone == joined(
        [
            f'{zone}. 300 TXT "v=spf1 include:other.example -all"',
            f"pr202501a._domainkey.{zone}. 60 TXT {quoted(old.record)}",
        ]
    )
    assert f'{zone}. 300 TXT "v=spf1 ip4:203.0.113.5 include:other.example -all"' in after
    assert knot.said(zone, "MX") == ["10 mail.octo.test."]
    assert any("v=DMARC1; p=none" in each for each in knot.said(f"_dmarc.{zone}", "TXT"))


@pytest.mark.parametrize(
    ("domain", "text"),
    [
        ("octoslash.test", '"back\\\\slash"'),
        ("octoempty.test", '""\nother 300 IN TXT ""\nother 300 IN TXT "x"\nalone 60 IN TXT ""'),
        ("octoumlaut.test", '"gr\\195\\188n"'),
        ("octobell.test", '"bell \\007"'),
    ],
)
async def test_a_set_with_a_text_that_would_be_altered_is_left_and_the_rest_is_published(
    knot: Knot, made: Made, domain: str, text: str
) -> None:
    knot.serve(domain, f'@ 300 IN TXT {text}\n@ 300 IN TXT "v=spf1 -all"\n')
    before = knot.whole(domain)
    told = await done(made(domain))
    assert [(each.purpose, each.name) for each in told.plan.left] == [("spf", domain)]
    assert "alter" in told.plan.left[0].why
    assert [each for each in before if each not in knot.whole(domain)] == []
    assert knot.said(domain, "MX") == [f"10 mail.{domain}."]


async def test_quotes_and_semicolons_of_others_come_through(knot: Knot, made: Made) -> None:
    zone = "octoquote.test"
    knot.serve(zone, '@ 300 IN TXT "a \\"b\\"; c=d;" "e"\n')
    before = joined(knot.said(zone, "TXT"))
    assert (await done(made(zone))).wrote
    after = joined(knot.said(zone, "TXT"))
    assert set(before) < set(after)


async def test_a_zone_that_changed_after_the_plan_is_left_as_it_is(
    knot: Knot, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    zone = "octorace.test"
    knot.serve(zone, '@ 300 IN TXT "v=spf1 -all"\n')
    honest = octodns._AtTarget._checked

    async def then_somebody_writes(*given: object) -> str:
        checksum = await honest(*given)  # type: ignore[arg-type]
        change = dns.update.UpdateMessage(f"{zone}.", keyring=knot.keyring())
        change.replace(f"{zone}.", 300, "TXT", '"v=spf1 a -all"')
        dns.query.tcp(change, knot.address[0], port=knot.port, timeout=5)
        return checksum

    monkeypatch.setattr(octodns._AtTarget, "_checked", then_somebody_writes)
    with pytest.raises(Conflict, match="dns_changed_meanwhile"):
        await done(made(zone))
    assert knot.said(zone, "TXT") == ['"v=spf1 a -all"']
    assert knot.said(zone, "MX") == []


async def test_a_plan_that_does_more_than_was_meant_is_never_executed(
    knot: Knot, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    zone = "octomore.test"
    knot.serve(zone, FOREIGN)
    before = knot.whole(zone)
    honest = octodns_data.desired

    def without_www(*given: object) -> dict[str, object]:
        return {**honest(*given), "www": []}  # type: ignore[arg-type]

    monkeypatch.setattr(octodns, "desired", without_www)
    with pytest.raises(PostroomError, match="octodns_plan_unexpected") as failed:
        await done(made(zone))
    assert "delete CNAME www" in str(failed.value)
    assert knot.whole(zone) == before


async def test_a_provider_that_writes_the_zone_anew_keeps_all_of_it(
    knot: Knot, made: Made, tmp_path: Path
) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    provider = {"class": "octodns.provider.yaml.YamlProvider", "directory": str(folder)}
    job = made("octofile.test", providers={"files": provider}, targets=("files",))
    with pytest.raises(PostroomError, match="octodns_zone_unseen"):
        await done(job)
    file = folder / "octofile.test.yaml"
    www = {"type": "A", "ttl": 77, "value": "192.0.2.1"}
    file.write_text(yaml.safe_dump({"www": www, "": {"type": "TXT", "value": "kept"}}))
    assert (await done(job)).wrote
    written = yaml.safe_load(file.read_text())
    assert written["www"] == www
    texts = next(each for each in written[""] if each["type"] == "TXT")
    assert texts["values"] == ["kept", "v=spf1 ip4:203.0.113.5 ~all"]


async def test_a_failure_of_the_program_is_told_in_its_words(knot: Knot, made: Made) -> None:
    job = made("octono.test")
    wrong = OctoJob(**{**job.__dict__, "environment": {**os.environ, "ZONE_SECRET": "d3Jvbmc="}})
    with pytest.raises(PostroomError, match="octodns_failed"):
        await done(wrong)
    absent = OctoJob(**{**job.__dict__, "program": None, "environment": {"PATH": "/nowhere"}})
    with pytest.raises(PostroomError, match="octodns_absent"):
        await done(absent)


async def test_another_version_is_not_trusted(knot: Knot, made: Made, tmp_path: Path) -> None:
    old = tmp_path / "octodns-sync"
    old.write_text("#!/bin/sh\necho octoDNS 1.9.1\n")
    old.chmod(0o755)
    job = made("octoold.test")
    with pytest.raises(PostroomError, match="octodns_version"):
        await done(OctoJob(**{**job.__dict__, "program": old}))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("providers: [", "no plain YAML in line"),
        ("providers: !include x.yaml", "`!include` is not followed"),
        ("zones: {other.test.: {targets: [zone]}}", "no zone that holds"),
        ("zones: {unfit.test.: {sources: [zone]}}", "no targets"),
        ("zones: {unfit.test.: {targets: [zone]}}", "no provider zone"),
        ("- a list", "no configuration"),
    ],
)
def test_a_configuration_that_does_not_fit_is_told_why(
    tmp_path: Path, text: str, words: str
) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(text)
    with pytest.raises(PostroomError, match=words):
        configured(file, "agents.unfit.test", None)


def test_what_we_write_for_it_only_its_owner_can_read(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    providers = {"zone": {"class": "x", "token": "env/TOKEN"}, "other": {"class": "y"}}
    zones = {"example.test.": {"targets": ["zone"]}}
    file.write_text(json.dumps({"providers": providers, "zones": zones}))
    at = configured(file, "a.example.test", None)
    assert set(at.providers) == {"zone"}
    folder = tmp_path / "run"
    folder.mkdir(mode=0o700)
    written = json.loads(at.written(folder, "zone", {"a": []}, filtered=True).read_text())
    assert written["processors"]["postroom"]["allowlist"] == ["a"]
    assert set(written["providers"]) == {"zone", "postroom"}
