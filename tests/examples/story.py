"""The story that each example tells: a customer writes, and the support agent answers; what it may
not promise by itself, a person lets go."""

import asyncio
from pathlib import Path

from cli.shell import Program
from examples.running import Speaking
from served import Served
from servers.postroom_processes import PATIENCE, ask, eventually

from postroom.client import Postroom
from postroom.model.answers import SendAnswer, WaitAnswer

SUPPORT, BEN = "support-agent-01@agents.localhost", "ben@agents.localhost"


def tell(room: Served, ben: Postroom, agent: Speaking, person: Program) -> None:
    """A program that answers mail is told all of it, and does what its page says."""
    agent.says(f"{SUPPORT} waits for mail.")
    sleeps(room.home, 2)
    asked = ben.messages.send(mailbox=BEN, to=SUPPORT, subject="Order 17", text="Where is it?")
    agent.says("Woken; the model was asked 0 times until now.")
    answer = answered(ben, asked)
    assert answer.messages[0].untrusted_text == (
        "Your order left us this morning and is with you tomorrow."
    )
    assert answer.messages[0].thread_id == asked.thread_id
    agent.says("Asleep; the model was asked 3 times.")

    sleeps(room.home, 1)
    claim = ben.messages.send(thread_id=asked.thread_id, text="It is late: I want my money back.")
    agent.says("Woken; the model was asked 3 times until now.")
    agent.says("The agent: My answer is held.")
    agent.says("Asleep; the model was asked 6 times.")
    assert answered(ben, claim, seconds=0).outcome == "timeout"

    approve(person, "Go on.")
    agent.says("approved: Go on.")
    back = answered(ben, claim)
    assert back.messages[0].untrusted_text == "You get your money back within a week."
    assert len(ben.threads.get(asked.thread_id).messages) == 4


def answered(ben: Postroom, sent: SendAnswer, seconds: float = PATIENCE) -> WaitAnswer:
    return ben.messages.wait(thread_id=sent.thread_id, after=sent.after, timeout_seconds=seconds)


def sleeps(home: Path, times: int) -> None:
    """Come back when the agent has waited in vain so many times in a row."""
    vain = "SELECT 1 FROM acknowledged WHERE agent LIKE '%support' AND timeouts >= ?"
    asyncio.run(eventually(lambda: ask(home, vain, times)))


def approve(person: Program, note: str) -> None:
    """What a person does at the command line with what waits for them."""
    secret = person.person / "secret"
    secret.write_text("correct horse battery\n", encoding="utf-8")
    person("operator", "passphrase", "--new-passphrase-file", str(secret))
    (held,) = person("approvals", "list", "--json").json["sends"]
    shown = person("approvals", "show", held["send_id"], "--json").json
    assert shown["agents_reason"] == "It promises money."
    done = person(
        "approvals", "approve", held["send_id"], "--hash", shown["hash"], "--note", note,
        "--passphrase-file", str(secret),
    )  # fmt: skip
    assert done.code == 0, done.err
