"""What iCalendar and vCard share: lines, in components, read by `icalendar`."""

from collections.abc import Callable, Sequence

from icalendar import Component

from postroom.extract.formats import Told
from postroom.extract.words import Full, Words
from postroom.mime.characters.charsets import decode


def read_components(
    content: bytes, told: Told, words: Words, tell: Callable[[Sequence[Component], Words], None]
) -> None:
    """What ``tell`` says of a file's components; the file as it stands where it cannot be
    understood."""
    text = decode(content, told.charset or "utf-8")[0]
    understood = Words()
    try:
        tell(Component.from_ical(text, multiple=True), understood)
    except Full:
        words.cut = True
    except Exception:  # whatever the library stumbles over, the lines are there to be read
        understood = Words()
    words.add(understood.text or text)
