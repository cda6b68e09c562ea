"""/v1/suppressions: whom nothing more is sent to."""

from postroom.client.asking import Subject, W, asks, each
from postroom.client.calls import Call, Download
from postroom.client.question import Question, changing, reading, removing
from postroom.model.suppression_answers import (
    Imported,
    Suppressed,
    SuppressionList,
    Unsuppressed,
)

CSV = "text/csv"


class Suppressions(Subject[W]):
    """Addresses that nothing more is sent to. For operators, but for ``ask``."""

    @asks
    def list(
        self, *, address: str | None = None, limit: int | None = None, cursor: str | None = None
    ) -> Call[SuppressionList]:
        """A page of what holds, by address."""
        asked = reading("/suppressions", address=address, limit=limit, cursor=cursor)
        return Call(asked, SuppressionList)

    iterate = each(list, lambda page: page.suppressions)

    @asks
    def add(self, address: str, *, scope: str = "everywhere", note: str = "") -> Call[Suppressed]:
        """Send nothing more to an address. ``scope``: everywhere, tenant:NAME, mailbox:ADDRESS."""
        asked = changing("/suppressions", address=address, scope=scope, note=note).repeatable()
        return Call(asked, Suppressed)

    @asks
    def ask(self, address: str, *, mailbox: str | None = None, note: str = "") -> Call[Suppressed]:
        """Send nothing more to an address, as its owner asked an agent. No agent lifts that."""
        asked = changing("/suppressions/ask", address=address, mailbox=mailbox, note=note)
        return Call(asked.repeatable(), Suppressed)

    @asks
    def remove(self, address: str, *, scope: str | None = None) -> Call[Unsuppressed]:
        """Lift what holds for an address; ``scope`` left out, all of it."""
        asked = removing("/suppressions", address=address, scope=scope).repeatable()
        return Call(asked, Unsuppressed)

    @asks
    def export(self) -> Download:
        """All of them as CSV: address, scope, reason, at."""
        return Download(reading("/suppressions/csv"))

    @asks
    def take_in(self, csv: str) -> Call[Imported]:
        """Suppress what a CSV names; where a line means nothing, none is taken."""
        body, headers = csv.encode(), {"Content-Type": CSV}
        asked = Question("POST", "/suppressions/csv", body=body, headers=headers, repeats=True)
        return Call(asked, Imported)
