"""An operator's OctoDNS configuration, and the one that we write of it: YAML, as JSON is too."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from postroom.accounts.address import domain_name
from postroom.mime.senders.domains import is_within
from postroom.model.errors import InvalidRequest, Unavailable

OURS = "postroom"
"""What our source and our filter are called; no provider of the operator's may be."""

MAX_BYTES = 2**20
"""Of a configuration: a larger one is no file that a person wrote."""

TAKEN = ("secret_handlers",)
"""Sections that are taken as they stand, besides the providers of the zone."""


@dataclass(frozen=True)
class Configured:
    """What is known of a zone from the operator's configuration."""

    zone: str
    """Without a final dot."""
    targets: tuple[str, ...]
    """Names of the providers that hold it."""
    providers: Mapping[str, Any]
    """Their sections."""
    more: Mapping[str, Any]
    folder: Path
    """Where the configuration is: paths in it begin there."""

    def written(self, folder: Path, target: str, source: Mapping[str, Any], filtered: bool) -> Path:
        """A configuration below ``folder`` that makes ``source`` of the zone at one target; with
        ``filtered`` of the names of ``source`` alone. Its plan is told in plan.json and plan.md."""
        zones = folder / "zones"
        zones.mkdir(mode=0o700)
        (zones / f"{self.zone}.yaml").write_text(json.dumps(source), "utf-8")
        outputs = {"json": ("PlanJson", "plan.json"), "markdown": ("PlanMarkdown", "plan.md")}
        config = {
            **self.more,
            "manager": {
                "enable_checksum": True,
                "plan_outputs": {
                    name: {
                        "class": f"octodns.provider.plan.{kind}",
                        "output_filename": str(folder / file),
                    }
                    for name, (kind, file) in outputs.items()
                },
            },
            "providers": {
                target: self.providers[target],
                OURS: {
                    "class": "octodns.provider.yaml.YamlProvider",
                    "directory": str(zones),
                    "enforce_order": False,
                    "escaped_semicolons": False,
                },
            },
            "processors": {
                OURS: {
                    "class": "octodns.processor.filter.NameAllowlistFilter",
                    "allowlist": list(source),
                }
            },
            "zones": {
                f"{self.zone}.": {
                    "sources": [OURS],
                    "targets": [target],
                    "processors": [OURS] if filtered else [],
                    "lenient": True,
                }
            },
        }
        file = folder / "config.yaml"
        file.write_text(json.dumps(config), "utf-8")
        return file


def configured(file: Path, domain: str, zone: str | None) -> Configured:
    """What ``file`` says of the zone that holds ``domain``, or of ``zone`` where that is named.

    Raises:
        InvalidRequest: it cannot be read, or says nothing of such a zone.
        Unavailable: what reads YAML is not installed.
    """
    said = _read(file)
    zones = said.get("zones") or {}
    name, entry = _zone(zones, domain, zone)
    targets = entry.get("targets") if isinstance(entry, dict) else None
    providers = said.get("providers") or {}
    if not isinstance(targets, list) or not targets or OURS in targets:
        raise _unfit(f"it names no targets for the zone {name or domain}")
    missing = [str(each) for each in targets if not isinstance(providers.get(each), dict)]
    if missing:
        raise _unfit(f"it has no provider {', '.join(missing)}")
    return Configured(
        zone=name,
        targets=tuple(map(str, targets)),
        providers={each: providers[each] for each in targets},
        more={key: said[key] for key in TAKEN if key in said},
        folder=file.resolve().parent,
    )


def _zone(zones: Mapping[Any, Any], domain: str, named: str | None) -> tuple[str, Any]:
    """The zone and its entry: the longest name that holds the domain; ``*`` where it is named."""
    holding = {}
    for each, entry in zones.items():
        try:
            holding[domain_name(str(each))] = entry
        except ValueError:
            continue
    if named is not None:
        return named, holding.get(named, zones.get("*"))
    fitting = [each for each in holding if is_within(domain, each)]
    longest = max(fitting, key=len, default="")
    if not longest:
        raise _unfit(f"it names no zone that holds {domain}; publish.zone may name one of `*`")
    return longest, holding[longest]


def _read(file: Path) -> Mapping[str, Any]:
    try:
        import yaml
    except ImportError:
        raise Unavailable(
            "yaml_absent",
            "What reads the configuration of OctoDNS is not installed.",
            "pip install 'postroom[octodns]'",
        ) from None
    try:
        with file.open("rb") as stream:
            text = stream.read(MAX_BYTES + 1)
        if len(text) > MAX_BYTES:
            raise _unfit("it is larger than any configuration")
        said = yaml.safe_load(text)
    except OSError as error:
        raise _unfit(f"it cannot be read ({error.strerror})") from None
    except yaml.YAMLError as error:
        where = getattr(error, "problem_mark", None)
        line = f" in line {where.line + 1}" if where is not None else ""
        raise _unfit(f"it is no plain YAML{line}; `!include` is not followed here") from None
    if not isinstance(said, dict):
        raise _unfit("it is no configuration of OctoDNS")
    return said


def _unfit(why: str) -> InvalidRequest:
    return InvalidRequest(
        "octodns_config_unfit",
        f"The configuration of OctoDNS does not fit: {why}.",
        "publish.octodns names the file that `octodns-sync --config-file` takes.",
    )
