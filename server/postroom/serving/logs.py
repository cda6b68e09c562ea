"""What goes to standard error: one line an event, as JSON for programs or as text for people.

    ours         our own words, ids and figures; no words of mail and no addresses
    others'      where a line of a library comes from, and of what kind its error was; what it says
                 only at the level debug, as it may quote a mail
    an error     its kind and where it arose, never its message

A formatter of our own instead of structlog or python-json-logger: what they would save is the call
of `json.dumps`; what matters here is what is left out, and lines come from logging all the same.
"""

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from types import TracebackType
from typing import Any

from pydantic_core import to_json

from postroom.clock import system_clock
from postroom.current_request import current_id
from postroom.model.errors import PostroomError

OURS = "postroom"

FRAMES = 6
"""Places of an error that are told, the innermost first."""

_ADDRESS = re.compile(r"[^\s<>(),;:\"'`]+@[^\s<>(),;:\"'`]+")


class LogFormat(StrEnum):
    JSON = "json"
    TEXT = "text"


class LogLevel(StrEnum):
    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


def usual_format() -> LogFormat:
    """Text where a person looks on, JSON else: what is gathered is read by programs."""
    return LogFormat.TEXT if sys.stderr.isatty() else LogFormat.JSON


def begin(format: LogFormat, level: LogLevel) -> None:
    """Let every logger of this process write to standard error in one way."""
    # No line tells these, and each is asked of the system for every line.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    handler = logging.StreamHandler()
    formatter = JsonLines if format is LogFormat.JSON else TextLines
    handler.setFormatter(formatter(tells_all=level is LogLevel.DEBUG))
    number = logging.getLevelNamesMapping()[level.upper()]
    others = logging.DEBUG if level is LogLevel.DEBUG else max(number, logging.WARNING)
    logging.basicConfig(level=others, handlers=[handler], force=True)
    logging.getLogger(OURS).setLevel(number)


class FactsRecord(logging.LogRecord):
    """A line of facts, told for every request: made without a look at from where it is told, by
    which thread and in which process."""

    def __init__(self, name: str, level: int, message: str, facts: dict[str, Any]) -> None:
        self.__dict__ |= _OF_EVERY
        self.name, self.msg, self.facts = name, message, facts
        self.levelno, self.levelname = level, logging.getLevelName(level)
        self.created = system_clock()
        self.msecs = self.created % 1 * 1000


_OF_EVERY = logging.makeLogRecord({"pathname": __file__, "module": "logs"}).__dict__


class _Lines(logging.Formatter):
    """What a line says, before it is written down."""

    def __init__(self, tells_all: bool) -> None:
        super().__init__()
        self._tells_all = tells_all

    def facts(self, record: logging.LogRecord) -> dict[str, Any]:
        """The parts of a line by name."""
        said: dict[str, Any] = {
            "time": f"{_second(int(record.created))}.{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": self._message(record),
        }
        if (request_id := current_id()) is not None:
            said["request_id"] = request_id
        said |= getattr(record, "facts", {})
        if record.exc_info and record.exc_info[1] is not None:
            said["error"] = kind_of(record.exc_info[1])
            said["at"] = places(record.exc_info[2])
        return said

    def _message(self, record: logging.LogRecord) -> str:
        if self._tells_all:
            return record.getMessage()
        if record.name == OURS or record.name.startswith(f"{OURS}."):
            said = record.getMessage()
            return _ADDRESS.sub("(an address)", said) if "@" in said else said
        return f"{record.module}:{record.lineno}"


class JsonLines(_Lines):
    """A JSON object a line, in ASCII."""

    def format(self, record: logging.LogRecord) -> str:
        facts = _plain_facts(record) if type(record) is FactsRecord else self.facts(record)
        try:
            return to_json(facts, ensure_ascii=True).decode("ascii")  # a third of json's time
        except ValueError:  # half a surrogate pair, as in the name of a file
            return json.dumps(facts)


def _plain_facts(record: "FactsRecord") -> dict[str, Any]:
    """What `_Lines.facts` says of such a record, in which nobody's words are."""
    return {
        "time": f"{_second(int(record.created))}.{int(record.msecs):03d}Z",
        "level": record.levelname.lower(),
        "logger": record.name,
        "message": record.msg,
        **record.facts,
    }


class TextLines(_Lines):
    """A line for a person."""

    def format(self, record: logging.LogRecord) -> str:
        said = self.facts(record)
        first = (said.pop("time"), said.pop("level").upper(), said.pop("logger"))
        rest = [str(said.pop("message")), *(f"{name}={value}" for name, value in said.items())]
        line = " ".join([*first, *rest])
        return "".join(each if each.isprintable() else "?" for each in line)


@lru_cache(maxsize=4)
def _second(number: int) -> str:
    """As ISO 8601 tells it; most lines are told in the second of the line before."""
    return datetime.fromtimestamp(number, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def kind_of(error: BaseException) -> str:
    """What sort of error it is: its type, and the code of one of ours or of the system's."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    code: object = None
    if isinstance(error, PostroomError):
        code = error.code
    elif isinstance(error, OSError):
        code = error.errno
    else:
        code = getattr(error, "sqlite_errorname", None)
    return type(error).__name__ + (f" {code}" if code is not None else "")


def places(trace: TracebackType | None) -> list[str]:
    """Where an error arose, the innermost place first."""
    frames = traceback.extract_tb(trace)[-FRAMES:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in reversed(frames)]
