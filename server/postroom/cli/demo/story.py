"""What the two agents do, in order; each step is checked, so that the demo cannot pretend."""

import asyncio
from collections.abc import Callable
from typing import Any

from postroom.cli.demo import scene
from postroom.cli.demo.agent import Agent
from postroom.cli.demo.step import DemoFailed, Step

Tell = Callable[[Step], None]


class Story:
    """Ada asks, Ben answers, Ada sends a file."""

    def __init__(self, ada: Agent, ben: Agent, tell: Tell) -> None:
        self._ada = ada
        self._ben = ben
        self._tell = tell

    async def play(self) -> tuple[str, str]:
        """The addresses of the two; each step is told once it is done.

        Raises:
            DemoFailed: a step came out differently than it should.
        """
        mine, yours = await self._move_in(self._ada), await self._move_in(self._ben)
        asked = await self._ask(mine, yours)
        letter = await self._receive_question(yours)
        answered = await self._answer(asked, letter)
        await self._read(asked["thread_id"])
        await self._send_file(asked["thread_id"])
        await self._open_file(answered)
        return mine, yours

    async def _move_in(self, agent: Agent) -> str:
        answer, ms = await agent.call(
            "create_mailbox", username=agent.name, display_name=agent.name.title()
        )
        address = str(answer["address"])
        _check(answer["status"] == "live", f"the mailbox of {agent.name} is not live")
        self._tell(Step(agent.name, "create_mailbox", f"{address} is live", ms, answer))
        return address

    async def _ask(self, mine: str, yours: str) -> dict[str, Any]:
        return await self._send(
            self._ada, scene.QUESTION, mailbox=mine, to=yours, subject=scene.SUBJECT
        )

    async def _receive_question(self, yours: str) -> dict[str, Any]:
        answer, ms = await self._ben.call("wait_for_reply", mailbox=yours, timeout_seconds=10)
        letter = _only_message(answer)
        _check(scene.ASKED_FOR in letter["untrusted_text"], "Ben did not get Ada's words")
        self._told_wait(self._ben, answer, ms, letter)
        return letter

    async def _answer(self, asked: dict[str, Any], letter: dict[str, Any]) -> dict[str, Any]:
        """Ada waits before Ben writes, as an agent does that has nothing else to do."""
        waiting = asyncio.create_task(
            self._ada.call(
                "wait_for_reply",
                thread_id=asked["thread_id"],
                after=asked["after"],
                timeout_seconds=10,
            )
        )
        try:
            text = scene.quoting(
                scene.ANSWER, letter["from"], letter["date"], letter["untrusted_text"]
            )
            answered = await self._send(self._ben, text, thread_id=letter["thread_id"])
            answer, ms = await waiting
        finally:
            waiting.cancel()
        reply = _only_message(answer)
        _check(reply["thread_id"] == asked["thread_id"], "the reply is not in Ada's thread")
        words = reply["untrusted_text"]
        _check("40,000" in words, "Ada did not get Ben's words")
        _check(scene.ASKED_FOR not in words, "Ada's own words came back as Ben's")
        self._told_wait(self._ada, answer, ms, reply)
        return answered

    async def _read(self, thread_id: str) -> None:
        answer, ms = await self._ada.call("get_thread", thread_id=thread_id)
        count = len(answer["messages"])
        _check(count == 2, f"the thread has {count} messages, and not 2")
        says = f"{count} messages, each with its new words only"
        self._tell(Step(self._ada.name, "get_thread", says, ms, answer))

    async def _send_file(self, thread_id: str) -> None:
        file = {"filename": scene.FILE_NAME, "text": scene.FILE}
        await self._send(self._ada, scene.THANKS, thread_id=thread_id, attachments=[file])

    async def _open_file(self, answered: dict[str, Any]) -> None:
        answer, ms = await self._ben.call(
            "wait_for_reply",
            thread_id=answered["thread_id"],
            after=answered["after"],
            timeout_seconds=10,
        )
        letter = _only_message(answer)
        files = letter.get("attachments", [])
        _check(len(files) == 1, f"{len(files)} files came, and not one")
        self._told_wait(self._ben, answer, ms, letter)
        id = files[0]["attachment_id"]
        read, ms = await self._ben.call("read_attachment", attachment_id=id)
        text = read.get("untrusted_text", "").replace("\r\n", "\n")
        _check(text.strip() == scene.FILE.strip(), "the file did not arrive as it was sent")
        says = f"{read['untrusted_filename']}, {read['size']} bytes"
        self._tell(Step(self._ben.name, "read_attachment", says, ms, read, words=text))

    async def _send(self, agent: Agent, text: str, **arguments: Any) -> dict[str, Any]:
        answer, ms = await agent.call("send_email", text=text, **arguments)
        reason = answer.get("reason", "no reason told")
        _check(answer["status"] == "sent", f"a mail is {answer['status']}: {reason}")
        says = f"{answer['status']} to {', '.join(answer['recipients'])}"
        step = Step(
            agent.name, "send_email", says, ms, answer, text, str(arguments.get("subject", ""))
        )
        self._tell(step)
        return answer

    def _told_wait(
        self, agent: Agent, answer: dict[str, Any], ms: float, message: dict[str, Any]
    ) -> None:
        says = f"{answer['outcome']} from {message['from']}"
        words = message["untrusted_text"]
        self._tell(Step(agent.name, "wait_for_reply", says, ms, answer, words))


def _only_message(answer: dict[str, Any]) -> dict[str, Any]:
    outcome, messages = answer["outcome"], answer.get("messages", [])
    _check(outcome == "reply", f"a wait ended with {outcome}")
    _check(len(messages) == 1, f"a wait brought {len(messages)} messages, and not one")
    return dict(messages[0])


def _check(is_so: bool, otherwise: str) -> None:
    if not is_so:
        raise DemoFailed(f"The demo is not as it should be: {otherwise}.")
