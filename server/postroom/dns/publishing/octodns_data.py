"""Records as OctoDNS has them in its plans and its YAML. No I/O.

A plan (``PlanJson``) is by target and zone a list of changes, each with the type, the name within
the zone, and the data before and after. A zone's YAML, as which JSON is read, is by name a list of
sets.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from postroom.dns.records.changes import Change
from postroom.dns.records.found import Found, Question
from postroom.model.domains import RecordType

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Planned:
    """One change of a plan."""

    kind: str
    """``create``, ``update`` or ``delete``."""
    name: str
    """Within the zone; "" for the zone itself."""
    type: str
    before: Data
    after: Data


def planned(plan: Mapping[str, Any], target: str, zone: str) -> tuple[Planned, ...]:
    """What a plan does to one zone at one provider; ValueError where more than that is in it."""
    zones = plan.get(target, {})
    if set(plan) - {target} or set(zones) - {f"{zone}."}:
        raise ValueError("another target or zone")
    return tuple(
        Planned(
            kind=each["type"],
            name=each["name"],
            type=each["record_type"],
            before=each.get("existing", {}),
            after=each.get("new", {}),
        )
        for each in zones.get(f"{zone}.", {}).get("changes", ())
    )


def with_empty(each: Planned) -> Planned:
    """The same where it is a text, with an empty one beside what it says."""
    if each.type != RecordType.TXT:
        return each
    said = each.before.get(
        "values", [value for key, value in each.before.items() if key == "value"]
    )
    rest = {key: value for key, value in each.before.items() if key not in ("value", "values")}
    return replace(each, before={**rest, "values": ["", *(one for one in said if one)]})


def within(name: str, zone: str) -> str:
    """A whole name as it stands in the zone."""
    return "" if name == zone else name.removesuffix(f".{zone}")


def found(there: Iterable[Planned], zone: str) -> Found:
    """What is there, of the types that matter to us."""
    known = set(RecordType)
    return {
        (f"{each.name}.{zone}" if each.name else zone, RecordType(each.type)): values(
            each.type, each.before
        )
        for each in there
        if each.type in known
    }


def values(kind: str, data: Data) -> tuple[str, ...]:
    """A set's values, as ``WantedRecord`` has them."""
    raw = data["values"] if "values" in data else [data["value"]]
    return tuple(_text(kind, each) for each in raw)


def desired(changes: Iterable[Change], there: Iterable[Planned], zone: str) -> dict[str, Any]:
    """The YAML of the whole zone: every set that is there as it is, and our changes in it."""
    by_set: dict[tuple[str, str], dict[str, Any]] = {
        (each.name, each.type): _kept(each) for each in there
    }
    for change in changes:
        at = (within(change.name, zone), change.type.value)
        by_set[at] = _changed(change, by_set.get(at))
    names: dict[str, list[dict[str, Any]]] = {name: [] for name, _ in by_set}
    for (name, kind), data in by_set.items():
        if data.get("values") != []:
            names[name].append({"type": kind, **data})
    return names


def expected(changes: Iterable[Change], read: Found, zone: str) -> dict[Question, tuple[str, ...]]:
    """What each set that is touched shall say afterwards; nothing where it shall be gone. Names are
    within the zone."""
    return {
        (within(each.name, zone), each.type): tuple(sorted(_after(each, read.get(each.at, ()))))
        for each in changes
    }


def is_altered(change: Change, there: tuple[str, ...]) -> bool:
    """Whether a text of a set would come out of OctoDNS 1.22 as another one, without a word in its
    plan: it reads an escape as letters, and leaves out what is empty."""
    if change.type is not RecordType.TXT:
        return False
    return not all(map(_is_plain, (*there, *change.add)))


def _is_plain(text: str) -> bool:
    return text != "" and text.isascii() and text.isprintable() and "\\" not in text


def unexpected(plan: Iterable[Planned], meant: Mapping[Question, tuple[str, ...]]) -> list[str]:
    """What a plan does beside what is meant, and what is meant and not in it, each by its name."""
    left = dict(meant)
    odd = []
    for each in plan:
        after = tuple(sorted(values(each.type, each.after))) if each.after else ()
        at = (each.name, each.type)
        if at not in left or left.pop(at) != after:
            odd.append(f"{each.kind} {each.type} {each.name or '@'}")
    return [*odd, *(f"nothing for {kind} {name or '@'}" for name, kind in left)]


def _after(change: Change, there: tuple[str, ...]) -> tuple[str, ...]:
    return (*(each for each in there if each not in change.remove), *change.add)


def _kept(each: Planned) -> dict[str, Any]:
    """A set as it is, to be written again: what its provider says of it stays."""
    data = {key: value for key, value in each.before.items() if key != "type"}
    if "value" in data:  # one of CNAME and its like, which have no list
        return {**data, "value": _plain(each.type, data["value"])}
    return {**data, "values": [_plain(each.type, value) for value in data["values"]]}


def _changed(change: Change, before: dict[str, Any] | None) -> dict[str, Any]:
    kind = change.type.value
    kept = [] if before is None else before.get("values", [before.get("value")])
    stay = [each for each in kept if _text(kind, each) not in change.remove]
    ttl = before["ttl"] if before is not None and stay else change.ttl
    values = ("value", "values")
    more = {} if before is None else {k: v for k, v in before.items() if k not in values}
    return {**more, "ttl": ttl, "values": [*stay, *(_raw(kind, each) for each in change.add)]}


def _text(kind: str, value: Any) -> str:
    if kind == RecordType.MX:
        return f"{value['preference']} {value['exchange']}".lower()
    if kind == RecordType.SRV:
        words = (value[key] for key in ("priority", "weight", "port", "target"))
        return " ".join(map(str, words)).lower()
    return _plain(kind, value) if kind == RecordType.TXT else str(value).lower()


def _raw(kind: str, text: str) -> Any:
    words = text.split()
    if kind == RecordType.MX:
        return {"preference": int(words[0]), "exchange": words[1]}
    if kind == RecordType.SRV:
        numbers = zip(("priority", "weight", "port"), map(int, words), strict=False)
        return {**dict(numbers), "target": words[3]}
    return text


def _plain(kind: str, value: Any) -> Any:
    """OctoDNS writes a semicolon of TXT with a backslash before it."""
    return value.replace("\\;", ";") if kind in ("TXT", "SPF") else value
