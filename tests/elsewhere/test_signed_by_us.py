"""Mail that we sign, as it lies in a mailbox elsewhere after Postfix and Dovecot have had it."""

from own_keys import signatures, with_keys
from rooms import Agent, rows
from servers.opendkim import verdicts

from postroom.build import PostRoom
from postroom.index.database import Connection

TEXT = "Grüße, in  Blanks.   \n\n.\n.. dots\nFrom here\n" + "long " * 400 + "\n\n\n"


async def test_what_arrives_through_postfix_and_dovecot_verifies_and_is_there_once(
    hosted: PostRoom,
) -> None:
    keys = await with_keys(hosted, hosted.settings.operator.domain)
    ada, ben = await Agent(hosted, "ada").open(), await Agent(hosted, "ben").open()
    await ada.send(TEXT, ben.address, subject="Überschrift, die lang ist, " * 5)
    await ben.wait()
    (mail,) = await hosted.index.read(arrived)
    assert [each["a"] for each in signatures(mail)] == ["rsa-sha256", "ed25519-sha256"]
    (found,) = verdicts([mail], {key.name: key.record for key in keys})
    assert found == {key.selector: "pass" for key in keys}
    answered = await ben.send("An answer.", thread_id=await thread_of(ben))
    assert answered.status == "sent"
    await ada.wait()
    written_and_received = await hosted.index.read(lambda con: rows(con, "SELECT id FROM mail"))
    assert len(written_and_received) == 4


def arrived(con: Connection) -> list[bytes]:
    asked = "SELECT raw.bytes FROM raw JOIN messages USING (mail_id) WHERE direction = 'received'"
    return [bytes(row[0]) for row in con.execute(asked)]


async def thread_of(agent: Agent) -> str:
    page = await agent.room.desk.reading.threads(agent.caller)
    return page.threads[0].thread_id
