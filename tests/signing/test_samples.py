"""A mail signed with each key of a domain, for whoever checks that others can verify it."""

from own_keys import with_keys

from postroom.build import PostRoom
from postroom.dns.senders.signatures import check, claims
from postroom.index.database import Connection
from postroom.model.callers import operator
from postroom.model.domains import KeyState
from postroom.model.evidence import SignatureResult

DOMAIN = "own.example"


async def test_each_key_that_signs_signs_one_mail_alone(quiet_room: PostRoom) -> None:
    keys = await with_keys(quiet_room, DOMAIN)
    facts = await quiet_room.desk.domain_checks.facts(operator(), DOMAIN)
    assert set(facts.samples) == {key.selector for key in keys}
    rsa = next(key for key in keys if key.algorithm == "rsa")
    (claim,) = claims(facts.samples[rsa.selector], DOMAIN)
    assert claim.key_name == rsa.name
    (signature,) = check(facts.samples[rsa.selector], [claim], {rsa.name: rsa.record})
    assert signature.result is SignatureResult.PASS


async def test_keys_that_do_not_sign_and_keys_that_cannot_be_opened_have_none(
    quiet_room: PostRoom,
) -> None:
    await with_keys(quiet_room, "made.example", KeyState.MADE)
    assert not (await quiet_room.desk.domain_checks.facts(operator(), "made.example")).samples
    await with_keys(quiet_room, DOMAIN)

    def spoil(con: Connection) -> None:
        con.execute("UPDATE dkim_keys SET private = x'01ff'")

    await quiet_room.index.write(spoil)
    assert not (await quiet_room.desk.domain_checks.facts(operator(), DOMAIN)).samples
