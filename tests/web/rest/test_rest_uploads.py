"""POST /v1/attachments: a file as the body, or in a form, and a mail that takes it along."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp_faces import serving
from web.rest.test_rest_mailboxes import rest


@pytest.fixture
async def web(tmp_path: Path) -> AsyncIterator[httpx2.AsyncClient]:
    async with serving(tmp_path) as face, rest(face) as web:
        await web.post("/v1/mailboxes", json={"username": "ada"})
        yield web


def told(answer: httpx2.Response) -> tuple[Any, ...]:
    said = answer.json()
    assert answer.status_code == 201, said
    return said["filename"], said["content_type"], said["size"]


async def test_a_file_comes_as_the_body_or_in_a_form(web: httpx2.AsyncClient) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(30):
            yield bytes(100_000)

    path = "/v1/attachments"
    assert told(await web.post(path, params={"filename": "a.bin"}, content=pieces())) == (
        "a.bin", "application/octet-stream", 3_000_000,
    )  # fmt: skip
    typed = {"Content-Type": "text/csv; charset=iso-8859-1"}
    assert told(await web.post(path, params={"filename": "a"}, content=b"a", headers=typed)) == (
        "a",
        "text/csv; charset=iso-8859-1",
        1,
    )
    named = {"Content-Disposition": "attachment; filename*=UTF-8''W%C3%B6che.pdf"}
    assert told(await web.post(path, content=b"a", headers=named)) == (
        "Wöche.pdf", "application/pdf", 1,
    )  # fmt: skip
    form = {"file": ("b.txt", bytes(2_000_000), "text/plain")}
    assert told(await web.post(path, files=form)) == ("b.txt", "text/plain", 2_000_000)


async def endless() -> AsyncIterator[bytes]:
    for _ in range(27):
        yield bytes(2**20)


@pytest.mark.parametrize(
    "body",
    [
        {"content": bytes(27 * 2**20)},
        {"files": {"file": ("a", bytes(25 * 2**20 + 100_000))}},
        {"content": endless},
    ],
    ids=["declared", "form", "undeclared"],
)
async def test_what_no_mail_takes_along_is_too_large(
    web: httpx2.AsyncClient, body: dict[str, Any]
) -> None:
    sent = {name: what() if callable(what) else what for name, what in body.items()}
    answer = await web.post("/v1/attachments", params={"filename": "a"}, **sent)
    assert (answer.status_code, answer.json()["code"]) == (413, "attachments_too_large")
    assert answer.json()["type"] == "/v1/problems/too_large"


async def test_what_is_no_file_is_a_problem(web: httpx2.AsyncClient) -> None:
    path, named = "/v1/attachments", {"filename": "a"}
    unnamed = await web.post(path, content=b"a")
    assert "?filename=" in unnamed.json()["next_step"]
    for answer, code in (
        (unnamed, "attachment_filename"),
        (await web.post(path, files={"a": (None, "words")}), "form_malformed"),
        (
            await web.post(
                path, content=b"x", headers={"Content-Type": "multipart/form-data; boundary=b"}
            ),
            "form_malformed",
        ),
        (
            await web.post(path, params=named, content=b"x", headers={"Content-Type": "no type"}),
            "content_type_invalid",
        ),
    ):
        assert (answer.status_code, answer.json()["code"]) == (400, code)
