"""Records that are lists of tags, ``v=DMARC1; p=none; rua=mailto:…``: read, and ours put into them
(RFC 7489 §6.3, RFC 8460 §3). What others put there stays, in its order. No I/O."""

from collections.abc import Mapping

from postroom.model.domains import DmarcPolicy

DMARC, TLS_RPT, STS = "v=DMARC1", "v=TLSRPTv1", "v=STSv1"

STAGES = tuple(DmarcPolicy)
"""From the mildest to the strictest."""


def tags(record: str) -> dict[str, str]:
    """The tags of a record in their order, names in lower case."""
    pairs = (part.partition("=") for part in record.split(";") if part.strip())
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def dmarc(there: str, stage: DmarcPolicy, reports: str) -> str:
    """A DMARC record that asks for ``stage``, and for reports to ``reports`` as well."""
    known = tags(there)
    said = {"v": "DMARC1", "p": stage.value}  # p= must come second (§6.4)
    rest = {name: value for name, value in known.items() if name not in said}
    return _written({**said, **rest, "rua": _with_uri(rest.get("rua", ""), reports)})


def tls_rpt(there: str, reports: str) -> str:
    """A TLS-RPT record that asks for reports to ``reports`` as well."""
    known = tags(there)
    rest = {name: value for name, value in known.items() if name != "v"}
    return _written({"v": "TLSRPTv1", **rest, "rua": _with_uri(rest.get("rua", ""), reports)})


def stage_of(record: str) -> DmarcPolicy | None:
    """What a DMARC record asks for; None where that cannot be read."""
    said = tags(record).get("p", "").lower()
    return DmarcPolicy(said) if said in set(STAGES) else None


def _with_uri(there: str, reports: str) -> str:
    """A list of URIs with ours; one may have a limit of size behind it, ``!10m`` (§6.2)."""
    listed = [each.strip() for each in there.split(",") if each.strip()]
    known = {each.partition("!")[0].lower() for each in listed}
    ours = f"mailto:{_escaped(reports)}"
    return ",".join(listed if ours.lower() in known else [*listed, ours])


def _escaped(address: str) -> str:
    """As it stands in such a list: what would end a URI or a tag is written by its number."""
    return "".join(f"%{ord(each):02X}" if each in ",;!%?# " else each for each in address)


def _written(said: Mapping[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in said.items())
