"""What a server says it can do (RFC 3501 §6.1.1), and who we say we are (RFC 2971)."""

import re
from functools import cache
from importlib.metadata import version

from postroom.imap.dialogue import Dialogue, Reply
from postroom.imap.grammar import astring

_CODE = re.compile(rb"\[CAPABILITY ([^\]]*)\]", re.IGNORECASE)


async def ask_capabilities(dialogue: Dialogue) -> frozenset[str]:
    """What the server can do now, upper case."""
    return told_capabilities(await dialogue.ask("CAPABILITY", wanted="CAPABILITY"))


def told_capabilities(reply: Reply) -> frozenset[str]:
    """What came with an answer: in its response code, or in a response of its own, as some servers
    send it before the end of a login. Empty where nothing did."""
    said = b" ".join(told.parts[0] for told in reply.responses if told.name == "CAPABILITY")
    return offered_in(reply.text) or _names(said)


def offered_in(text: bytes) -> frozenset[str]:
    """The capabilities in a response code, empty where there is none (RFC 3501 §7.1)."""
    match = _CODE.search(text)
    return _names(match[1]) if match else frozenset()


def _names(words: bytes) -> frozenset[str]:
    return frozenset(words.decode("ascii", "replace").upper().split())


async def introduce(dialogue: Dialogue) -> None:
    """Say our name where the server wants to know. NetEase (163.com, 126.com; November 2026) lets
    nobody open a folder who has not: "Unsafe Login"."""
    if "ID" in dialogue.capabilities:
        name = ("name", "Postroom", "version", _version())
        words = " ".join(str(astring(word)) for word in name)
        await dialogue.ask("ID", f"({words})", wanted="ID")


@cache
def _version() -> str:
    return version("postroom")
