"""Reports of TLS failures (RFC 8460 §4.4): JSON."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from postroom.mime.domain_reports import values
from postroom.mime.domain_reports.unpacking import too_large
from postroom.mime.domain_reports.values import Unreadable
from postroom.model.domain_reports import Metadata, Period, TlsFailure, TlsPolicy, TlsReport

MAX_BYTES = 2_000_000
"""Of the JSON, which is read whole: its objects take up to fifty times as much memory. Real reports
have some kilobytes."""

MAX_POLICIES = 100
"""Policies of one report: one for each domain and kind."""

MAX_DETAILS = 5_000
"""Failures told apart, of all policies."""


def looks_like_one(content: bytes) -> bool:
    """Whether it may be meant as one."""
    return content[:100].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


def read(content: bytes) -> TlsReport:
    """The report that ``content`` is. Raises Unreadable; nothing else."""
    if len(content) > MAX_BYTES:
        raise too_large(MAX_BYTES)
    try:
        said = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise Unreadable("It is no JSON.") from None
    if not isinstance(said, dict) or "policies" not in said:
        raise Unreadable("It is JSON, and no report of TLS.")
    policies = _list(said, "policies", MAX_POLICIES)
    report = TlsReport(metadata=_metadata(said), policies=tuple(map(_policy, policies)))
    if sum(len(policy.details) for policy in report.policies) > MAX_DETAILS:
        raise Unreadable(f"It tells more than {MAX_DETAILS} failures apart.")
    return report


def _metadata(said: Mapping[str, Any]) -> Metadata:
    report_id = values.text(_text(said, "report-id"))
    if not report_id:
        raise Unreadable("It has no id.")
    period = _table(said, "date-range")
    begin, end = (_time(_text(period, name)) for name in ("start-datetime", "end-datetime"))
    if end < begin:
        raise Unreadable("Its period ends before it begins.")
    return Metadata(
        org=values.text(_text(said, "organization-name")),
        report_id=report_id,
        period=Period(begins_at=begin, ends_at=end),
    )


def _policy(said: Any) -> TlsPolicy:
    if not isinstance(said, dict):
        raise Unreadable("A policy in it is none.")
    policy, summary = _table(said, "policy"), _table(said, "summary")
    domain = values.domain(_text(policy, "policy-domain"))
    if not domain:
        raise Unreadable("A policy in it names no domain.")
    details = _list(said, "failure-details", MAX_DETAILS)
    return TlsPolicy(
        domain=domain,
        type=values.word(_text(policy, "policy-type")),
        successes=_count(summary, "total-successful-session-count"),
        failures=_count(summary, "total-failure-session-count"),
        details=tuple(_failure(each) for each in details if isinstance(each, dict)),
    )


def _failure(said: Mapping[str, Any]) -> TlsFailure:
    return TlsFailure(
        result=values.word(_text(said, "result-type")),
        count=_count(said, "failed-session-count"),
        sending_ip=values.ip(_text(said, "sending-mta-ip")),
        receiving_mx=values.domain(_text(said, "receiving-mx-hostname")),
        receiving_ip=values.ip(_text(said, "receiving-ip")),
    )


def _text(said: Mapping[str, Any], key: str) -> str:
    value = said.get(key)
    return value if isinstance(value, str) else ""


def _table(said: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = said.get(key)
    return value if isinstance(value, dict) else {}


def _list(said: Mapping[str, Any], key: str, most: int) -> list[Any]:
    value = said.get(key)
    if value is not None and not isinstance(value, list):
        raise Unreadable(f"Its {key} are no list.")
    if value and len(value) > most:
        raise Unreadable(f"It has more than {most} {key}.")
    return value or []


def _count(said: Mapping[str, Any], key: str) -> int:
    value = said.get(key, 0)
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise Unreadable("A count in it is no number.")
    return values.number(str(value) if abs(_short(value)) <= values.MAX_COUNT else "", "A count")


def _short(value: int | str) -> int:
    """A number that may be turned into digits: of a long one that takes long."""
    return value if isinstance(value, int) else 0


def _time(value: str) -> float:
    """An RFC 3339 time. Raises Unreadable; also without a zone, which says nothing."""
    try:
        found = datetime.fromisoformat(value.strip()[:40])
        at = found.timestamp() if found.tzinfo is not None else -1.0
    except (ValueError, OverflowError):
        at = -1.0
    return values.second(str(int(at)) if at >= 0 else "")
