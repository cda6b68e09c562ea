"""What the desk answers to a person who tries an agent by hand."""

from postroom.model.policy_answers import Told


class VisitPlaces(Told):
    """Where a visitor may write, and where from."""

    visitors: tuple[str, ...]
    """Addresses that the visitor has."""
    agents: tuple[str, ...]
    """Agents' mailboxes on the built-in server."""
    domain: str | None = None
    """The built-in server's; None where there is none."""
