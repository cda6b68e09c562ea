"""``[webhooks]``: where events may be posted to, and who may ask for that."""

from postroom.accounts.table import Table


class Webhooks(Table):
    """The table of ``postroom.toml``."""

    allow: tuple[str, ...] = ()
    """Hosts and networks of the operator's own that are no address of the internet, listen at
    another port than 443, or speak http: ``hooks.internal``, ``10.1.2.3:8080``."""
    agents: bool = False
    """Whether agents may make endpoints for their own mail: each sends it to wherever they say."""
