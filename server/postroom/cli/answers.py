"""The one door to standard output and standard error: JSON for programs, a page for people."""

import json
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from postroom.cli.page import Page
from postroom.cli.plain import escaped, one_line
from postroom.cli.streams import printing
from postroom.cli.wording import for_people

if TYPE_CHECKING:
    from pydantic import BaseModel


def out() -> Page:
    """Standard output as a page. Taken at each call: tests and shells exchange it."""
    return Page(sys.stdout)


def err() -> Page:
    """Standard error as a page."""
    return Page(sys.stderr)


def say(as_json: bool, answer: "BaseModel", show: Callable[[Page], None]) -> None:
    """Print an answer: as one line of JSON, or as ``show`` writes it."""
    if as_json:
        say_json(told(answer))
    else:
        show(out())


def told(answer: "BaseModel") -> dict[str, Any]:
    """An answer as JSON has it; what to do next is told in commands."""
    fields = answer.model_dump(mode="json", by_alias=True, exclude_none=True)
    # Other reasons may quote a server, and stay as they are.
    ours = ("next_step", "reason") if fields.get("status") == "thread_moved" else ("next_step",)
    for name in ours:
        if isinstance(fields.get(name), str):
            fields[name] = for_people(fields[name])
    return fields


def say_json(value: Mapping[str, Any]) -> None:
    """Print one line of JSON."""
    _write_json(value, error=False)


def tell_error(as_json: bool, code: str, message: str, next_step: str) -> None:
    """Print what went wrong on standard error: a sentence and what to do next."""
    message, next_step = for_people(message), for_people(next_step)
    if as_json:
        told = {"code": code, "message": message, "next_step": next_step}
        _write_json({"error": told}, error=True)
        return
    page = err()
    page.line(("error:", "bold red"), f" {one_line(message)}")
    if next_step:
        page.hint(next_step)


def _write_json(value: Mapping[str, Any], error: bool) -> None:
    stream = sys.stderr if error else sys.stdout
    is_unicode = (stream.encoding or "").lower().replace("-", "") == "utf8"
    text = json.dumps(value, ensure_ascii=not is_unicode, separators=(",", ":"))
    with printing():
        stream.write(f"{escaped(text)}\n")
        stream.flush()
