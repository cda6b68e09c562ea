"""/v1/policy: what holds, what rules mean, why a mail goes or not. For operators."""

from collections.abc import Sequence

from postroom.client.asking import Subject, W, asks
from postroom.client.calls import Call
from postroom.client.question import changing, reading
from postroom.model.policy_answers import Explanation, PolicyCheck, PolicyView
from postroom.model.requests import AttachmentRequest


class Policy(Subject[W]):
    """The rules about mail."""

    @asks
    def show(self) -> Call[PolicyView]:
        """What holds now: the rules in order, the limits, and whether the file is broken."""
        return Call(reading("/policy"), PolicyView)

    @asks
    def explain(
        self,
        *,
        send_id: str | None = None,
        mailbox: str | None = None,
        to: str | Sequence[str] | None = None,
        cc: str | Sequence[str] | None = None,
        bcc: str | Sequence[str] | None = None,
        subject: str | None = None,
        text: str | None = None,
        html: str | None = None,
        thread_id: str | None = None,
        reply_all: bool | None = None,
        attachments: Sequence[AttachmentRequest] | None = None,
        hold_for_review: str | None = None,
    ) -> Call[Explanation]:
        """What becomes of a draft, or of the send ``send_id`` by the facts of then: each rule,
        matched or not. Nothing is sent."""
        asked = changing(
            "/policy/explain",
            send_id=send_id,
            mailbox=mailbox,
            to=to,
            cc=cc,
            bcc=bcc,
            subject=subject,
            text=text,
            html=html,
            thread_id=thread_id,
            reply_all=reply_all,
            attachments=attachments,
            hold_for_review=hold_for_review,
        )
        return Call(asked.repeatable(), Explanation)

    @asks
    def check(self, policy: str) -> Call[PolicyCheck]:
        """Whether the words of a policy.toml mean something; nothing is put in place."""
        return Call(changing("/policy/check", policy=policy).repeatable(), PolicyCheck)
