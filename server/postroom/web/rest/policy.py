"""/v1/policy: what holds, what a file of rules means, why a mail goes or not. For operators."""

from pydantic import Field
from starlette.responses import Response

from postroom.model.policy_answers import Explanation, PolicyCheck, PolicyView
from postroom.web.rest.answering import answer
from postroom.web.rest.asking import Asked
from postroom.web.rest.drafts import MAX_MAIL_BYTES, NewDraft
from postroom.web.rest.problems import MALFORMED, Malformed
from postroom.web.rest.strict_route import Given, subject, takes_bytes

routes = subject("policy")

NO_WORDS = "(no words)"

MAX_POLICY_CHARS = 80_000
"""Of a file of rules, characters: hundreds of rules."""


class Explained(NewDraft):
    """A send that was filed, by its id, or a draft, by its mailbox or thread."""

    send_id: str | None = Field(default=None, max_length=32)


class Rules(Given):
    """A file of rules."""

    policy: str = Field(max_length=MAX_POLICY_CHARS, description="What policy.toml is to say.")


@routes.get("", response_model=PolicyView)
async def show_policy(asked: Asked) -> Response:
    """What holds now: the rules in order, the limits, and whether the file is broken."""
    return answer(await asked.desk.policies.show(asked.caller))


@routes.post("/explain", response_model=Explanation)
@takes_bytes(MAX_MAIL_BYTES)
async def explain_policy(asked: Asked, given: Explained) -> Response:
    """What becomes of a draft, or of a send by the facts of then: each rule, matched or not.

    A draft is judged as if the agent of its mailbox sent it now; nothing is sent.
    """
    policies = asked.desk.policies
    if given.send_id is None:
        draft = given.asked()
        worded = draft if draft.text else draft.model_copy(update={"text": NO_WORDS})
        return answer(await policies.explain_draft(asked.caller, worded))
    if given.model_fields_set != {"send_id"}:
        raise Malformed(
            MALFORMED, "request_malformed", "body: name a send_id, or a draft; not both."
        )
    return answer(await policies.explain_send(asked.caller, given.send_id))


@routes.post("/check", response_model=PolicyCheck)
async def check_policy(asked: Asked, given: Rules) -> Response:
    """Whether rules mean something: each fault with its line and key. Nothing is put in place."""
    return answer(await asked.desk.policies.check_text(asked.caller, given.policy))
