"""A URL, taken apart: whom it names, or which rule refuses it. Pure."""

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urljoin

from postroom.guarded.addresses import Address
from postroom.guarded.judging import port_refused
from postroom.guarded.listed import USUAL_PORT, Listed
from postroom.model.errors import InvalidRequest, Refused

MAX_URL = 8 * 1024
"""Characters. A signed link to a store has one or two thousand; servers take eight."""


@dataclass(frozen=True)
class Target:
    """Whom a URL names. ``host`` is in lower case, as the DNS writes it, without brackets."""

    url: str
    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """What stands in the Host field (RFC 9110 §7.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = {"https": 443, "http": 80}[self.scheme]
        return host if self.port == usual else f"{host}:{self.port}"

    @property
    def address(self) -> Address | None:
        """The address, where it names one in the place of a host."""
        try:
            return ip_address(self.host)
        except ValueError:
            return None


def target_of(url: str, allowed: Listed, *, plain: bool = False) -> Target:
    """Whom ``url`` names. ``plain``: http is taken for what the operator listed.

    Raises:
        InvalidRequest: ``url_malformed``.
        Refused: ``url_scheme_refused``, ``url_credentials_refused``, ``url_port_refused``.
    """
    import httpx2

    try:
        parts = httpx2.URL(url) if len(url) <= MAX_URL and url.isprintable() else None
    except (httpx2.InvalidURL, UnicodeError, ValueError):
        parts = None
    if parts is None or parts.is_relative_url or not _is_host(parts.raw_host):
        raise InvalidRequest(
            "url_malformed",
            f"That is no URL of at most {MAX_URL} characters.",
            "Give a whole one, such as https://files.example.com/a.pdf.",
        )
    if parts.userinfo:
        raise Refused(
            "url_credentials_refused",
            "The URL carries a name or a password before its host.",
            "Give one without; a link that is signed in its query is fine.",
        )
    if parts.scheme not in ({"https", "http"} if plain else {"https"}):
        raise _scheme_refused()
    port = parts.port or (USUAL_PORT if parts.scheme == "https" else 80)
    host = parts.raw_host.decode("ascii").lower().rstrip(".")
    target = Target(
        str(parts.copy_with(fragment=None)),
        parts.scheme,
        host,
        port,
        parts.raw_path.decode("ascii"),
    )
    _check_port(target, allowed)
    return target


def _is_host(raw: bytes) -> bool:
    host = raw.rstrip(b".")
    return bool(host) and len(host) <= 253 and b"%" not in host


def _check_port(target: Target, allowed: Listed) -> None:
    """443 is anybody's; another port, and plain http, only what the operator listed. A name may
    lead to a network of the list: whether it does is seen when its address is known."""
    if target.scheme == "https":
        known = allowed.names(target.host, target.port) or allowed.knows_port(target.port)
        if target.port != USUAL_PORT and not known:
            raise port_refused(target.port)
        return
    address = target.address
    in_network = address is not None and allowed.holds(address, target.port)
    if not in_network and not allowed.names(target.host, target.port):
        raise _scheme_refused()


def _scheme_refused() -> Refused:
    return Refused("url_scheme_refused", "Only https is spoken.", "Give an https URL.")


def joined(url: str, location: str) -> str:
    """Where a redirect leads (RFC 9110 §10.2.2), still to be judged."""
    try:
        return urljoin(url, location)
    except ValueError:
        return ""
