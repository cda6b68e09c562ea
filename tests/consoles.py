"""The console for tests: served in this process, and mail that arrives by the built-in server."""

import asyncio
import re
import smtplib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import httpx2
from mcp_faces import Serving, serving
from rooms import Agent, TestClock, eventually

from postroom.build import PostRoom, open_room
from postroom.issuer.tokens import IssuerTokens
from postroom.model.callers import agent, operator
from postroom.web.console.application import console as console_application
from postroom.web.console.sessions import Sessions
from postroom.web.identities import Identities

HOSTILE_HTML = Path(__file__).parent / "web" / "console" / "hostile.html"

HOSTILE_SUBJECT = '<img src=x onerror="alert(1)">\u202egnp.exe ' + "very" * 60


@dataclass
class Console:
    """A served post room, its desk, and an operator's token."""

    face: Serving
    room: PostRoom
    token: str

    @property
    def url(self) -> str:
        return self.face.url.removesuffix("/mcp")

    def browser(self) -> httpx2.AsyncClient:
        """A client that keeps cookies, and says where its forms come from."""
        return httpx2.AsyncClient(base_url=self.url, headers={"Origin": self.url}, timeout=20)

    async def agent(self, name: str) -> Agent:
        """An agent with a mailbox of its name."""
        return await Agent(self.room, name).open()

    async def deliver(self, sender: str, mail: EmailMessage) -> None:
        """Hand a mail in at the built-in server, as the mailbox ``sender``."""
        known = await self.room.desk.mailboxes.credentials(operator(), sender)

        def submit() -> None:
            with smtplib.SMTP(known.smtp_host, known.smtp_port, timeout=10) as smtp:
                smtp.login(known.user, known.password)
                smtp.send_message(mail, sender, [str(mail["To"])])

        await asyncio.to_thread(submit)


@asynccontextmanager
async def console(home: Path) -> AsyncIterator[Console]:
    """The console of a post room at ``home``, with all its workers."""
    async with (
        serving(home) as face,
        open_room(face.settings, program="test") as room,
    ):
        await eventually(lambda: _is_working(room))
        yield Console(face, room, await token_of(room))


async def _is_working(room: PostRoom) -> bool:
    checks = (await room.desk.health.report(operator())).checks
    return all(check.ok for check in checks if check.name in ("worker", "built-in server"))


@asynccontextmanager
async def pages(
    room: PostRoom,
    clock: TestClock,
    site: str = "http://postroom.test",
    issued: IssuerTokens | None = None,
) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of a room's console in this process, with no socket between them."""
    identities = Identities("the home's own token", agent("eve"), room.desk.tokens, issued)
    asgi = httpx2.ASGITransport(console_application(room.desk, identities, Sessions(clock), clock))
    async with httpx2.AsyncClient(transport=asgi, base_url=site, headers={"Origin": site}) as web:
        yield web


async def token_of(room: PostRoom, *scopes: str) -> str:
    """A new token's secret."""
    return (await room.desk.tokens.create(operator(), "eve", scopes or ("operator",))).secret


async def sign_in(web: httpx2.AsyncClient, token: str, then: str = "/") -> httpx2.Response:
    return await web.post("/sign-in", data={"token": token, "then": then})


def form_key(page: str) -> str:
    """What the forms of a page hold."""
    found = re.search(r'name="form_key" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def hostile_mail(sender: str, to: str, trap: str) -> EmailMessage:
    """A mail that tries all that HTML can do: to run, to load from ``trap``, to submit, to lead
    away."""
    mail = EmailMessage()
    mail["From"], mail["To"] = f'"<b>Boss</b> \u202emoc" <{sender}>', to
    mail["Subject"] = HOSTILE_SUBJECT
    mail.set_content("Plain <script>window.top.hacked = 1</script> words \u202edesrever\u202c.\n")
    html = HOSTILE_HTML.read_text(encoding="utf-8").replace("TRAP", trap)
    mail.add_alternative(html, subtype="html")
    mail.add_attachment(
        b"<script>alert(1)</script>",
        maintype="text",
        subtype="html",
        filename="<img src=x onerror=alert(1)>\u202egpj.html",
    )
    return mail
