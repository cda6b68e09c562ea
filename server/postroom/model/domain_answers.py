"""What the desk answers about domains of one's own."""

from postroom.model.policy_answers import Told


class DkimKeyView(Told):
    """A key that mail is signed with, without its private part."""

    selector: str
    algorithm: str
    state: str
    """``made``, ``visible``, ``active``, ``retiring`` or ``retired``."""
    made_at: str


class DomainView(Told):
    """A domain."""

    domain: str
    added_at: str
    served: bool
    """Whether mailboxes can be made in it."""
    dkim_keys: tuple[DkimKeyView, ...]


class DomainList(Told):
    domains: tuple[DomainView, ...]
