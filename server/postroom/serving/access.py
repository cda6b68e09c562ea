"""A line in the log for each request."""

import logging

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
        facts = {
            "request_id": answered.request.id,
            "method": answered.method,
            "route": answered.route,
            "status": answered.status,
            "seconds": round(answered.seconds, 6),
        }
        if answered.request.token_id:
            facts["token"] = answered.request.token_id
        log.log(logging.DEBUG if quiet else logging.INFO, "request", extra={"facts": facts})
