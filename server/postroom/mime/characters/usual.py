"""Letters and digits in their usual form, to be compared."""

import re
import unicodedata

from postroom.mime.characters.unseen import without_unseen

_OTHER_DIGIT = re.compile(r"(?![0-9])\d")


def folded(text: str) -> str:
    """``text`` without characters that nobody sees, each letter and digit in its usual form."""
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKC", without_unseen(text)[0])
    return _OTHER_DIGIT.sub(lambda digit: str(unicodedata.decimal(digit[0])), plain)
