"""Why a file has no text. The child says a code; the sentence is ours."""

from enum import StrEnum


class Fault(StrEnum):
    """One cause; `SENTENCES` says each to whoever asked."""

    SCANNED = "scanned"
    EMPTY = "empty"
    PASSWORD = "password"
    DAMAGED = "damaged"
    UNPACKED = "unpacked"
    DEEP = "deep"
    DOCTYPE = "doctype"
    SPREAD = "spread"
    MEMORY = "memory"
    SLOW = "slow"
    CRASHED = "crashed"


SENTENCES = {
    Fault.SCANNED: "It has no text: it is scanned. Its pages are pictures.",
    Fault.EMPTY: "There is no text in it.",
    Fault.PASSWORD: "It is locked with a password and cannot be read here.",
    Fault.DAMAGED: "It is damaged, or not what it seems, and cannot be read.",
    Fault.UNPACKED: "It unpacks to more than is read here.",
    Fault.DEEP: "It is nested beyond reason and was not read.",
    Fault.DOCTYPE: "It declares entities of its own, as no office program does, and was not read.",
    Fault.SPREAD: "It is too large: its cells lie too far apart to be read here.",
    Fault.MEMORY: "Reading it needs more memory than one file is given.",
    Fault.SLOW: "Reading it took too long and was ended.",
    Fault.CRASHED: "Reading it failed.",
}


class Unreadable(Exception):
    """A reader's finding that a file has no text to give."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault
