"""Values that name others (custom properties) or are computed (`calc`), as what they come to."""

import re
from dataclasses import dataclass

from postroom.mime.html.styles import Style

_VAR = re.compile(r"var\(\s*(--[\w-]{1,100})\s*(?:,([^()]{0,200}))?\)")
_CALC = re.compile(r"(?:-webkit-)?calc\(([^()]{0,100})\)")
_LEAST = re.compile(r"(min|max)\(([^()]{0,100})\)")
_TERM = re.compile(r"\s*([+*/-]?)\s*(\d{1,9}(?:\.\d{0,9})?|\.\d{1,9})([a-z%]{0,4})")

_MAX_CHARS = 1_000
_MAX_TURNS = 8
"""Values that name one another are followed so far."""


_MAX_AROUND = 50
"""Elements around one whose custom properties are looked through."""


@dataclass(frozen=True, slots=True)
class Variables:
    """Custom properties of an element, and those of what is around it: no copy for each."""

    own: Style
    around: "Variables | None" = None

    def get(self, name: str, otherwise: str) -> str:
        """The value of one, as it stands; ``otherwise`` where there is none near."""
        known: Variables | None = self
        for _ in range(_MAX_AROUND):
            if known is None:
                break
            if name in known.own:
                return known.own[name]
            known = known.around
        return otherwise


NONE = Variables({})


def resolve(style: Style, above: Variables) -> tuple[Style, Variables]:
    """``style`` with its values as they come to, and the custom properties that hold from here on;
    ``above`` are those of what is around."""
    own = {name: value for name, value in style.items() if name.startswith("--")}
    if not own and not any("(" in value for value in style.values()):
        return style, above
    known = Variables(own, above) if own else above
    named = {name: value for name, value in style.items() if name not in own}
    return {name: _value(value, known) for name, value in named.items()}, known


def _value(value: str, known: Variables) -> str:
    for _ in range(_MAX_TURNS):
        if "var(" not in value or len(value) > _MAX_CHARS:
            break
        value = _VAR.sub(lambda found: known.get(found[1], (found[2] or "").strip()), value)
    if "calc(" in value:
        value = _CALC.sub(_computed, value)
    return _LEAST.sub(_chosen, value) if "min(" in value or "max(" in value else value


def _chosen(found: re.Match[str]) -> str:
    """The least or the greatest of constants of one unit; others stay as they stand."""
    terms = [_TERM.fullmatch(part.strip()) for part in found[2].split(",")]
    known = [term for term in terms if term is not None and term[1] in ("", "-")]
    if len(known) < len(terms) or len({term[3] for term in known if float(term[2])}) > 1:
        return found[0]
    numbers = [float(term[1] + term[2]) for term in known]
    unit = next((term[3] for term in known if term[3]), "")
    return f"{(min if found[1] == 'min' else max)(numbers):g}{unit}"


def _computed(found: re.Match[str]) -> str:
    """A sum or product of constants of one unit, from left to right; others stay as they stand."""
    total, unit, at = 0.0, "", 0
    inner = found[1].strip()
    while at < len(inner):
        term = _TERM.match(inner, at)
        if term is None or (not term[1] and at):
            return found[0]
        number, at = float(term[2]), term.end()
        if unit and term[3] and term[3] != unit:
            return found[0]
        unit = unit or term[3]
        match term[1]:
            case "*":
                total *= number
            case "/":
                total = total / number if number else 0.0
            case "-":
                total -= number
            case _:
                total += number
    return f"{total:g}{unit}"
