"""The MTA-STS policy, as it is served, beside the one that should be (RFC 8461 §3.2)."""

from collections.abc import Awaitable, Callable

from postroom.accounts.own_domain import MtaSts, OwnDomain
from postroom.dns.checking.servers import told
from postroom.model.domain_checks import Finding, Subject
from postroom.model.domains import RecordState
from postroom.model.errors import PostroomError

Fetch = Callable[[str], Awaitable[str]]
"""The body behind a URL that answers 200, without following redirects (§3.3); raises
`PostroomError`."""

MAX_LINES = 100


async def policy_finding(domain: str, own: OwnDomain, fetch: Fetch | None) -> Finding:
    """How it stands with the policy."""
    host = f"mta-sts.{domain}"
    found = Finding(subject=Subject.MTA_STS, what=f"https://{host}", state=RecordState.NOT_ASKED)
    if own.mta_sts is MtaSts.OFF:
        return found.model_copy(update={"says": "MTA-STS is not set up for this domain."})
    if fetch is None:
        return found.model_copy(update={"says": "It was not fetched from here."})
    wanted = (f"mode: {own.mta_sts}", *(f"mx: {each}" for each in own.mx))
    found = found.model_copy(update={"wanted": wanted})
    try:
        there = policy(await fetch(f"https://{host}/.well-known/mta-sts.txt"))
    except PostroomError as error:
        return found.model_copy(
            update={
                "state": RecordState.WRONG,
                "says": "The policy cannot be had: servers elsewhere go on as if there were none.",
                "next_step": f"{error.message} Serve it by https, with a certificate for {host}.",
            }
        )
    says = fault(there, own)
    then = f"Serve the policy that `postroom domains policy {domain}` shows."
    lines = tuple(f"{name}: {value}" for name, value in there if name in ("version", "mode", "mx"))
    return found.model_copy(
        update={
            "state": RecordState.WRONG if says else RecordState.RIGHT,
            "there": told(lines),
            "says": says,
            "next_step": then if says else "",
        }
    )


def policy(text: str) -> list[tuple[str, str]]:
    """The fields of a policy, in order."""
    pairs = (line.partition(":") for line in text.splitlines()[:MAX_LINES])
    return [(name.strip().lower(), value.strip().lower()) for name, colon, value in pairs if colon]


def fault(there: list[tuple[str, str]], own: OwnDomain) -> str:
    """What is wrong with a policy; "" where it does what it should."""
    fields = dict(reversed(there))
    if fields.get("version") != "stsv1" or not fields.get("max_age", "").isdecimal():
        return "What is served is no policy: servers elsewhere go on as if there were none."
    if fields.get("mode") != own.mta_sts:
        return f"The policy's mode is {fields.get('mode', 'missing')[:20]}, and not {own.mta_sts}."
    patterns = [value for name, value in there if name == "mx"]
    left_out = [host for host in own.mx if not any(_covers(each, host) for each in patterns)]
    if left_out:
        return f"The policy leaves out {', '.join(left_out)}: no mail is delivered there."
    return ""


def _covers(pattern: str, host: str) -> bool:
    """A wildcard stands for one label (§4.1)."""
    if pattern.startswith("*."):
        return host.partition(".")[2] == pattern[2:]
    return pattern == host
