"""What the desk answers about the keys of a domain."""

from postroom.model.policy_answers import Told


class RotatedKey(Told):
    """A key, and the record that it needs."""

    selector: str
    algorithm: str
    state: str
    name: str
    """Where its record is to be."""
    record: str
    """The text of the TXT record."""


class RotationView(Told):
    """How the keys of a domain stand to one another."""

    domain: str
    signs: tuple[RotatedKey, ...]
    """What mail is signed with now."""
    waits: tuple[RotatedKey, ...]
    """What it is to be signed with, once everybody finds the records."""
    retires: tuple[RotatedKey, ...]
    """What signed before: its records have to stay."""
    made: bool
    """Whether those that wait were made just now."""
    published: bool = False
    """Whether their records were put into the zone just now."""
    next_step: str
