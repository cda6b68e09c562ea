"""Recipients as people write them, as bare addresses that a server understands."""

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

from postroom.model.errors import InvalidRequest
from postroom.model.limits import MAX_RECIPIENTS
from postroom.model.messages import Person

# The library's documented switch: our own addresses live under .localhost, tests under .test.
SPECIAL_USE_DOMAIN_NAMES.clear()

MAX_WRITTEN = 20 * MAX_RECIPIENTS
"""Addresses read from one field before policy counts them: ten thousand would only cost time."""


def people(written: tuple[str, ...], field: str) -> tuple[Person, ...]:
    """The people named in ``written``, each a "a@b", "Name <a@b>" or a comma-separated row of them.

    Raises:
        InvalidRequest: one is no address; the sentence names the field and the place.
    """
    entries = [entry for text in written for entry in _split(text)]
    if len(entries) > MAX_WRITTEN:
        raise InvalidRequest(
            "too_many_recipients",
            f"`{field}` names {len(entries)} addresses.",
            f"A mail goes to at most {MAX_RECIPIENTS}.",
        )
    found = [_person(entry, field, place) for place, entry in enumerate(entries, 1)]
    return tuple({person.address.lower(): person for person in found}.values())


def _person(entry: str, field: str, place: int) -> Person:
    try:
        valid = validate_email(entry.strip(), check_deliverability=False, allow_display_name=True)
    except EmailNotValidError as error:
        raise InvalidRequest(
            "address_malformed",
            f"Address {place} of `{field}` is no email address.",
            'Write it as "name@example.com" or "Name <name@example.com>".',
        ) from error
    # The domain in its ASCII form, so that only a non-ASCII local part needs SMTPUTF8 (RFC 6531).
    address = f"{valid.local_part}@{valid.ascii_domain.lower()}"
    return Person(address=address, name=valid.display_name or "")


def _split(text: str) -> list[str]:
    """The entries of a row, cut at commas and semicolons that stand outside quotes."""
    entries, quoted, begin = [], False, 0
    for at, letter in enumerate(text):
        if letter == '"':
            quoted = not quoted
        elif letter in ",;" and not quoted:
            entries.append(text[begin:at])
            begin = at + 1
    entries.append(text[begin:])
    return [entry for entry in entries if entry.strip()]
