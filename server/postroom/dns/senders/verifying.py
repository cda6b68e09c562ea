"""All that can be verified of one mail: SPF, DKIM, ARC and DMARC, from what the DNS says. No I/O.

    open_questions   what has to be looked up before anything more can be said; asked again until
                     there is nothing, as some answers raise new questions
    found            what it all comes to

Nothing is computed over the body before everything is known, and then once.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from postroom.dns.senders.answers import Found, Question
from postroom.dns.senders.arc_chains import chain, is_sealed_by, key_names
from postroom.dns.senders.dmarc import dmarc, questions
from postroom.dns.senders.sender_policy import Look, Unanswered, spf
from postroom.dns.senders.signatures import Claim, check_in, claims_in
from postroom.dns.senders.signed_mail import SignedMail
from postroom.dns.senders.signing_keys import TXT, Keys, keys_in
from postroom.mime.senders.domains import aligned
from postroom.model.arrivals import Arrival
from postroom.model.evidence import Arc, ArcResult, Checks, Signature, Spf, SpfResult


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found of one mail."""

    signatures: tuple[Signature, ...] = ()
    checks: Checks | None = None
    """None where signatures alone were checked."""


class Verification:
    """Of one mail, which arrived so, from ``from_domain`` by its From field."""

    def __init__(
        self, raw: bytes, from_domain: str, arrival: Arrival, arc_trusted: Collection[str]
    ) -> None:
        self._mail = SignedMail.of(raw)
        self._from_domain = from_domain
        self._arrival = arrival
        self._trusted = arc_trusted
        self._by_spf: Spf | None = None
        """Once it is known: it is the dearest of all to find out twice."""
        self._claims: tuple[Claim, ...] = ()
        self._chain: tuple[str, ...] | None = ()
        if self._mail is not None:
            self._claims = claims_in(self._mail, from_domain)
            # Of a chain without anybody who is trusted nothing counts, and its names are a
            # stranger's: they are not asked for.
            sealed = is_sealed_by(self._mail, arc_trusted)
            self._chain = key_names(self._mail) if sealed else ()
        self.others = frozenset((name, TXT) for name in self._others())
        """Questions that decide nothing alone: keys that are not the From domain's."""

    def open_questions(self, look: Look) -> tuple[Question, ...]:
        """What is not known yet and has to be; none once `found` can be told."""
        found = [(name, TXT) for name in self._key_names() if look(name, TXT) is None]
        found += questions(self._from_domain, look)
        try:
            self._by_spf = self._by_spf or spf(self._arrival, look)
        except Unanswered as error:
            found += error.questions
        return tuple(dict.fromkeys(found))

    def found(self, look: Look) -> Verified:
        """What it comes to; what is still not known counts as if nobody could say it."""

        def known(name: str, kind: str) -> Found:
            return look(name, kind) or Found(None)

        keys = keys_in({name: known(name, TXT) for name in self._key_names()})
        signatures = self._signatures(keys)
        by_spf = self._spf(known)
        arrival = self._arrival
        vouched = dmarc(
            self._from_domain, by_spf, signatures, known, client_known=bool(arrival.client)
        )
        checks = Checks(
            client=arrival.client,
            helo=arrival.helo,
            spf=by_spf,
            dmarc=vouched,
            arc=self._arc(keys),
        )
        return Verified(signatures, checks)

    def _others(self) -> set[str]:
        domain = self._from_domain
        own = {claim.key_name for claim in self._claims if aligned(claim.domain, domain)}
        return set(self._key_names()) - own

    def _key_names(self) -> Iterable[str]:
        own = (claim.key_name for claim in self._claims if claim.key_name)
        return dict.fromkeys((*own, *(self._chain or ())))

    def _signatures(self, keys: Keys) -> tuple[Signature, ...]:
        return check_in(self._mail, self._claims, keys) if self._mail is not None else ()

    def _spf(self, look: Look) -> Spf:
        try:
            return self._by_spf or spf(self._arrival, look)
        except Unanswered:  # never: everything is answered here, though by nothing
            return Spf(result=SpfResult.TEMPERROR)

    def _arc(self, keys: Keys) -> Arc:
        if self._mail is None or self._chain == ():
            return Arc()
        if self._chain is None:
            return Arc(result=ArcResult.FAIL)
        return chain(self._mail, keys, self._trusted, self._from_domain)
