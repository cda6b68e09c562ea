"""Records published through OctoDNS, by every provider that it has.

OctoDNS is a program of the operator's, and no part of this one. It makes a zone say what a source
says, and deletes what is not in it. So it is never let loose on a zone:

    1  a run that only plans, with a source of nothing but one name that nobody has: what it would
       delete is what is there
    2  a run that only plans, with all that is there as its source, and our change in it; its plan
       has to be that change and nothing else
    3  the run that writes: with the same source, behind a filter of the names that were seen
       (NameAllowlistFilter), so that none that came meanwhile is deleted, and told the checksum of
       that plan: where it would do anything else, OctoDNS stops

The source is the whole zone because some providers write all that a plan desires anew: with the
names that we touch alone they would leave nothing else, and no plan would tell it.

Of the operator's configuration the providers of the zone are taken, and where their secrets are.
What is written lies in a folder that nobody else can read, and goes with the run.
"""

import asyncio
import json
import os
import re
import shutil
import tempfile
from asyncio.subprocess import PIPE
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from postroom.children import begun, end
from postroom.dns.publishing.octodns_config import Configured
from postroom.dns.publishing.octodns_data import (
    Planned,
    desired,
    expected,
    found,
    is_altered,
    planned,
    unexpected,
    with_empty,
)
from postroom.dns.publishing.updates import Published
from postroom.dns.publishing.wildcards import hidden
from postroom.dns.records.changes import Change, Left, Plan, plan
from postroom.dns.records.found import Found
from postroom.dns.server_faults import hides
from postroom.mime.senders.domains import is_within
from postroom.model.domains import DkimKey, RecordType, WantedRecord
from postroom.model.errors import Conflict, PeerError, PeerTimeout, Refused, Unavailable

PROGRAM = "octodns-sync"

KNOWN = ((1, 22), (2, 0))
"""The versions whose plans and checksums are as they are read here: from the first, below the
second."""

RUN_SECONDS = 300.0
"""For one run: a provider may let only so many questions through in a minute."""

_PROBE = "_postroom-asks-what-is-here"
_VERSION = re.compile(r"octoDNS (\d+)\.(\d+)")
_CHECKSUM = re.compile(r"checksum=([0-9a-f]{64})")
_EMPTY = re.compile(r"^\| \w+ \| (\S*) \| TXT \| \d+ \| (?:; | \|)", re.MULTILINE)
"""Values are sorted, and a semicolon of a text's own has a backslash before it."""
_LAST_WORDS = 400


@dataclass(frozen=True)
class OctoJob:
    """What is to be published, and by which program."""

    domain: str
    keys: tuple[DkimKey, ...]
    decide: Callable[[Found], Sequence[WantedRecord]]
    configured: Configured
    program: Path | None
    """None: found on the path."""
    environment: Mapping[str, str]
    """OctoDNS reads secrets from it."""
    replace_mx: bool = False


async def publish_by_octodns(job: OctoJob, dry_run: bool = False) -> Published:
    """Make the zone say what the domain needs, at each provider that holds it; with ``dry_run``
    only tell what that would change.

    Raises:
        Refused: its plan was not what was meant, or it cannot tell what is there.
        Conflict: the zone changed between the plan and its execution.
        Unavailable, PeerError: the program is not there, or failed.
    """
    program = await _program(job)
    done = [
        await _AtTarget(job, program, target).publish(dry_run) for target in job.configured.targets
    ]
    return Published(
        plan=Plan(
            tuple(change for each in done for change in each.plan.changes),
            tuple(dict.fromkeys(left for each in done for left in each.plan.left)),
        ),
        found=done[-1].found,
        zones=(job.configured.zone,),
        wrote=any(each.wrote for each in done),
        pending=tuple(change for each in done for change in each.pending),
    )


@dataclass(frozen=True)
class _AtTarget:
    """The zone at one of its providers."""

    job: OctoJob
    program: Path
    target: str

    async def publish(self, dry_run: bool) -> Published:
        there = await self._there()
        read = found(there, self.zone)
        decided = self._decided(read)
        changes = decided.changes
        wrote = False
        if changes:
            self._check_hides_nothing(read, changes)
            source = desired(changes, there, self.zone)
            checksum = await self._checked(source, changes, read)
            if not dry_run:
                await self._run(source, filtered=True, checksum=checksum)
                wrote = True
        after = found(await self._there(), self.zone) if wrote else read
        left = self._decided(after).changes if wrote else ()
        return Published(decided, after, (self.zone,), wrote, pending=left)

    @property
    def zone(self) -> str:
        return self.job.configured.zone

    async def _there(self) -> tuple[Planned, ...]:
        """Every set that the provider has, but those of the zone itself (SOA, NS)."""
        probe = {_PROBE: [{"type": "TXT", "ttl": 60, "values": ["x"]}]}
        ran = await self._run(probe, filtered=False)
        if ran.makes_zone:
            raise Refused(
                "octodns_zone_unseen",
                f"The provider {self.target} has no zone {self.zone}, or does not tell what is in"
                " it: OctoDNS would write the whole of it anew.",
                "Make the zone there first. Where the provider writes files, put the records into"
                " those: `postroom domains records --format zone`.",
            )
        there = (each for each in self._of(ran) if each.kind != "create")
        return tuple(with_empty(each) if each.name in ran.empty else each for each in there)

    def _check_hides_nothing(self, read: Found, changes: Sequence[Change]) -> None:
        domain = self.job.domain
        put = {each.type for each in changes if each.name == domain}
        put -= set() if self.job.replace_mx else {RecordType.MX}
        lost = [kind for kind in hidden(domain, self.zone, read) if kind not in put]
        if lost:
            raise hides(domain, self.zone, lost)

    async def _checked(
        self, source: Mapping[str, Any], changes: Sequence[Change], read: Found
    ) -> str:
        """The checksum of a plan that is the change that is meant, and nothing else."""
        ran = await self._run(source, filtered=False)
        odd = unexpected(self._of(ran), expected(changes, read, self.zone))
        if odd or not ran.checksum:
            raise Refused(
                "octodns_plan_unexpected",
                f"OctoDNS would do something else than was meant: {'; '.join(odd) or 'unknown'}."
                " Nothing was changed.",
                "Run it again; if it stays so, put the records in by hand:"
                " `postroom domains records --format zone`.",
            )
        return ran.checksum

    def _decided(self, read: Found) -> Plan:
        records = self.job.decide(read)
        here = [each for each in records if is_within(each.name, self.zone)]
        elsewhere = tuple(
            Left(
                each.name,
                each.type,
                each.purpose,
                f"it is not in the zone {self.zone}",
                "Ask whoever has its zone to put the record there.",
            )
            for each in records
            if not is_within(each.name, self.zone)
        )
        made = plan(here, self.job.keys, read, self.job.replace_mx)
        odd = [each for each in made.changes if is_altered(each, read.get(each.at, ()))]
        altered = tuple(
            Left(
                each.name,
                each.type,
                each.purpose,
                "OctoDNS would alter a text there: one that is empty, or has a backslash, or what"
                " is no printable ASCII",
                "Put the record there by hand: `postroom domains records --format zone`.",
            )
            for each in odd
        )
        changes = tuple(each for each in made.changes if each not in odd)
        return Plan(changes, (*made.left, *altered, *elsewhere))

    def _of(self, ran: "_Ran") -> tuple[Planned, ...]:
        try:
            return planned(ran.plan, self.target, self.zone)
        except (ValueError, LookupError, TypeError, AttributeError):
            raise PeerError(
                "octodns_plan_unreadable",
                "The plan of OctoDNS is not as it is known here.",
                f"Its version should be {KNOWN[0][0]}.{KNOWN[0][1]} or newer, below {KNOWN[1][0]}.",
            ) from None

    async def _run(self, source: Mapping[str, Any], filtered: bool, checksum: str = "") -> "_Ran":
        with tempfile.TemporaryDirectory(prefix="postroom-octodns-") as made:
            folder = Path(made)
            config = self.job.configured.written(folder, self.target, source, filtered)
            words = ["--config-file", str(config), "--quiet", "--force"]
            words += ["--doit", "--checksum", checksum] if checksum else []
            code, said = await _ran(
                self.program, words, self.job.environment, self.job.configured.folder
            )
            if code and checksum and "does not match computed" in said:
                raise Conflict(
                    "dns_changed_meanwhile",
                    "The zone changed between the plan and its execution; it was left as it is.",
                    "Run it again.",
                )
            if code:
                raise PeerError(
                    "octodns_failed",
                    f"OctoDNS ended with {code}: {said[-_LAST_WORDS:].strip()}",
                    "Run octodns-sync with your own configuration first: it has to work there.",
                )
            return _Ran.of(folder, said)


@dataclass(frozen=True)
class _Ran:
    """What a run of OctoDNS told."""

    plan: Mapping[str, Any]
    makes_zone: bool
    checksum: str
    empty: frozenset[str]
    """Names within the zone with an empty text: the plan as JSON leaves that out."""

    @classmethod
    def of(cls, folder: Path, said: str) -> "_Ran":
        plan, page = folder / "plan.json", folder / "plan.md"
        told = page.read_text("utf-8") if page.exists() else ""
        sum_of = _CHECKSUM.search(said)
        return cls(
            json.loads(plan.read_text("utf-8")) if plan.exists() else {},
            "| Create | Zone<" in told,
            sum_of[1] if sum_of else "",
            frozenset(_EMPTY.findall(told)),
        )


async def _program(job: OctoJob) -> Path:
    """The program, once it has told a version that is known."""
    named = job.program or shutil.which(PROGRAM, path=job.environment.get("PATH"))
    if named is None:
        raise Unavailable(
            "octodns_absent",
            f"{PROGRAM} is not on the path.",
            "Install OctoDNS with your provider's package (`pipx install octodns`, `pipx inject"
            " octodns octodns-…`), or name the program in publish.program.",
        )
    _, said = await _ran(Path(named), ["--version"], job.environment, job.configured.folder)
    version = _VERSION.search(said)
    if version is None or not KNOWN[0] <= (int(version[1]), int(version[2])) < KNOWN[1]:
        raise Unavailable(
            "octodns_version",
            f"{named} says that it is {said.strip()[:60] or 'nothing'}.",
            f"OctoDNS {KNOWN[0][0]}.{KNOWN[0][1]} or newer is known here, below {KNOWN[1][0]}.",
        )
    return Path(named)


async def _ran(
    program: Path, words: Sequence[str], environment: Mapping[str, str], folder: Path
) -> tuple[int, str]:
    """How a run ended, and all that it said."""
    try:
        process = await begun(
            asyncio.create_subprocess_exec(
                program,
                *words,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=PIPE,
                stderr=asyncio.subprocess.STDOUT,
                env=dict(environment),
                cwd=folder,
                start_new_session=os.name != "nt",
            )
        )
    except OSError as error:
        raise Unavailable(
            "octodns_absent",
            f"{program} cannot be started: {error.strerror}.",
            "Correct publish.program in postroom.toml.",
        ) from None
    try:
        async with asyncio.timeout(RUN_SECONDS):
            said, _ = await process.communicate()
        return process.returncode or 0, said.decode("utf-8", "replace")
    except TimeoutError:
        raise PeerTimeout(
            "octodns_slow",
            f"OctoDNS did not end within {RUN_SECONDS:.0f} seconds.",
            "Whether it changed something is not known; run it again.",
        ) from None
    finally:
        await end(process)
