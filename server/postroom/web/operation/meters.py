"""What this process counts, in a registry of its own.

Labels are few and bounded: a route as a template, a method, a status, a tool's name. Never an
address, a mailbox, a thread or a token.
"""

from importlib.metadata import version

from prometheus_client import CollectorRegistry, Gauge, Histogram, Info
from prometheus_client.process_collector import ProcessCollector

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER = "other"
"""In place of what a client made up."""

FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
"""Seconds: from a read of the index to a wait."""


class Meters:
    """Everything that is counted as it happens."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        about = Info("postroom", "The program.", registry=self.registry)
        about.info({"version": version("postroom")})
        self._requests = Histogram(
            "postroom_http_request_seconds",
            "How long requests took, but for streams of events.",
            ["method", "route", "status"],
            buckets=FAST,
            registry=self.registry,
        )
        self._kinds: dict[tuple[str, str, int], Histogram] = {}
        self._open = Gauge(
            "postroom_http_requests_open",
            "Requests that are being answered, streams among them.",
            registry=self.registry,
        )
        self._streams = Gauge(
            "postroom_event_streams_open",
            "Streams of events that somebody reads.",
            registry=self.registry,
        )
        self._tools = Histogram(
            "postroom_tool_call_seconds",
            "How long calls of tools took; the outcome is ok, or the code of what went wrong.",
            ["tool", "outcome"],
            buckets=FAST,
            registry=self.registry,
        )

    def request_began(self) -> None:
        self._open.inc()

    def stream_began(self) -> None:
        self._streams.inc()

    def request_ended(
        self, method: str, route: str, status: int, seconds: float, is_stream: bool
    ) -> None:
        """``route`` is a template; a stream's length says nothing of us."""
        self._open.dec()
        if is_stream:
            self._streams.dec()
        else:
            known = method if method in METHODS else OTHER
            self._of((known, route, status)).observe(seconds)

    def _of(self, kind: tuple[str, str, int]) -> Histogram:
        """The histogram of a kind of requests; there are few kinds, and finding one is most of what
        counting costs."""
        found = self._kinds.get(kind)
        if found is None:
            method, route, status = kind
            found = self._kinds[kind] = self._requests.labels(method, route, str(status))
        return found

    def tool_called(self, tool: str, outcome: str, seconds: float) -> None:
        """``tool`` is one of the catalogue; ``outcome`` an error's code, or ``ok``."""
        self._tools.labels(tool, outcome).observe(seconds)
