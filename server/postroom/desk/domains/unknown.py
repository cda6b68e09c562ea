"""What is said of a domain that is none of the operator's."""

from postroom.model.errors import NotFound


def not_added(domain: str, code: str = "domain_unknown") -> NotFound:
    """That a domain was not added, and how it is."""
    return NotFound(
        code,
        f"{domain} was not added as a domain of one's own.",
        f"`postroom domains add {domain}` adds it; `postroom domains list` lists them.",
    )
