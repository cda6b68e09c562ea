"""The people of an address field, tolerantly and in linear time (RFC 5322 §3.4, §4.4)."""

import re
from collections.abc import Iterable, Iterator

from postroom.mime import bounds
from postroom.mime.characters.unseen import strip_unseen
from postroom.mime.header.words import decode_words
from postroom.model.messages import Person

_TOKEN = re.compile(
    r"""
      "(?:[^"\\]|\\.)*+(?:"|\Z)     # a quoted string; an open one runs to the end
    | <[^<>]*>?                     # an address in angle brackets
    | [(),;:]
    | \\.?                          # a quoted pair: its parenthesis closes no comment
    | [^"<(),;:\\]+                 # words; a stray > is one
    """,
    re.VERBOSE | re.DOTALL,
)
# Linear: each alternative begins with another character and takes each character once.

_NOT_IN_ADDRESS = re.compile(r"[<>();,\\]|:(?![^\[\]]*\])")
_CONTROL = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")
_READABLE = re.compile(r'(?:"(?:[^"\\]|\\.)*+"|[^"@\\\s])++@[^"@\s]+', re.DOTALL)
"""One @ outside of quotes: where there are more, programs differ on whose address it is."""

_COMMENT = re.compile(r"\([^()]*\)")
_ROUTE = re.compile(r"@[^:]*:")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*+)"?', re.DOTALL)
_SPACE = re.compile(r"\s+")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def parse_people(values: Iterable[str]) -> tuple[tuple[Person, ...], bool]:
    """The addresses of all fields of one name, and whether there were more than we read.

    ``values`` are unfolded and not decoded: an encoded word is a name and must not be able to
    bring an address of its own (RFC 2047 §5). What holds no address that can be read is nobody.
    """
    people, more = parse_senders(values)
    return tuple(person for person in people if person.address), more


def parse_senders(values: Iterable[str]) -> tuple[tuple[Person, ...], bool]:
    """The same, and what is meant for an address and is none (two @, a control character within):
    its words, as a name without an address."""
    people: list[Person] = []
    for value in values:
        for name, address in _mailboxes(value):
            if len(people) >= bounds.MAX_ADDRESSES:
                return tuple(people), True
            people.append(Person(address=address, name=name))
    return tuple(people), False


def _mailboxes(value: str) -> Iterator[tuple[str, str]]:
    if value.count('"') % 2 and "\\" not in value:
        value = value.replace('"', " ")  # an open quote would swallow the addresses after it
    phrase: list[str] = []
    comments: list[str] = []
    angle, depth = "", 0
    for found in _TOKEN.finditer(value):
        token = found[0]
        if token == "(":
            depth += 1
        elif token == ")":
            depth = max(0, depth - 1)
        elif depth:
            comments.append(token.removeprefix("\\"))
        elif token in ",;":
            yield from _mailbox(phrase, angle, comments)
            phrase, comments, angle = [], [], ""
        elif token == ":":
            # The name of a group (RFC 5322 §3.4), or the colon of "mailto:" and of "[IPv6:".
            if not any("@" in word for word in phrase):
                phrase = []
            else:
                phrase.append(token)
        elif token[0] == "<" and "@" in token:
            if angle:
                # Two in one place: readers differ on which one counts, so both are named.
                yield from _mailbox(phrase, angle, comments)
                phrase, comments = [], []
            angle = token
        elif token[0] == "<":
            continue
        else:
            phrase.append(token)
    yield from _mailbox(phrase, angle, comments)


def _mailbox(phrase: list[str], angle: str, comments: list[str]) -> Iterator[tuple[str, str]]:
    """The mailbox that these tokens make, if they make one."""
    words = "".join(phrase)
    if _CONTROL.search(angle or words):
        address, name = "", words
    elif angle:
        address = _address(_ROUTE.sub("", angle.strip("<> \t"), count=1) if ":" in angle else angle)
        name = words
    else:
        address, name = _bare(phrase)
    if address:
        shown = _name(name) or _name("".join(comments))
        yield ("" if shown == address else shown), address
    elif "@" in (angle or words).strip("@<> \t"):
        yield _name(f"{words}{angle}"), ""


def _bare(phrase: list[str]) -> tuple[str, str]:
    """The address and the name in words without angle brackets."""
    joined = " ".join("".join(phrase).split())
    if "@" not in joined:
        local, mark, domain = joined.partition(" at ")  # the @ of RFC 733, alive in list archives
        spelt = mark and "." in domain and " " not in local + domain
        return (_address(f"{local}@{domain}"), "") if spelt else ("", "")
    if joined[0] == joined[-1] == '"' and '"@' not in joined:
        return _address(joined.strip('"')), ""  # the whole address in quotes, as some programs do
    # Spaces around dots and the @ are obsolete and legal: "joe . doe @ example . com" (§4.4).
    tight = joined.replace(" .", ".").replace(". ", ".").replace(" @", "@").replace("@ ", "@")
    if " " not in tight or (joined.startswith('"') and '"@' in tight):
        return _address(tight), ""
    words = joined.split(" ")
    holding = [word for word in words if "@" in word.strip("@")]
    if len(holding) != 1:
        return "", joined
    return _address(holding[0]), " ".join(word for word in words if word != holding[0])


def _address(written: str) -> str:
    """``written`` as a bare address: no brackets, comments or white space; "" where it is none."""
    bare = _COMMENT.sub("", written.strip("<> \t")).removeprefix("mailto:")
    if not bare.startswith('"'):
        bare = _SPACE.sub("", bare).strip("'\"")
        if _NOT_IN_ADDRESS.search(bare):
            return ""
    if not bare.isascii():
        bare = strip_unseen(bare)
    decoded = decode_words(bare)
    if decoded != bare and "=?" not in bare:
        return ""  # something within that nobody sees
    address = decoded[:1_000].strip(" .")
    return address if _READABLE.fullmatch(address) else ""


def _name(written: str) -> str:
    """A display name as its owner sees it."""
    unquoted = _QUOTED.sub(lambda found: _ESCAPED.sub(r"\1", found[1]), written)
    return decode_words(unquoted).strip(" '\t")[: bounds.MAX_NAME_CHARS].strip()
