"""A server that somebody else named is asked, and nobody is led where nobody may go."""

import asyncio
import gzip
from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path

import pytest
from servers.web import Asked, WebServer, plainly, web_server

from postroom.guarded import exchange
from postroom.guarded.addresses import Address
from postroom.guarded.bounds import Bounds
from postroom.guarded.client import GuardedClient
from postroom.guarded.listed import listed
from postroom.guarded.targets import Target
from postroom.model.errors import PeerError, PeerTimeout, PostroomError, Refused, Unavailable


class Names:
    """A resolver that says what a test tells it to, in turn; the last is said again and again."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> Sequence[Address]:
        self.asked.append(host)
        said = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return tuple(ip_address(each) for each in said)


HERE = Names(["127.0.0.1"])


def client(server: WebServer, resolver: Names = HERE, plain: bool = False) -> GuardedClient:
    """One to which the operator lists that server, as a network and nothing else."""
    allowed = listed([f"127.0.0.1/32:{server.port}"])
    return GuardedClient(allowed, certificates=server.certificates, resolver=resolver, plain=plain)


async def refused(guarded: GuardedClient, url: str, **bounds: float) -> PostroomError:
    with pytest.raises(PostroomError) as error:
        await guarded.ask("GET", url, bounds=Bounds(**bounds))  # type: ignore[arg-type]
    return error.value


async def test_a_listed_server_is_asked_again_on_the_same_connection(tmp_path: Path) -> None:
    async with web_server(tmp_path) as server, client(server) as guarded:
        url = f"https://LOCALHOST.:{server.port}/a/b?q=%20x#part"
        first = await guarded.ask("GET", url, headers={"Cookie": "a=b", "Host": "other"})
        second = await guarded.ask("POST", url, content=b"news", headers={"X-Id": "1"})
        assert (first.status, first.body) == (200, b"hello")
        assert server.connections == 1
        got, posted = server.asked
        assert (got.method, got.path) == ("GET", "/a/b?q=%20x")
        assert got.headers["host"] == f"localhost:{server.port}"
        assert "cookie" not in got.headers
        assert (posted.method, posted.body, posted.headers["x-id"]) == ("POST", b"news", "1")
        assert second.status == 200


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (["127.0.0.1"], "loopback"),
        (["8.8.8.8", "10.0.0.1"], "private"),
        (["169.254.169.254"], "metadata"),
        (["::ffff:192.168.0.1"], "private"),
        (["2002:7f00:1::"], "tunnelled"),
    ],
)
async def test_a_name_that_leads_inside_is_refused(said: list[str], kind: str) -> None:
    async with GuardedClient(resolver=Names(said)) as guarded:
        error = await refused(guarded, "https://files.example/a")
        assert (type(error), error.code) == (Refused, "url_address_refused")
        assert kind in error.message


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://files.example/", "url_scheme_refused"),
        ("file:///etc/passwd", "url_malformed"),
        ("gopher://files.example/", "url_scheme_refused"),
        ("https://ada:secret@files.example/", "url_credentials_refused"),
        ("https://files.example:8443/", "url_port_refused"),
        ("https://127.0.0.1/", "url_address_refused"),
        ("https://[::1]/", "url_address_refused"),
        ("https://[fe80::1%251]/", "url_malformed"),
        ("https://[::ffff:127.0.0.1]/", "url_address_refused"),
        ("https://2130706433/", "url_address_refused"),
        ("https://0x7f.1/", "url_address_refused"),
        ("https://localhost/", "url_address_refused"),
        ("https:///a", "url_malformed"),
        ("https://files.example/\r\nX: y", "url_malformed"),
        ("https://files.example/" + "a" * 9000, "url_malformed"),
        ("files.example/a", "url_malformed"),
    ],
)
async def test_a_url_is_refused_by_the_rule_that_its_error_names(url: str, code: str) -> None:
    async with GuardedClient() as guarded:  # with the system's own resolver
        assert (await refused(guarded, url)).code == code


async def test_a_name_is_looked_up_once_a_connection_and_judged_anew_for_the_next(
    tmp_path: Path,
) -> None:
    async with web_server(tmp_path) as server:
        names = Names(["127.0.0.1"], ["10.0.0.1"])
        async with client(server, names) as guarded:
            server.answering = plainly(b"bye", fields="Connection: close\r\n")
            url = f"https://localhost:{server.port}/"
            assert (await guarded.ask("GET", url)).body == b"bye"
            assert names.asked == ["localhost"]
            assert (await refused(guarded, url)).code == "url_address_refused"
            assert names.asked == ["localhost", "localhost"]


async def test_the_next_address_is_tried_where_the_first_is_silent(tmp_path: Path) -> None:
    async with web_server(tmp_path) as server:
        allowed = listed([f"127.0.0.0/8:{server.port}"])
        names = Names(["127.9.9.9", "127.0.0.1"])
        async with GuardedClient(
            allowed, certificates=server.certificates, resolver=names
        ) as guarded:
            assert (await guarded.ask("GET", f"https://localhost:{server.port}/")).status == 200


async def test_a_certificate_for_another_name_or_of_nobody_or_over_gets_nothing(
    tmp_path: Path,
) -> None:
    async with web_server(tmp_path) as server, client(server) as guarded:
        error = await refused(guarded, f"https://other.example:{server.port}/")
        assert (type(error), error.code) == (Unavailable, "peer_untrusted")
        async with GuardedClient(listed([f"127.0.0.1:{server.port}"]), resolver=HERE) as strict:
            error = await refused(strict, f"https://localhost:{server.port}/")
            assert error.code == "peer_untrusted"
        assert server.asked == []
    async with web_server(tmp_path, days=-1) as server, client(server) as guarded:
        error = await refused(guarded, f"https://localhost:{server.port}/")
        assert "expired" in error.message


async def test_no_proxy_of_the_environment_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with web_server(tmp_path) as server, client(server) as guarded:
        assert (await guarded.ask("GET", f"https://localhost:{server.port}/")).status == 200


async def test_a_redirect_is_an_answer_unless_it_was_asked_for(tmp_path: Path) -> None:
    async with web_server(tmp_path) as server, client(server) as guarded:
        server.answering = plainly(b"", "302 Found", "Location: /b\r\n")
        url = f"https://localhost:{server.port}/a"
        assert (await guarded.ask("GET", url)).status == 302
        posted = await guarded.ask("POST", url, content=b"x", bounds=Bounds(redirects=3))
        assert posted.status == 302
        assert (await refused(guarded, url, redirects=2)).code == "peer_redirects"
        assert [each.path for each in server.asked] == ["/a", "/a", "/a", "/b", "/b"]


async def test_a_redirect_is_followed_to_where_it_may_lead_without_the_callers_fields(
    tmp_path: Path,
) -> None:
    async with web_server(tmp_path) as server, client(server) as guarded:

        async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
            there = f"Location: https://127.0.0.1:{server.port}/b\r\n"
            leads = plainly(b"", "307 Temporary Redirect", there)
            await (leads if asked.path == "/a" else plainly(b"here"))(asked, writer)

        server.answering = answer
        url = f"https://localhost:{server.port}/a"
        found = await guarded.ask(
            "GET", url, headers={"X-Key": "secret"}, bounds=Bounds(redirects=1)
        )
        assert (found.body, found.url) == (b"here", f"https://127.0.0.1:{server.port}/b")
        first, second = server.asked
        assert first.headers["x-key"] == "secret"
        assert "x-key" not in second.headers


@pytest.mark.parametrize(
    ("to", "code"),
    [
        ("http://localhost/", "url_scheme_refused"),
        ("https://169.254.169.254/latest", "url_address_refused"),
        ("https://localhost:22/", "url_port_refused"),
        ("//10.0.0.1/", "url_address_refused"),
        ("https://a:b@localhost/", "url_credentials_refused"),
        ("https://elsewhere.example/", "not_this_one"),
    ],
)
async def test_a_redirect_is_judged_like_the_first_url(tmp_path: Path, to: str, code: str) -> None:
    def judge(target: Target) -> None:
        if target.host == "elsewhere.example":
            raise Refused("not_this_one", "Not this one.")

    async with web_server(tmp_path) as server:
        guarded = GuardedClient(
            listed([f"127.0.0.1:{server.port}"]),
            certificates=server.certificates,
            resolver=HERE,
            judge=judge,
        )
        async with guarded:
            server.answering = plainly(b"", "302 Found", f"Location: {to}\r\n")
            error = await refused(guarded, f"https://localhost:{server.port}/", redirects=5)
            assert error.code == code
            assert error.message.startswith("A redirect was not followed.")
            assert len(server.asked) == 1


async def test_what_is_too_large_is_refused_or_cut(tmp_path: Path) -> None:
    async def without_length(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"1000\r\n" + bytes(4096) + b"\r\n")
            await writer.drain()

    async with web_server(tmp_path) as server, client(server) as guarded:
        url = f"https://localhost:{server.port}/"
        for answering in (plainly(bytes(1001)), without_length):
            server.answering = answering
            assert (await refused(guarded, url, max_octets=1000)).code == "peer_too_large"
            cut = await guarded.ask("GET", url, bounds=Bounds(max_octets=1000, cut=True))
            assert (cut.status, len(cut.body), cut.cut) == (200, 1000, True)
        server.answering = plainly(bytes(1000))
        assert not (await guarded.ask("GET", url, bounds=Bounds(max_octets=1000))).cut


async def test_a_status_is_an_answer_though_what_follows_it_never_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "CUT_SECONDS", 0.1)

    async def dripping(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nx")
        await writer.drain()
        await asyncio.sleep(60)

    async with web_server(tmp_path) as server, client(server) as guarded:
        url = f"https://localhost:{server.port}/"
        server.answering = dripping
        cut = await guarded.ask("GET", url, bounds=Bounds(max_octets=1000, cut=True))
        assert (cut.status, cut.body, cut.cut) == (200, b"x", True)
        assert (await refused(guarded, url, whole_seconds=0.5)).code == "peer_slow"


async def test_a_head_that_does_not_end_is_refused(tmp_path: Path) -> None:
    async def endless(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n")
        while not writer.is_closing():
            writer.write(b"X: " + b"y" * 4000 + b"\r\n")
            await writer.drain()

    async with web_server(tmp_path) as server, client(server) as guarded:
        server.answering = endless
        error = await refused(guarded, f"https://localhost:{server.port}/")
        assert (type(error), error.code) == (PeerError, "peer_garbage")


async def test_a_compressed_answer_is_refused(tmp_path: Path) -> None:
    async with web_server(tmp_path) as server, client(server) as guarded:
        bomb = gzip.compress(bytes(10_000_000))
        server.answering = plainly(bomb, fields="Content-Encoding: gzip\r\n")
        error = await refused(guarded, f"https://localhost:{server.port}/")
        assert error.code == "peer_compressed"
        assert server.asked[0].headers["accept-encoding"] == "identity"


async def test_who_is_slow_or_breaks_off_or_is_not_there_is_told_apart(tmp_path: Path) -> None:
    async def silent(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n.")
        await writer.drain()
        await server.over.wait()

    async def broken(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc")
        writer.close()

    async with web_server(tmp_path) as server, client(server) as guarded:
        url = f"https://localhost:{server.port}/"
        server.answering = silent
        error = await refused(guarded, url, whole_seconds=0.3)
        assert isinstance(error, PeerTimeout)
        server.answering = broken
        assert (await refused(guarded, url)).code == "peer_garbage"
    async with client(server) as guarded:
        assert (await refused(guarded, url)).code == "peer_unreachable"
    async with GuardedClient(resolver=Names([])) as guarded:
        assert (await refused(guarded, "https://nobody.example/")).code == "url_host_unknown"


async def test_plain_http_is_spoken_to_what_is_listed_alone(tmp_path: Path) -> None:
    async with web_server(tmp_path, tls=False) as server:
        async with client(server, plain=True) as guarded:
            assert (await guarded.ask("GET", f"http://127.0.0.1:{server.port}/")).status == 200
            for url in (f"http://localhost:{server.port}/", "http://files.example/"):
                assert (await refused(guarded, url)).code == "url_scheme_refused"
        async with client(server) as guarded:
            error = await refused(guarded, f"http://127.0.0.1:{server.port}/")
            assert error.code == "url_scheme_refused"
