"""The words that two agents write to one another."""

SUBJECT = "Numbers for the March report"

QUESTION = """\
Dear Ben,

could you tell me the total for March? I have 41,250 so far,
but the refunds are still missing.

Ada"""

ANSWER = """\
Dear Ada,

there were 1,250 in refunds, so March comes to 40,000.

Ben"""

THANKS = """\
Thank you, Ben. The finished table is attached.

Ada"""

FILE_NAME = "march.csv"

FILE = "item,amount\nsales,41250\nrefunds,-1250\ntotal,40000\n"

ASKED_FOR = "the refunds are still missing"
"""Ada's words, which stand quoted in Ben's answer and must not come back as his."""


def quoting(answer: str, sender: str, date: str, question: str) -> str:
    """An answer as mail programs write it: the new words, and the old ones quoted below."""
    quoted = "\n".join(f"> {line}".rstrip() for line in question.splitlines())
    return f"{answer}\n\nOn {date}, {sender} wrote:\n\n{quoted}\n"
