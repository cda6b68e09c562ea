"""An account's address and the name of a domain, in the one form in which they are compared."""

import re
from typing import Annotated

from pydantic import AfterValidator

from postroom.model.domain_names import ascii_domain

_DOMAIN = re.compile(
    r"(?=.{1,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
)


def email_address(value: str) -> str:
    """The address that ``value`` means; ValueError where it is none."""
    # Only who has accounts needs it.
    from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

    # The library's documented switch: a mail host on one's own network may be below .local.
    SPECIAL_USE_DOMAIN_NAMES.clear()
    try:
        valid = validate_email(
            value.strip(), check_deliverability=False, globally_deliverable=False
        )
    except EmailNotValidError:
        raise ValueError('is no email address, such as "agent@example.com"') from None
    return f"{valid.local_part}@{(valid.ascii_domain or '').lower()}"


def domain_name(value: str) -> str:
    """The domain that ``value`` names; ValueError where it names none."""
    name = ascii_domain(value)
    if not _DOMAIN.fullmatch(name):
        raise ValueError('is no domain name, such as "example.com"')
    return name


Address = Annotated[str, AfterValidator(email_address)]
"""Local part as written, domain in its ASCII form and lower case."""

DomainName = Annotated[str, AfterValidator(domain_name)]
"""ASCII form, lower case (RFC 5890 §2.3.2.1)."""
