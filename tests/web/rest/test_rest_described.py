"""REST: the program does what its description says, to agents and to operators."""

import asyncio
import re
from collections import Counter
from pathlib import Path
from typing import Any

import httpx2
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as examples
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # publishes no types
from schemathesis import checks
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from web.rest.rest_rig import ADA, OPERATOR, Rest, done, lived, problem

from postroom.web.rest.strict_route import StrictRoute

pytestmark = pytest.mark.asyncio(loop_scope="module")

schemathesis.serializer.alias("message/rfc822", "application/octet-stream")

DOCUMENTED = Path(__file__).resolve().parents[3] / "docs" / "rest.md"

FOR_ANYBODY = {"/v1/problems", "/v1/problems/{name}"}

HELD_TO = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
    checks.negative_data_rejection,
    checks.unsupported_method,
]

ONES_OWN = {
    "address": "address",
    "thread_id": "thread",
    "message_id": "message",
    "attachment_id": "attachment",
    "send_id": "send",
}


async def description(rest: Rest) -> dict[str, Any]:
    async with rest.client(None) as web:
        return await done(web.get("/v1/openapi.json"))


def operations(doc: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path, operation)
        for path, methods in doc["paths"].items()
        for method, operation in methods.items()
    ]


async def test_every_route_is_described_with_every_problem(rest: Rest) -> None:
    doc = await description(rest)
    assert doc["openapi"].startswith("3.1.")
    names = Counter(operation["operationId"] for _, _, operation in operations(doc))
    assert set(names.values()) == {1}
    for method, path, operation in operations(doc):
        assert re.fullmatch("[a-z_]+", operation["operationId"]), path
        assert operation["description"], path
        for told in operation.get("parameters", []):
            assert told["in"] == "path" or told["description"], (path, told["name"])
        statuses = set(operation["responses"])
        assert any(status.startswith("2") for status in statuses)
        if path not in FOR_ANYBODY:
            assert {"400", "401", "403", "404", "409", "422", "500", "503"} <= statuses, path
            assert operation["security"] == [{"bearer": []}], (method, path)
        if "requestBody" in operation:
            assert {"413", "415"} <= statuses, path
    for schema in doc["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


async def test_every_route_asks_for_a_token_before_anything_else(rest: Rest) -> None:
    async with rest.client(None) as web:
        for method, path, _ in operations(await description(rest)):
            if path not in FOR_ANYBODY:
                said = await web.request(method.upper(), path, content=b"{")
                assert problem(said) == (401, "token_required"), (method, path)


async def test_every_problem_leads_to_what_it_means(rest: Rest) -> None:
    async with rest.client(None) as web:
        for sort in (await done(web.get("/v1/problems")))["problems"]:
            assert (await done(web.get(sort["type"])))["meaning"] == sort["meaning"]
        where = (await web.get("/v1/threads")).headers["www-authenticate"]
        found = re.search('resource_metadata="([^"]+)"', where)
        assert found
        assert (await done(web.get(found[1])))["resource"] == f"{rest.base}/v1"


async def test_every_route_reads_a_request_strictly(rest: Rest) -> None:
    from fastapi.routing import iter_route_contexts

    from postroom.web.rest.application import ROUTES, rest_application

    app = rest_application(None, None)  # type: ignore[arg-type]  # nobody is asked
    assert ROUTES
    for route in iter_route_contexts(app.routes):
        if route.path in FOR_ANYBODY | {"/v1/openapi.json"}:
            continue
        assert isinstance(route.original_route, StrictRoute), route.path


@pytest.mark.parametrize("who", [ADA, OPERATOR])
async def test_the_program_does_what_it_says_of_itself(rest: Rest, who: str) -> None:
    doc = await description(rest)
    mine = vars(await lived(rest[ADA], f"described-{who}"))
    for _, _, operation in operations(doc):
        for told in operation.get("parameters", []):
            if told["in"] == "path" and told["name"] in ONES_OWN:
                told["schema"]["enum"] = [mine[ONES_OWN[told["name"]]], "nobodys"]
            if told["name"] in ("timeout_seconds", "wait"):  # it would wait for so long
                told["schema"]["maximum"] = 0.01
    seen = await asyncio.to_thread(_tried, doc, rest.base, rest.tokens[who])
    assert seen[200] > 10, seen
    assert (seen[403] > 30) is (who == ADA), seen
    assert not seen[500]


def _tried(doc: dict[str, Any], base: str, token: str) -> Counter[int]:
    """How often each status was answered, to requests that fit the description and to others."""
    seen: Counter[int] = Counter()
    headers = {"Authorization": f"Bearer {token}"}
    for found in schemathesis.openapi.from_dict(doc).get_all_operations():
        assert isinstance(found, Ok), found
        operation = found.ok()
        for mode in GenerationMode.POSITIVE, GenerationMode.NEGATIVE:
            if mode is GenerationMode.NEGATIVE and operation.path in FOR_ANYBODY:
                continue  # nothing can be wrong about them

            @examples(
                max_examples=3,
                deadline=None,
                database=None,
                derandomize=True,
                suppress_health_check=list(HealthCheck),
                phases=[Phase.explicit, Phase.generate],
            )
            @given(case=operation.as_strategy(generation_mode=mode))
            def ask(case: "schemathesis.Case[Any]") -> None:
                answer = case.call(base_url=base, headers=headers)
                seen[answer.status_code] += 1
                case.validate_response(answer, checks=HELD_TO, headers=headers)

            ask()
    return seen


async def test_the_table_of_routes_in_the_docs_is_the_description(rest: Rest) -> None:
    described = {
        f"`{method.upper()} {path}`" for method, path, _ in operations(await description(rest))
    }
    lines = DOCUMENTED.read_text(encoding="utf-8").splitlines()
    told = {line.split("|")[1].strip() for line in lines if line.startswith("| `")}
    assert told == described


async def test_the_examples_of_the_guide_are_in_the_description(rest: Rest) -> None:
    doc = await description(rest)
    for path in "/v1/mailboxes", "/v1/messages/send":
        content = doc["paths"][path]["post"]["requestBody"]["content"]["application/json"]
        for example in content["examples"].values():
            answer = await rest[ADA].post(path, json=example["value"])
            assert answer.is_success, answer.text


async def test_a_description_is_given_whole_to_a_client_of_another_kind(rest: Rest) -> None:
    async with httpx2.AsyncClient(base_url=rest.base) as web:
        answer = await web.get("/v1/openapi.json")
        assert answer.headers["content-type"] == "application/json"
        assert (await web.head("/v1/openapi.json")).content == b""
