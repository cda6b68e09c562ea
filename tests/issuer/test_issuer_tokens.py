"""Tokens of an issuer elsewhere: real signatures, fetched keys, and attempts to pass by others."""

import base64
import hashlib
import hmac
import json
import logging
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import jwt
import pytest
import pytest_asyncio
from servers.certificates import self_signed_file
from servers.issuer import AUDIENCE, IssuerServer, issuer_server, new_key, published

from postroom.accounts.issuer import Issuer
from postroom.cli import issuer_check
from postroom.issuer import keys as keeping
from postroom.issuer.discovery import described_at
from postroom.issuer.fetching import Fetching
from postroom.issuer.keys import APART_SECONDS, FRESH_SECONDS, OLDEST_SECONDS, Keys
from postroom.issuer.tokens import IssuerTokens, Verified
from postroom.model.callers import Caller
from postroom.model.errors import PeerError, PostroomError, Unavailable


class Steady:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest_asyncio.fixture
async def server() -> AsyncIterator[IssuerServer]:
    async with issuer_server() as made:
        yield made


def tokens(server: IssuerServer, steady: Steady | None = None, **table: Any) -> IssuerTokens:
    issuer = Issuer.model_validate({"issuer": server.url, "audience": AUDIENCE, **table})
    get = Fetching(issuer.certificates).document
    return IssuerTokens(issuer, Keys(issuer, get, steady or Steady()))


async def found(by: IssuerTokens, token: str) -> Verified:
    verified = await by.verified(token)
    assert verified is not None
    return verified


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256", "EdDSA"])
@pytest.mark.parametrize("described_by", ["oauth", "openid"])
async def test_a_token_by_one_of_its_keys_is_somebodys(
    server: IssuerServer, algorithm: str, described_by: str
) -> None:
    server.described_by = described_by
    server.add("ES384", "other")
    server.add(algorithm, "one")
    verified = await found(tokens(server), server.token("one"))
    assert verified.caller == Caller(agent="ada")
    assert verified.expires_at > time.time()
    unnamed = server.token("one", {"kid": None, "typ": "JWT"})
    assert (await found(tokens(server), unnamed)).id == verified.id


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "https://other.example.com"},
        {"aud": None},
        {"aud": []},
        {"iss": "https://login.example.com"},
        {"iss": None},
        {"exp": int(time.time()) - 60},
        {"exp": None},
        {"exp": "never"},
        {"exp": 1e308 * 10},
        {"nbf": int(time.time()) + 3600},
        {"iat": int(time.time()) + 3600},
        {"sub": None},
        {"sub": 5},
        {"sub": "a b"},
        {"sub": "operator/ada"},
        {"sub": "../ada"},
        {"scope": None},
        {"scope": "read send create"},
        {"scope": "postroom:operator"},
        {"scope": "postroom:approve"},
        {"scope": {"postroom:read": True}},
        {"cnf": {"jkt": "x"}},
    ],
    ids=str,
)
async def test_a_token_that_is_not_for_us_now_is_nobodys(
    server: IssuerServer, claims: dict[str, Any]
) -> None:
    server.add("ES256", "one")
    assert await tokens(server).verified(server.token("one", **claims)) is None


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"aud": "https://else.example"}, "it is for another audience (aud)"),
        ({"iss": "https://login.example.com"}, "it is another issuer's (iss)"),
        ({"exp": 1}, "it is expired (exp)"),
        ({"exp": None}, "it has no claim exp"),
        ({"nbf": int(time.time()) + 3600}, "it is not good yet (nbf, iat)"),
        ({"scope": "else read"}, "its claim scope has no scopes of ours that begin with postroom:"),
        ({"scope": "postroom:operator"}, "it is an operator's, and allow_operator is not set"),
        ({"sub": "else/else/else"}, "what its claim sub says is nothing that is an agent's name"),
        ({"cnf": {"jkt": "else"}}, "it is bound to a key of its bearer's (cnf)"),
    ],
)
async def test_the_log_says_why_and_nothing_that_stands_in_the_token(
    server: IssuerServer, claims: dict[str, Any], why: str, caplog: pytest.LogCaptureFixture
) -> None:
    server.add("ES256", "one")
    token = server.token("one", **claims)
    with caplog.at_level(logging.INFO):
        assert await tokens(server).verified(token) is None
    (told,) = [each.getMessage() for each in caplog.records if each.name == "postroom.issuer"]
    assert told.startswith(f"A token of the issuer is not taken: {why}")
    assert "else" not in told
    assert token not in caplog.text


@pytest.mark.parametrize(
    ("header", "why"),
    [
        ({"typ": "else"}, "it is no access token (typ)"),
        ({"kid": "else"}, "the one that it names (kid)"),
        ({"crit": ["else"]}, "its header cannot be read"),
    ],
)
async def test_the_log_says_what_is_wrong_with_a_header(
    server: IssuerServer, header: dict[str, object], why: str, caplog: pytest.LogCaptureFixture
) -> None:
    server.add("ES256", "one")
    with caplog.at_level(logging.INFO):
        assert await tokens(server).verified(server.token("one", header)) is None
    (told,) = [each.getMessage() for each in caplog.records if each.name == "postroom.issuer"]
    assert why in told
    assert "else" not in told


@pytest.mark.parametrize(
    "header",
    [
        {"typ": "id+jwt"},
        {"typ": "dpop+jwt"},
        {"crit": ["exp"]},
        {"kid": "unknown"},
    ],
    ids=str,
)
async def test_a_header_that_says_something_else_is_no_access_tokens(
    server: IssuerServer, header: dict[str, object]
) -> None:
    server.add("ES256", "one")
    assert await tokens(server).verified(server.token("one", header)) is None


def by_hand(header: dict[str, Any], claims: dict[str, Any], secret: bytes | None) -> str:
    """A token that no library would make."""
    parts = [base64.urlsafe_b64encode(json.dumps(each).encode()) for each in (header, claims)]
    signed = b".".join(each.rstrip(b"=") for each in parts)
    made = hmac.new(secret, signed, hashlib.sha256).digest() if secret is not None else b""
    return (signed + b"." + base64.urlsafe_b64encode(made).rstrip(b"=")).decode()


async def test_no_signature_and_a_public_key_as_a_secret_are_nobodys(server: IssuerServer) -> None:
    from cryptography.hazmat.primitives import serialization

    key = server.add("RS256", "one")
    public = key.public_key()
    for written in (
        public.public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        ),
        json.dumps(server.keys[0]).encode(),
        b"",
    ):
        for algorithm in ("HS256", "none", "None", "NONE", ""):
            header = {"alg": algorithm, "kid": "one", "typ": "at+jwt"}
            for secret in (written, None):
                made = by_hand(header, server.claims(), secret)
                assert await tokens(server).verified(made) is None


async def test_a_secret_in_the_set_signs_nothing(server: IssuerServer) -> None:
    server.add("ES256", "one")
    secret = base64.urlsafe_b64encode(b"s" * 32).decode().rstrip("=")
    server.keys.append({"kty": "oct", "k": secret, "kid": "shared", "alg": "RS256"})
    made = by_hand({"alg": "HS256", "kid": "shared"}, server.claims(), b"s" * 32)
    assert await tokens(server).verified(made) is None


@pytest.mark.parametrize("name", ["jwk", "jku", "x5u", "x5c"])
async def test_where_a_token_says_its_key_is_nobody_looks(server: IssuerServer, name: str) -> None:
    server.add("ES256", "one")
    own = new_key("ES256")
    async with issuer_server() as attacker:
        attacker.keys.append(published(own, kid="one"))
        value: Any = {"jwk": published(own), "x5c": ["MIIB"]}.get(name, f"{attacker.url}/keys")
        made = jwt.encode(
            server.claims(), own, algorithm="ES256", headers={"kid": "one", name: value}
        )
        assert await tokens(server).verified(made) is None
        assert not attacker.asked


@pytest.mark.parametrize(
    "more",
    [{"use": "enc"}, {"alg": "ES384"}, {"kty": "RSA"}, {"crv": "P-384"}, {"d": "AAAA"}],
    ids=str,
)
async def test_a_key_for_something_else_signs_nothing(
    server: IssuerServer, more: dict[str, str]
) -> None:
    server.add("ES256", "one", **more)
    server.add("EdDSA", "other")
    assert await tokens(server).verified(server.token("one")) is None


async def test_a_short_key_signs_nothing(server: IssuerServer) -> None:
    from cryptography.hazmat.primitives.asymmetric import rsa

    short = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    server.private["short"] = ("RS256", short)
    server.keys.append(published(short, kid="short"))
    server.add("ES256", "one")
    with pytest.warns(jwt.InsecureKeyLengthWarning):
        made = server.token("short")
    assert await tokens(server).verified(made) is None


@pytest.mark.parametrize(
    "token",
    ["..", "a.b.c", "eyJhbGciOiJub25lIn0..", "é.b.c", "x" * 100_000 + ".b.c", ".".join("[{" * 9)],
)
async def test_what_is_no_token_asks_the_issuer_nothing(server: IssuerServer, token: str) -> None:
    assert await tokens(server).verified(token) is None
    deep = base64.urlsafe_b64encode(b"[" * 9000).decode()
    assert await tokens(server).verified(f"{deep}.{deep}.x") is None
    assert not server.asked


async def test_invented_key_ids_ask_no_oftener_than_once_in_a_while(server: IssuerServer) -> None:
    steady = Steady()
    by = tokens(server, steady)
    key = server.add("ES256", "one")
    await found(by, server.token("one"))
    for n in range(50):
        steady.now += 0.5
        made = jwt.encode(server.claims(), key, algorithm="ES256", headers={"kid": f"{n}"})
        assert await by.verified(made) is None
    assert server.keys_asked == 1
    steady.now += APART_SECONDS
    assert await by.verified(made) is None
    assert server.keys_asked == 2
    await found(by, server.token("one"))


async def test_a_new_key_is_found_and_one_taken_out_is_none(server: IssuerServer) -> None:
    steady = Steady()
    by = tokens(server, steady)
    server.add("ES256", "one")
    await found(by, old := server.token("one"))
    server.keys.clear()
    server.add("RS256", "two")
    steady.now += APART_SECONDS
    await found(by, server.token("two"))
    assert await by.verified(old) is None


async def test_a_key_that_is_not_asked_anew_by_name_grows_old(server: IssuerServer) -> None:
    steady = Steady()
    by = tokens(server, steady)
    server.add("ES256", "one")
    await found(by, old := server.token("one"))
    server.keys.clear()
    server.add("ES256", "two")
    steady.now += FRESH_SECONDS + 1
    await found(by, old)  # once more, while the set is fetched beside it
    await by._keys._fetching  # type: ignore[misc]
    assert await by.verified(old) is None


async def test_while_the_issuer_is_away_its_keys_go_on_for_a_day(server: IssuerServer) -> None:
    steady = Steady()
    by = tokens(server, steady)
    server.add("ES256", "one")
    await found(by, server.token("one"))
    server.is_away = True
    for hours in (1, 20):
        steady.now += hours * 3600.0
        await found(by, server.token("one"))
    steady.now += OLDEST_SECONDS
    with pytest.raises(PostroomError):
        await by.verified(server.token("one"))
    server.is_away = False
    steady.now += APART_SECONDS
    await found(by, server.token("one"))


async def test_an_issuer_that_was_never_there_is_no_verdict(server: IssuerServer) -> None:
    server.add("ES256", "one")
    server.is_away = True
    by = tokens(server)
    for _ in range(3):
        with pytest.raises(PeerError):
            await by.verified(server.token("one"))
    assert len(server.asked) == 2  # of the first alone: both places of its description


async def test_doctor_says_whether_its_keys_can_be_had(server: IssuerServer) -> None:
    assert await issuer_check.check(None) == ()
    server.add("ES256", "one")
    (well,) = await issuer_check.check(tokens(server).issuer)
    assert (well.ok, "1 key that can be used" in well.says) == (True, True)
    server.is_away = True
    (ill,) = await issuer_check.check(tokens(server).issuer)
    assert not ill.ok
    assert "[serve.issuer]" in (ill.next_step or "")


@pytest.mark.parametrize(
    "described",
    [
        {"issuer": "https://login.example.com"},
        {"jwks_uri": "http://192.0.2.1/keys"},
        {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": None},
    ],
    ids=str,
)
async def test_a_description_that_does_not_fit_is_not_followed(
    server: IssuerServer, described: dict[str, object]
) -> None:
    server.add("ES256", "one")
    server.described = described
    with pytest.raises(PeerError):
        await tokens(server).verified(server.token("one"))
    assert not server.keys_asked


async def test_its_certificate_must_be_trusted(tmp_path: Path) -> None:
    pem = self_signed_file(tmp_path / "issuer.pem")
    async with issuer_server(pem) as server:
        server.add("ES256", "one")
        await found(tokens(server, certificates=pem), server.token("one"))
        with pytest.raises(Unavailable) as caught:
            await tokens(server).verified(server.token("one"))
        assert caught.value.code == "issuer_untrusted"


async def test_a_set_without_end_is_not_read(
    server: IssuerServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.add("ES256", "one")
    server.keys.extend({"kty": "EC", "x": "y" * 10_000} for _ in range(100))
    with pytest.raises(PeerError, match="does not end"):
        await tokens(server).verified(server.token("one"))
    monkeypatch.setattr(keeping, "APART_SECONDS", 0)
    server.keys = [{}, 5, {"kty": "EC", "crv": "P-256", "x": 7}, *server.keys[:1]]  # type: ignore[list-item]
    await found(tokens(server), server.token("one"))


@pytest.mark.parametrize(
    ("table", "claims", "caller"),
    [
        ({"tenant": "acme"}, {}, Caller(agent="ada", tenant="acme")),
        ({"tenant": "acme"}, {"sub": "other/ada"}, None),
        ({}, {"sub": "acme/ada"}, Caller(agent="ada", tenant="acme")),
        (
            {"agents": {"auth0|5": "acme/ada"}},
            {"sub": "auth0|5"},
            Caller(agent="ada", tenant="acme"),
        ),
        ({"agents": {"x|5": "ada"}}, {"sub": "ada"}, None),
        ({"agent_claim": "azp"}, {"azp": "ben"}, Caller(agent="ben")),
        ({"agent_claim": "azp"}, {}, None),
        (
            {"scope_claim": "scp", "scope_prefix": ""},
            {"scp": ["read", "email"]},
            Caller(agent="ada", scopes=frozenset({"read"})),
        ),
        (
            {"mailboxes_claim": "boxes"},
            {"boxes": ["Support-*", "x@EXAMPLE.com"]},
            Caller(agent="ada", mailboxes=("support-*", "x@example.com")),
        ),
        ({"mailboxes_claim": "boxes"}, {}, None),
        ({"mailboxes_claim": "boxes"}, {"boxes": []}, None),
        ({"mailboxes_claim": "boxes"}, {"boxes": [""]}, None),
        (
            {"allow_operator": True},
            {"scope": "postroom:operator"},
            Caller(agent="ada", scopes=frozenset({"read", "send", "create", "operator"})),
        ),
        (
            {},
            {"scope": "postroom:operator postroom:read"},
            Caller(agent="ada", scopes=frozenset({"read"})),
        ),
        (
            {"allow_operator": True, "mailboxes_claim": "boxes"},
            {"scope": "postroom:operator", "boxes": "a"},
            None,
        ),
        ({"audience": ["x", AUDIENCE]}, {"aud": ["y", AUDIENCE]}, Caller(agent="ada")),
        ({"algorithms": ["RS256"]}, {}, None),
    ],
)
async def test_who_comes_in_is_as_the_operator_maps_it(
    server: IssuerServer, table: dict[str, Any], claims: dict[str, Any], caller: Caller | None
) -> None:
    server.add("ES256", "one")
    server.add("RS256", "other")
    verified = await tokens(server, **table).verified(server.token("one", **claims))
    assert (verified.caller if verified else None) == caller


def test_where_an_issuer_describes_itself() -> None:
    assert described_at("https://a.example/x/")[0] == (
        "https://a.example/.well-known/oauth-authorization-server/x"
    )
    assert described_at("https://a.example") == (
        "https://a.example/.well-known/oauth-authorization-server",
        "https://a.example/.well-known/openid-configuration",
    )
