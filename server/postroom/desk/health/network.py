"""How `postroom serve` is set: from where it is reached, and until when its certificate is good."""

import datetime

from postroom.accounts.serve import Serve
from postroom.model.answers import Check
from postroom.model.errors import PostroomError
from postroom.own_certificate import SOON, loaded


def check(serve: Serve, now: float) -> list[Check]:
    """Nothing where postroom.toml says nothing of it."""
    if not serve.model_fields_set:
        return []
    return [_place(serve), *_certificate(serve, datetime.datetime.fromtimestamp(now, datetime.UTC))]


def _place(serve: Serve) -> Check:
    how = "TLS" if serve.is_secure else "a proxy" if serve.trusted_proxies else "plain HTTP"
    where = f"{serve.socket}" if serve.socket else f"port {serve.port} of {serve.host}"
    names = f", as {', '.join(serve.hosts)}" if serve.hosts else ""
    issuer = f", also by tokens of {serve.issuer.issuer}" if serve.issuer else ""
    says = f"`postroom serve` is set to {where}, by {how}{names}{issuer}"
    return Check(name="serve", ok=True, says=says)


def _certificate(serve: Serve, now: datetime.datetime) -> list[Check]:
    if serve.tls_certificate is None or serve.tls_key is None:
        return []
    try:
        _, until = loaded(serve.tls_certificate, serve.tls_key, now)
    except PostroomError as error:
        says, next_step = error.message.rstrip("."), error.next_step
        return [Check(name="certificate", ok=False, says=says, next_step=next_step)]
    ends_soon = until - now < SOON
    return [
        Check(
            name="certificate",
            ok=not ends_soon,
            says=f"good until {until:%Y-%m-%d}",
            next_step="Renew it; it is read again by itself." if ends_soon else None,
        )
    ]
