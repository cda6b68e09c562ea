"""An issuer of access tokens over real HTTP: its description, its keys, and tokens by them."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import jwt
import uvicorn
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

AUDIENCE = "https://mail.example.com/mcp"

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


def new_key(algorithm: str) -> PrivateKey:
    if algorithm.startswith(("RS", "PS")):
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)
    if algorithm == "EdDSA":
        return ed25519.Ed25519PrivateKey.generate()
    return ec.generate_private_key({"ES256": ec.SECP256R1(), "ES384": ec.SECP384R1()}[algorithm])


def published(key: PrivateKey, **more: str) -> dict[str, Any]:
    """A public key as it stands in a set."""
    public = key.public_key()
    if isinstance(public, rsa.RSAPublicKey):
        made = RSAAlgorithm.to_jwk(public, as_dict=True)
    elif isinstance(public, ec.EllipticCurvePublicKey):
        made = ECAlgorithm.to_jwk(public, as_dict=True)
    else:
        made = OKPAlgorithm.to_jwk(public, as_dict=True)
    return {name: value for name, value in made.items() if name != "key_ops"} | more


class IssuerServer:
    """What it publishes, and what it was asked."""

    def __init__(self) -> None:
        self.scheme = "http"
        self.port = 0
        self.private: dict[str, tuple[str, PrivateKey]] = {}
        self.keys: list[dict[str, Any]] = []
        self.described: dict[str, Any] = {}
        self.described_by = "oauth"
        self.is_away = False
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}/realms/x"

    def add(self, algorithm: str, key_id: str, **more: str) -> PrivateKey:
        """A new key, published."""
        key = new_key(algorithm)
        self.private[key_id] = (algorithm, key)
        self.keys.append(published(key, kid=key_id, **more))
        return key

    def token(self, key_id: str, header: dict[str, Any] | None = None, **claims: object) -> str:
        """A token of the agent ada's that is good for a minute, but for ``claims``; None leaves one
        out."""
        algorithm, key = self.private[key_id]
        said = {"kid": key_id, "typ": "at+jwt", **(header or {})}
        return jwt.encode(
            self.claims(**claims),
            key,
            algorithm=algorithm,
            headers={name: value for name, value in said.items() if value is not None},
        )

    def claims(self, **more: object) -> dict[str, Any]:
        usual = {
            "iss": self.url,
            "aud": AUDIENCE,
            "sub": "ada",
            "exp": int(time.time()) + 60,
            "scope": "openid postroom:read postroom:send postroom:create",
        }
        return {name: value for name, value in (usual | more).items() if value is not None}

    async def answer(self, request: Request) -> Response:
        path = request.url.path
        self.asked.append(path)
        if self.is_away:
            return Response("away", 503)
        if path == "/realms/x/keys":
            return JSONResponse({"keys": self.keys})
        places = {
            "oauth": "/.well-known/oauth-authorization-server/realms/x",
            "openid": "/realms/x/.well-known/openid-configuration",
        }
        if path != places[self.described_by]:
            return Response(status_code=404)
        usual = {"issuer": self.url, "jwks_uri": f"{self.url}/keys"}
        return JSONResponse(usual | self.described)

    @property
    def keys_asked(self) -> int:
        return self.asked.count("/realms/x/keys")


@asynccontextmanager
async def issuer_server(pem: Path | None = None) -> AsyncIterator[IssuerServer]:
    """A running issuer on loopback; with ``pem``, a key and its certificate, over TLS."""
    made = IssuerServer()
    app = Starlette(routes=[Route("/{path:path}", made.answer)])
    listening = socket.create_server(("127.0.0.1", 0))
    made.port = listening.getsockname()[1]
    made.scheme = "https" if pem else "http"
    server = uvicorn.Server(
        uvicorn.Config(
            app, lifespan="off", log_config=None, timeout_graceful_shutdown=1, ssl_certfile=pem
        )
    )
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield made
    finally:
        server.should_exit = True
        await serving
        listening.close()
