"""Policy on a page for people."""

from collections.abc import Mapping
from typing import Any

from postroom.cli.counts import counted
from postroom.cli.page import Page
from postroom.cli.plain import one_line
from postroom.model.policy_answers import (
    Explanation,
    PolicyCheck,
    PolicyView,
    Replay,
    RuleAsked,
    RuleView,
)

_COLOURS = {"allow": "green", "hold": "yellow", "deny": "red"}


def show_policy(page: Page, found: PolicyView) -> None:
    if found.fault:
        page.line(("the file does not hold: ", "bold red"), one_line(found.fault))
    page.line(("policy", "dim"), f"  {found.source}, version {found.version}")
    page.line(("zone", "dim"), f"  {found.timezone}")
    for rule in found.rules:
        _rule(page, rule)
    page.line(("otherwise  ", "dim"), (found.default, _COLOURS[found.default]))
    for name, rates in found.limits.items():
        page.line(("at most  ", "dim"), f"{name}: {', '.join(rates) or 'no limit'}")
    page.line(("over a limit a mail waits for at most  ", "dim"), f"{found.horizon_seconds:.0f} s")
    for whose, volumes in found.warmup.items():
        days = ", ".join(map(str, volumes))
        whom = ", ".join(found.warmup_domains)
        page.line(("warm-up of a new ", "dim"), f"{whose} ({whom}): {days} recipients a day")
    for cause, shares in found.reputation.items():
        at = ", ".join(f"{step} at {share:.2%}" for step, share in shares.items())
        page.line(("sending from a domain, by its ", "dim"), f"{cause}: {at or 'no threshold'}")
    for rule in found.inbound:
        page.line(("mail that comes in", "dim"))
        _rule(page, rule)


def _rule(page: Page, rule: RuleView) -> None:
    builtin = (" (builtin)", "dim") if rule.builtin else ""
    page.line((rule.then, _COLOURS.get(rule.then, "bold")), f"  {rule.name}", builtin)
    page.line(("  when ", "dim"), one_line(rule.when))
    if rule.reason:
        page.line(("  says ", "dim"), one_line(rule.reason))
    if rule.mark:
        page.line(("  marks ", "dim"), ", ".join(rule.mark))


def show_check(page: Page, found: PolicyCheck) -> None:
    if found.ok:
        page.line(("ok", "green"), f"  {found.file}: {counted(found.rules, 'rule')}")
    for fault in found.faults:
        line = f"line {fault.line}: " if fault.line is not None else ""
        key = f"{fault.key}: " if fault.key else ""
        page.line(("fault", "red"), f"  {found.file}: {line}{key}{one_line(fault.what)}")


def show_explanation(page: Page, found: Explanation) -> None:
    page.line((found.action, _COLOURS[found.action]), f"  by {found.rule}")
    if found.reason:
        page.line(("  says ", "dim"), one_line(found.reason))
    if found.marks:
        page.line(("  marks ", "dim"), ", ".join(found.marks))
    if found.then:
        same = "the same policy" if found.policy_then == found.version else "another policy"
        page.line(("  then ", "dim"), f"{found.then}, by {same}")
        if found.reason_then and found.reason_then != found.reason:
            page.line(("  said ", "dim"), one_line(found.reason_then))
    if found.limits:
        page.line(("  limits ", "dim"), found.limits)
    if found.waits_for:
        page.line(("  waits ", "dim"), one_line(found.waits_for))
    for asked in found.rules:
        _asked(page, asked)
    page.line(("facts", "dim"))
    for name, value in found.facts.items():
        _fact(page, name, value)


def _asked(page: Page, asked: RuleAsked) -> None:
    yes, no = ("✓", "–") if page.draws else ("yes", "no")
    mark = "!" if asked.failed else yes if asked.matched else no
    decides = (f"  decides: {asked.then}", "bold") if asked.decided else ""
    behind = ("  behind the one that decides", "dim") if asked.behind else ""
    page.line(f"  {mark}  ", (asked.name, "bold" if asked.decided else ""), decides, behind)
    page.line(("     when ", "dim"), one_line(asked.when))
    if asked.failed:
        page.line(("     cannot be evaluated: ", "red"), one_line(asked.failed))


def _fact(page: Page, name: str, value: Any) -> None:
    if isinstance(value, Mapping):
        told = ", ".join(f"{key} {_short(each)}" for key, each in value.items())
        page.line((f"  {name}  ", "dim"), one_line(told))
    elif isinstance(value, list):
        for number, each in enumerate(value):
            _fact(page, f"{name}[{number}]", each)
    else:
        page.line((f"  {name}  ", "dim"), one_line(str(value)))


def _short(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if value not in ("", []) else "-"


def show_replay(page: Page, found: Replay) -> None:
    page.line(f"{found.judged} sends since {found.since}: {found.same} as they were")
    for turned, count in found.turned.items():
        page.line(("  ", ""), f"{turned}: {count}")
    if found.unknown:
        page.line(("  nobody can say: ", "dim"), str(found.unknown))
    page.line(("  limits: ", "dim"), found.limits)
    for one in found.changed:
        page.line((one.send_id, "bold"), f"  from {one.mailbox}, {one.at}: {one.was} → {one.now}")
