"""Numbers with their words."""


def counted(number: int, one: str, more: str = "") -> str:
    """``1 mail``, ``2 mails``; ``more`` is the plural where it is not made by an s."""
    return f"{number:d} {one if number == 1 else more or one + 's'}"
