"""A line in the log for each request."""

import logging

from postroom.serving.logs import FactsRecord
from postroom.serving.requests import Answered

log = logging.getLogger("postroom.access")

QUIET = frozenset({"/healthz", "/readyz", "/metrics"})
"""Asked every few seconds by machines: told at the level debug, where they go well."""


class AccessLog:
    """Tells of requests as they end."""

    def began(self) -> None:
        return

    def streams(self) -> None:
        return

    def ended(self, answered: Answered) -> None:
        quiet = answered.route in QUIET and answered.status < 400
        level = logging.DEBUG if quiet else logging.INFO
        if not log.isEnabledFor(level):
            return
        facts = {
            "request_id": answered.request.id,
            "method": answered.method,
            "route": answered.route,
            "status": answered.status,
            "seconds": round(answered.seconds, 6),
        }
        if answered.request.token_id:
            facts["token"] = answered.request.token_id
        log.handle(FactsRecord(log.name, level, "request", facts))
