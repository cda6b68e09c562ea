"""What follows where a record is not as it should be, in one sentence. No I/O."""

from collections.abc import Callable

from postroom.dns.checking.meaning import tags, terms
from postroom.model.domains import Purpose, WantedRecord

MISSING = {
    Purpose.ADDRESS: "Nobody can connect to this name.",
    Purpose.MX: "Mail to this domain goes nowhere, or to a server that does not expect it.",
    Purpose.SPF: "Receivers cannot tell our servers from anybody else's, and trust the mail less.",
    Purpose.DKIM: "Whatever is signed with this key counts as not signed.",
    Purpose.DMARC: "Anybody may send in this domain's name, and nobody tells us of it.",
    Purpose.MTA_STS: "Servers elsewhere do not insist on TLS when they deliver mail here.",
    Purpose.TLS_RPT: "Nobody tells us where mail to this domain could not be encrypted.",
    Purpose.SERVICE: "Mail programs do not find the servers by the address alone.",
}
"""Where there is nothing."""


def of_wrong(wanted: WantedRecord, there: tuple[str, ...]) -> str:
    """What follows where ``there``, all of this kind, says another thing than it should."""
    return _WRONG[wanted.purpose](wanted.values, there)


def _address(_: tuple[str, ...], __: tuple[str, ...]) -> str:
    return "Whoever connects to this name reaches another machine."


def _mx(wanted: tuple[str, ...], there: tuple[str, ...]) -> str:
    if any(each.split()[-1:] == ["."] for each in there):
        return "The domain says that it takes no mail at all (RFC 7505): senders give up at once."
    hosts = {each.split()[-1].rstrip(".") for each in wanted if each.split()}
    others = {each.split()[-1].rstrip(".") for each in there if each.split()}
    if others == hosts:
        return "Another server is tried first than the one that should be."
    if others > hosts:
        return "Some mail to this domain goes to servers that are not ours."
    if others.isdisjoint(hosts):
        return "Mail to this domain goes to other servers, and none of it arrives here."
    return "Mail does not find all servers that take it in: one that fails is not stood in for."


def _spf(wanted: tuple[str, ...], there: tuple[str, ...]) -> str:
    if len(there) > 1:
        return "With more than one SPF record none counts (RFC 7208 §4.5): every check fails."
    (has, closing), (should, end) = terms(there[0]), terms(wanted[0])
    if closing[:1] in (["all"], ["?all"]) and closing != end:
        return "Everybody on the internet may send in this domain's name."
    if set(should) - set(has):
        return "Mail from some of our servers fails SPF, and may be taken for forged."
    if set(has) - set(should):
        return "Servers that nobody listed here may send in this domain's name."
    if not closing:
        return "What is not listed is neither allowed nor forbidden: the record protects nobody."
    return "Receivers treat mail from elsewhere otherwise than it is meant."


def _dkim(wanted: tuple[str, ...], there: tuple[str, ...]) -> str:
    if len(there) > 1:
        return (
            "With more than one key under one selector receivers may take either, and mail fails."
        )
    has, should = tags(there[0]), tags(wanted[0])
    if has.get("p") == "":
        return "The record says that the key was taken back: what it signed fails."
    if has.get("p") != should.get("p"):
        return "This is not the public part of our key: every signature with it fails."
    if "y" in has.get("t", "").split(":"):
        return "The key is said to be on trial (t=y): mail counts as if it were not signed."
    return "The record keeps receivers from using the key for our mail."


_STRENGTH = ("none", "quarantine", "reject")


def _dmarc(wanted: tuple[str, ...], there: tuple[str, ...]) -> str:
    if len(there) > 1:
        return "With more than one DMARC record none counts (RFC 7489 §6.6.3)."
    has, should = tags(there[0]), tags(wanted[0])
    policy, planned = has.get("p", "").lower(), should.get("p", "")
    if policy not in _STRENGTH:
        return "The record has no policy that receivers know, and is passed over."
    if policy != planned:
        weaker = _STRENGTH.index(policy) < _STRENGTH.index(planned)
        return f"Mail that only claims to be from here is asked to be treated as p={policy}, " + (
            "weaker than planned." if weaker else "stricter than planned: ours may be lost, too."
        )
    if has.get("pct", "100") != should.get("pct", "100"):
        return f"The policy holds for {has['pct'][:3]} of 100 mails that fail."
    return "Reports about mail in this domain's name do not reach us."


def _mta_sts(_: tuple[str, ...], there: tuple[str, ...]) -> str:
    if len(there) > 1:
        return "With more than one record none counts (RFC 8461 §3.1): nobody insists on TLS."
    return "Servers elsewhere do not learn that the policy has changed, and keep to the old one."


def _tls_rpt(_: tuple[str, ...], there: tuple[str, ...]) -> str:
    if len(there) > 1:
        return "With more than one record none counts (RFC 8460 §3): nobody reports to us."
    return "Reports about failed encryption do not reach us."


def _service(_: tuple[str, ...], __: tuple[str, ...]) -> str:
    return "Mail programs are led to another server."


_WRONG: dict[Purpose, Callable[[tuple[str, ...], tuple[str, ...]], str]] = {
    Purpose.ADDRESS: _address,
    Purpose.MX: _mx,
    Purpose.SPF: _spf,
    Purpose.DKIM: _dkim,
    Purpose.DMARC: _dmarc,
    Purpose.MTA_STS: _mta_sts,
    Purpose.TLS_RPT: _tls_rpt,
    Purpose.SERVICE: _service,
}
