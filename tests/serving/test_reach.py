"""From how far a post room may be reached, and where it listens."""

import socket
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp_faces import Serving, serving
from serving.asking import web

from postroom import settings as configuration
from postroom.accounts.serve import Serve
from postroom.model.errors import InvalidRequest, Unavailable
from postroom.serving.listening import listening


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"host": "0.0.0.0"}, "tokens_in_clear"),
        ({"host": "::"}, "tokens_in_clear"),
        ({"host": "192.0.2.1", "hosts": ["mail.example.com"]}, "tokens_in_clear"),
        ({"host": "0.0.0.0", "allow_plain_http": True}, "hosts_unnamed"),
        ({"host": "::", "trusted_proxies": ["10.0.0.5"]}, "hosts_unnamed"),
        ({"host": "example.com"}, "serve_options"),
        ({"host": ""}, "serve_options"),
        ({"hosts": ["https://mail.example.com"]}, "serve_options"),
        ({"hosts": ["999.1.1.1"]}, "serve_options"),
        ({"origins": ["app.example.com"]}, "serve_options"),
        ({"origins": ["https://app.example.com/page"]}, "serve_options"),
        ({"trusted_proxies": ["proxy.example.com"]}, "serve_options"),
        ({"tls_key": "key.pem"}, "serve_options"),
        ({"max_request_bytes": 5}, "serve_options"),
    ],
)
async def test_what_would_not_be_safe_is_not_served(
    tmp_path: Path, options: dict[str, Any], code: str
) -> None:
    with pytest.raises(InvalidRequest) as caught:
        await Serving(tmp_path).run(**options)
    assert caught.value.code == code
    assert caught.value.next_step
    assert not (tmp_path / "token").exists()


def has_ipv6() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


IPV6 = pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")


@pytest.mark.parametrize(
    ("host", "asked"),
    [
        ("0.0.0.0", "127.0.0.1"),
        pytest.param("::", "127.0.0.1", marks=IPV6),
        pytest.param("::", "[::1]", marks=IPV6),
    ],
)
async def test_on_all_addresses_it_is_asked_by_its_names_on_each(
    tmp_path: Path, host: str, asked: str
) -> None:
    wanted = {"host": host, "hosts": ("mail.example.com",), "allow_plain_http": True}
    async with serving(tmp_path, **wanted) as face:
        port = face.url.removesuffix("/mcp").rpartition(":")[2]
        assert face.url == f"http://mail.example.com:{port}/mcp"
        headers = {"Authorization": f"Bearer {face.token}", "Host": "mail.example.com"}
        async with httpx2.AsyncClient(base_url=f"http://{asked}:{port}") as client:
            heard = await client.get("/v1/mailboxes", headers=headers)
            assert heard.status_code == 200
            headers["Host"] = "evil.test"
            assert (await client.get("/v1/mailboxes", headers=headers)).status_code == 421


async def test_a_proxy_reaches_it_by_a_socket_and_says_who_asks(tmp_path: Path) -> None:
    at = tmp_path / "serve.sock"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as left:
        left.bind(str(at))  # by one that was killed
    async with serving(tmp_path / "home", socket=at, strangers_per_minute=2) as face:
        assert f"unix:{at}" in face.said[0]
        assert at.stat().st_mode & 0o7 == 0
        transport = httpx2.AsyncHTTPTransport(uds=str(at))
        async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
            headers = {"Authorization": f"Bearer {face.token}"}
            assert (await client.get("/v1/mailboxes", headers=headers)).status_code == 200
            told = [
                (await client.get("/v1/mailboxes", headers={"X-Forwarded-For": f"192.0.2.{n}"}))
                for n in (1, 1, 1, 2)
            ]
            assert [each.status_code for each in told] == [401, 401, 429, 401]
        with pytest.raises(Unavailable, match="cannot be listened on"):
            await Serving(tmp_path / "other").run(socket=at)
    assert not at.exists()


@pytest.mark.parametrize(("trusted", "told"), [("127.0.0.0/8", "https"), ("192.0.2.1", "http")])
async def test_who_asks_is_believed_of_a_trusted_proxy_alone(
    tmp_path: Path, trusted: str, told: str
) -> None:
    wanted = {"trusted_proxies": (trusted,), "strangers_per_minute": 2}
    async with serving(tmp_path, **wanted) as face, web(face, "") as client:
        said = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.1, 198.51.100.7"}
        metadata = await client.get("/.well-known/oauth-protected-resource", headers=said)
        assert metadata.json()["resource"].partition(":")[0] == told
        # A client may write what it likes before what the proxy adds.
        for invented in range(3):
            said["X-Forwarded-For"] = f"203.0.113.{invented}, 198.51.100.7"
            last = await client.get("/v1/mailboxes", headers=said)
        assert last.status_code == 429


def test_the_file_is_understood_and_the_command_line_goes_before_it(tmp_path: Path) -> None:
    (tmp_path / "postroom.toml").write_text(
        '[serve]\nhost = "::"\nport = 443\nhosts = ["MAIL.example.com."]\n'
        'tls_certificate = "tls/chain.pem"\ntls_key = "tls/key.pem"\n'
    )
    settings = configuration.load(tmp_path)
    assert settings.operator.serve.hosts == ("mail.example.com",)
    assert settings.operator.serve.tls_key == tmp_path / "tls/key.pem"
    serve = configuration.with_serve(settings, {"port": 8443}).operator.serve
    assert (serve.host, serve.port, serve.tls_key) == ("::", 8443, tmp_path / "tls/key.pem")


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("ports = 1", "serve.ports: is no key that is known here: port may be meant"),
        ('port = "x"', "serve.port"),
        ('hosts = ["a b"]', "serve.hosts[0]"),
        ('trusted_proxies = ["*"]', "serve.trusted_proxies[0]"),
        ('tls_key = "key.pem"', "serve: tls_certificate and tls_key belong together"),
        ('[serve.issuer]\nissuer = "http://login.example.com"', "serve.issuer.issuer"),
        ('[serve.issuer]\nalgorithms = ["HS256"]', "serve.issuer.algorithms[0]"),
        ('[serve.issuer]\nalgorithms = ["none"]', "serve.issuer.algorithms[0]"),
    ],
)
def test_a_fault_in_the_file_names_its_key(tmp_path: Path, line: str, named: str) -> None:
    (tmp_path / "postroom.toml").write_text(f"[serve]\n{line}\n")
    with pytest.raises(InvalidRequest) as caught:
        configuration.load(tmp_path)
    assert named in caught.value.message


def test_no_answer_waits_for_an_acknowledgement() -> None:
    """Nagle's algorithm is off for who connects: an answer is a header, and then a small body."""
    with listening(Serve(port=0)) as listener:
        with socket.create_connection(listener.getsockname()):
            connection, _ = listener.accept()
        with connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
