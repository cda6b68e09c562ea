"""Whether what is signed with our keys verifies with what the DNS says, and whether mail that goes
out passes DMARC by it. No I/O."""

from collections.abc import Mapping

from postroom.dns.checking.servers import told
from postroom.dns.senders.signatures import check, claims
from postroom.model.domain_checks import BAD, Finding, Subject
from postroom.model.domains import DkimKey, KeyState, RecordState
from postroom.model.evidence import SignatureResult


def signing_findings(
    domain: str,
    keys: tuple[DkimKey, ...],
    samples: Mapping[str, bytes],
    records: Mapping[str, tuple[str, ...] | None],
) -> list[Finding]:
    """A finding for each key that signs. ``samples`` are mails that were signed with one key each,
    by its selector; ``records`` the TXT records by name, None where nobody could say."""
    active = [key for key in keys if key.state is KeyState.ACTIVE]
    if not active:
        return [
            Finding(
                subject=Subject.DKIM,
                what=f"signatures of {domain}",
                state=RecordState.NOT_ASKED,
                says="No key is in use: mail goes out without a signature.",
                next_step="A key is used once its record is seen everywhere.",
            )
        ]
    return [_of(key, samples.get(key.selector), records.get(key.name)) for key in active]


def _of(key: DkimKey, raw: bytes | None, texts: tuple[str, ...] | None) -> Finding:
    found = Finding(
        subject=Subject.DKIM,
        what=f"signature by {key.selector}",
        state=RecordState.RIGHT,
        there=("a mail that was signed with it verifies",),
        wanted=("a mail that was signed with it verifies",),
    )
    if raw is None:
        return _changed(found, RecordState.WRONG, "The key cannot be used: it signs nothing.")
    if texts is None:
        return _changed(found, RecordState.UNKNOWN, "Its record could not be looked up.")
    result = _verified(key, raw, texts)
    if result is SignatureResult.PASS:
        return found
    if result is SignatureResult.UNKNOWN:
        says = "Signatures of this kind cannot be verified here."
        return _changed(found, RecordState.NOT_ASKED, says)
    return _changed(
        found,
        RecordState.WRONG,
        "A mail that was signed with it does not verify: receivers take it for changed or forged.",
    )


def _changed(found: Finding, state: RecordState, says: str) -> Finding:
    then = "Mend the key's record above." if state is RecordState.WRONG else ""
    return found.model_copy(update={"state": state, "there": (), "says": says, "next_step": then})


def _verified(key: DkimKey, raw: bytes, texts: tuple[str, ...]) -> SignatureResult:
    mine = [each for each in claims(raw, key.domain) if each.key_name == key.name]
    if len(mine) != 1 or len(texts) > 1:
        return SignatureResult.FAIL
    (signature,) = check(raw, mine, {key.name: texts[0] if texts else None})
    return signature.result


def alignment_finding(
    domain: str,
    modes: tuple[str, str],
    earlier: tuple[Finding, ...],
    keys: tuple[DkimKey, ...],
    addresses: tuple[str, ...],
) -> Finding:
    """Whether mail from ``domain`` passes DMARC: by a signature of the domain's own, or by SPF of
    the envelope's, which is the same one (RFC 7489 §3.1). ``modes`` are ``adkim`` and ``aspf``,
    which its record asks for; both are fulfilled, strict or not, as the names are the same.
    ``addresses`` are those from where mail goes out."""
    adkim, aspf = modes
    signed = {f"signature by {key.selector}" for key in keys if key.state is KeyState.ACTIVE}
    signatures = [each.state for each in earlier if each.what in signed]
    from_ours = _of_addresses(earlier) if addresses else []
    by_key = RecordState.RIGHT in signatures
    by_spf = bool(from_ours) and set(from_ours) == {RecordState.RIGHT}
    ways = [
        *([f"DKIM: d={domain} (adkim={adkim})"] if by_key else []),
        *([f"SPF: MAIL FROM is of {domain} (aspf={aspf})"] if by_spf else []),
    ]
    found = Finding(
        subject=Subject.DMARC,
        what="alignment",
        state=RecordState.RIGHT,
        there=told(tuple(ways)),
        wanted=(f"DKIM or SPF of {domain}, best both",),
    )
    if by_key:
        return found
    if by_spf:
        says = "Mail passes by SPF alone: what is forwarded fails DMARC."
        then = "Let mail be signed: a key is used once its record is seen everywhere."
        return found.model_copy(update={"says": says, "next_step": then})
    if not signatures and not from_ours:
        says = "No key signs yet, and no addresses are named from where mail goes out."
        then = f'Name them: addresses in [dns."{domain}"] of postroom.toml.'
        return found.model_copy(
            update={"state": RecordState.NOT_ASKED, "says": says, "next_step": then}
        )
    bad = BAD & {*signatures, *from_ours}
    return found.model_copy(
        update={
            "state": RecordState.WRONG if bad else RecordState.UNKNOWN,
            "says": "Mail from here fails DMARC: neither a signature nor SPF vouches for it."
            if bad
            else "Whether a signature or SPF vouches for mail from here is not known.",
            "next_step": "Mend what is wrong with DKIM and SPF above.",
        }
    )


def _of_addresses(earlier: tuple[Finding, ...]) -> list[RecordState]:
    """How SPF stands for the addresses; where there was nothing to evaluate, as its record does."""
    spf = [each for each in earlier if each.subject is Subject.SPF]
    evaluated = [each.state for each in spf if each.what.startswith("from ")]
    return evaluated or [each.state for each in spf] or [RecordState.UNKNOWN]
