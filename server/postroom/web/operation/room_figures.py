"""How the room stands and what happened in it, as Prometheus takes it.

Both are asked of the desk at a scrape. What happened is counted from the journal, from where it
stood at the first scrape: so it is told whichever process did it.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from postroom.model.domains import RecordState
from postroom.web.operation.meters import FAST

if TYPE_CHECKING:
    from postroom.desk.desk import Desk
    from postroom.model.callers import Caller
    from postroom.model.metrics import HooksStanding, RoomFigures

SLOW = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0, 7200.0, 43200.0)
"""Seconds: from a mail on the built-in server to one that was deferred for half a day."""

VERDICTS = {"send.queued": "allow", "send.held": "hold", "send.denied": "deny"}
"""What policy made of a draft, by its event; a worker's are of another kind."""


class RoomMetrics(Collector):
    """The room's figures. `look` asks the desk for them; what is collected is what it saw."""

    def __init__(self, desk: "Desk", registry: CollectorRegistry) -> None:
        self._desk = desk
        self._looking = asyncio.Lock()
        self._seen: RoomFigures | None = None
        self._counted: int | None = None
        """Up to which position of the journal."""
        self._attempts: dict[int, int] = {}
        """How often endpoints had been posted to by then."""
        self._events: Counter[str] = Counter()
        self._verdicts: Counter[str] = Counter(dict.fromkeys(VERDICTS.values(), 0))
        self._carried = Histogram(
            "postroom_mail_out_seconds",
            "From when a mail might go to when its server took it.",
            buckets=SLOW,
            registry=registry,
        )
        self._taken_in = Histogram(
            "postroom_mail_in_seconds",
            "From when a mail came to its server (whole seconds) to its commit in the index.",
            buckets=SLOW,
            registry=registry,
        )
        self._posted = Histogram(
            "postroom_webhook_delivery_seconds",
            "How long deliveries to webhooks took, by what became of them.",
            ["outcome"],
            buckets=FAST,
            registry=registry,
        )
        self._unlogged = 0
        registry.register(self)

    async def look(self, caller: "Caller") -> None:
        """See how it stands.

        Raises:
            Refused: the caller may not have these figures.
        """
        async with self._looking:
            self._seen = await self._desk.metrics.now(caller)
            found = await self._desk.metrics.happened(caller, self._counted, self._attempts)
            self._counted, self._attempts = found.upto, found.attempts
        for each in found.events:
            self._events[each.type] += each.many
            if not each.by_worker and each.type in VERDICTS:
                self._verdicts[VERDICTS[each.type]] += each.many
        for seconds in found.carried_seconds:
            self._carried.observe(seconds)
        for seconds in found.taken_in_seconds:
            self._taken_in.observe(seconds)

        for tried in found.deliveries:
            self._posted.labels(tried.outcome).observe(tried.seconds)
        self._unlogged += found.deliveries_unlogged

    def describe(self) -> Iterator[Metric]:
        return iter(())  # known only once somebody looked

    def collect(self) -> Iterator[Metric]:
        if self._seen is not None:
            yield from _states(self._seen)
        yield _counter("postroom_events", "What the journal tells of.", "type", self._events)
        yield _counter("postroom_verdicts", "Drafts, as judged.", "action", self._verdicts)
        yield CounterMetricFamily(
            "postroom_webhook_deliveries_unlogged",
            "Deliveries that came too fast to be told one by one.",
            value=float(self._unlogged),
        )


def _states(seen: "RoomFigures") -> Iterator[Metric]:
    many = {state: each.many for state, each in seen.backlogs.items()}
    ages = {state: each.oldest_seconds for state, each in seen.backlogs.items()}
    yield _gauges("postroom_outbox_mails", "Mails in the outbox.", "state", many)
    yield _gauges("postroom_outbox_oldest_seconds", "Age of the oldest of them.", "state", ages)
    yield _gauges("postroom_mailboxes", "Mailboxes.", "status", seen.mailboxes)
    yield _gauge("postroom_mailboxes_with_problem", "Mailboxes with a problem.", seen.ailing)
    yield _gauges("postroom_logins", "Servers elsewhere, by how they stand.", "state", seen.logins)
    yield _gauge("postroom_quarantined_mails", "Mails that rules keep aside.", seen.kept_aside)
    came = seen.handed_in
    yield _gauge("postroom_handed_in_mails", "Mail by HTTP, not indexed yet.", came.many)
    yield _gauge("postroom_handed_in_oldest_seconds", "Age of the oldest.", came.oldest_seconds)
    yield _gauge("postroom_uploads", "Files that were brought, for a day.", seen.uploads.many)
    yield _gauge("postroom_upload_bytes", "How large they are together.", seen.uploads.size)
    yield from _webhooks(seen.webhooks)
    stands = {domain: int(each) for domain, each in seen.paused.items()}
    yield _gauges("postroom_domain_paused", "Domains once paused, 1 while so.", "domain", stands)
    yield _domain_checks(seen.domain_checks)
    yield _gauge("postroom_waits", "Waits for mail that go on.", seen.waits)
    yield _gauge("postroom_journal_position", "Newest position of the journal.", seen.position)
    yield _gauge("postroom_index_bytes", "Size of the index.", seen.index_bytes)
    yield _gauge("postroom_disk_free_bytes", "Free on the disk of the home.", seen.free_bytes)
    yield _gauge("postroom_worker", "1 where a process sends and receives.", seen.has_worker)


def _webhooks(all: "Mapping[str, HooksStanding]") -> Iterator[Metric]:
    many = {name: each.many for name, each in all.items()}
    events = {name: each.events for name, each in all.items() if name != "active"}
    ages = {name: each.oldest_seconds for name, each in all.items() if name != "active"}
    yield _gauges("postroom_webhooks", "Endpoints that are posted to.", "state", many)
    words = "Events of the journal behind their places, at most."
    yield _gauges("postroom_webhook_events_waiting", words, "state", events)
    yield _gauges("postroom_webhook_oldest_seconds", "Age of the oldest.", "state", ages)


def _domain_checks(all: "Mapping[str, Mapping[str, int]]") -> Metric:
    words = "What was checked of domains of one's own, by how it stands."
    found = GaugeMetricFamily("postroom_domain_checks", words, labels=["domain", "state"])
    for domain, states in all.items():
        for state in RecordState:
            found.add_metric([domain, state], states.get(state, 0))
    return found


def _gauge(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(name, words, value=float(value))


def _gauges(name: str, words: str, label: str, values: "Mapping[str, float]") -> Metric:
    found = GaugeMetricFamily(name, words, labels=[label])
    for key, value in values.items():
        found.add_metric([key], value)
    return found


def _counter(name: str, words: str, label: str, values: "Mapping[str, float]") -> Metric:
    found = CounterMetricFamily(name, words, labels=[label])
    for key, value in values.items():
        found.add_metric([key], value)
    return found
