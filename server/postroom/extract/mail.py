"""HTML, and a mail inside a mail: read as mail that comes in is, by the same code."""

from postroom.extract.formats import Told
from postroom.extract.words import Words
from postroom.mime.characters.charsets import charset_by_mark, decode
from postroom.mime.files.sniffing import HTML
from postroom.mime.html.to_text import html_to_text
from postroom.mime.parse import parse
from postroom.model.messages import ParsedMessage, Person

_MOST_PEOPLE = 50
_MOST_FILES = 100


def read(content: bytes, told: Told, words: Words) -> None:
    """What a reader sees of the page, or the mail's main fields and its words."""
    if told.kind == HTML:
        _page(content, told.charset, words)
    else:
        _message(parse(content), words)


def _page(content: bytes, charset: str, words: Words) -> None:
    html = html_to_text(decode(content, charset or charset_by_mark(content))[0])
    words.hidden += html.hidden
    words.cut = bool(html.defects)
    words.add(html.text)


def _message(message: ParsedMessage, words: Words) -> None:
    words.hidden += message.hidden_text
    if message.sender is not None:
        words.line(f"From: {_person(message.sender)}")
    for name, people in (("To", message.to), ("Cc", message.cc)):
        if people:
            words.line(f"{name}: " + ", ".join(_person(one) for one in people[:_MOST_PEOPLE]))
    words.line(f"Subject: {message.subject}".rstrip())
    if message.date is not None:
        words.line(f"Date: {message.date.isoformat()}")
    for part in message.attachments[:_MOST_FILES]:
        words.line(f"Attachment: {part.filename} ({part.content_type}, {part.size} bytes)")
    words.line()
    words.add(message.text)


def _person(person: Person) -> str:
    if not person.address:
        return person.name
    return f"{person.name} <{person.address}>" if person.name else person.address
