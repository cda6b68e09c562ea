"""What a client asks: pymap's parser, which may fail on no input and take on no boundless work."""

from collections.abc import Iterable, Iterator

from pymap.parsing import Params
from pymap.parsing.command import Command
from pymap.parsing.command.select import FetchCommand, SearchCommand
from pymap.parsing.commands import Commands, InvalidCommand
from pymap.parsing.exceptions import NotParseable
from pymap.parsing.specials import SearchKey, Tag
from pymap.parsing.state import ParsingInterrupt

MAX_SEARCH_KEYS = 200
"""Keys of one SEARCH, those in groups counted: each is tried on each message of the folder."""

MAX_SEARCH_DEPTH = 20
"""Groups, NOTs and ORs inside one another: pymap answers them by recursion."""

MAX_FETCH_ITEMS = 50
"""Items of one FETCH: a mail program asks for a dozen."""


class BoundedCommands(Commands):
    """pymap's commands; whatever is wrong with one, the answer is BAD."""

    __slots__ = ()

    def parse(self, buf: memoryview, params: Params) -> tuple[Command, memoryview]:
        try:
            command, rest = super().parse(buf, params)
        except ParsingInterrupt:  # the client is to send a literal
            raise
        except (NotParseable, ValueError, LookupError, ArithmeticError, RecursionError):
            # Digits beyond what int() takes, bytes outside the charset, dates out of range,
            # thousands of parentheses: pymap lets what Python says of them through.
            return _invalid(buf, params), buf[0:0]
        return (command if _is_bounded(command) else _invalid(buf, params)), rest


def _invalid(buf: memoryview, params: Params) -> InvalidCommand:
    tag, _ = Tag.parse(buf, params)  # it was read before whatever failed
    return InvalidCommand(params.copy(tag=tag.value), None, b"Command")


def _is_bounded(command: Command) -> bool:
    if isinstance(command, FetchCommand):
        return len(command.attributes) <= MAX_FETCH_ITEMS
    if isinstance(command, SearchCommand):
        return all(
            number <= MAX_SEARCH_KEYS and depth <= MAX_SEARCH_DEPTH
            for number, depth in enumerate(_depths(command.keys), 1)
        )
    return True


def _depths(keys: Iterable[SearchKey]) -> Iterator[int]:
    """How deep each key lies, the groups themselves counted; without recursion."""
    waiting = [(key, 0) for key in keys]
    while waiting:
        key, depth = waiting.pop()
        yield depth
        if key.value == b"KEYSET":
            waiting += [(inner, depth + 1) for inner in key.filter_key_set]
        elif key.value == b"OR":
            waiting += [(inner, depth + 1) for inner in key.filter_key_or]
