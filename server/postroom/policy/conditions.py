"""One condition of a rule, and what may be wrong with one; vocabulary.py compiles it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ConditionFault:
    """One fault of a condition: why, and where in it (lines from 1, columns from 1)."""

    why: str
    line: int = 1
    column: int = 0


class ConditionInvalid(Exception):
    """A condition that means nothing, with each of its faults."""

    def __init__(self, faults: Sequence[ConditionFault]) -> None:
        super().__init__("; ".join(fault.why for fault in faults))
        self.faults = tuple(faults)


class EvaluationFailed(Exception):
    """A condition that is right as such and cannot be evaluated over these facts."""


class Condition:
    """One condition."""

    def __init__(self, expression: Any) -> None:
        self._expression = expression

    def holds(self, facts: Any) -> bool:
        """Whether it is true of what `Vocabulary.facts` made.

        Raises:
            EvaluationFailed: a pattern that is none, a step too many, a division by zero.
        """
        try:
            found = self._expression.eval(facts).value()
        except RuntimeError as error:
            raise EvaluationFailed(brief(str(error))) from None
        if not isinstance(found, bool):
            raise EvaluationFailed(brief(str(found)))
        return found


def brief(told: str) -> str:
    """An error of cel-cpp in its own words, without its status."""
    line = told.strip().splitlines()[0] if told.strip() else "no reason told"
    return re.sub(r"^[A-Z_]+: | \[[A-Z_]+\]$", "", line)[:300]
