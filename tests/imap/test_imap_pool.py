"""Connections that are lent, kept, replaced, bounded and let go."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest
from imap.scripted_imap import PATIENCE, Peer, scripted

from postroom.imap.account import ImapLogin
from postroom.imap.connection import ImapConnection
from postroom.imap.pool import ConnectionPool
from postroom.model.errors import NotFound, PeerError, PostroomError, Unavailable


@dataclass
class Server:
    """What a server sees of a pool."""

    login: ImapLogin = field(default_factory=lambda: ImapLogin("127.0.0.1", 0, "ada", "secret"))
    connections: int = 0
    open_now: int = 0
    most_at_once: int = 0
    commands: list[str] = field(default_factory=list)
    peers: list[Peer] = field(default_factory=list)
    hang_up_at: str = ""
    """The command that it answers by hanging up."""
    silent_at: str = ""
    """The command that it does not answer."""


@asynccontextmanager
async def serving() -> AsyncIterator[Server]:
    server = Server()

    async def script(peer: Peer) -> None:
        server.connections += 1
        server.open_now += 1
        server.most_at_once = max(server.most_at_once, server.open_now)
        server.peers.append(peer)
        try:
            await converse(server, peer)
        finally:
            server.open_now -= 1

    async with scripted(script) as login:
        server.login = login
        yield server


async def converse(server: Server, peer: Peer) -> None:
    await peer.say(b"* OK [CAPABILITY IMAP4rev1] ready\r\n")
    while True:
        tag = await peer.hear()
        command = peer.rest.split()[0].decode()
        server.commands.append(command)
        if command == server.hang_up_at:
            return
        if command == server.silent_at:
            await peer.until_gone()
            return
        end = "NO" if command == "EXAMINE" else "OK [CAPABILITY IMAP4rev1]"
        await peer.say(f"{tag} {end} done\r\n".encode())
        if command == "LOGOUT":
            return


async def until(condition: Callable[[], bool]) -> None:
    """Return as soon as it holds; nothing announces what the server sees."""
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


async def use(pool: ConnectionPool, login: ImapLogin) -> ImapConnection:
    async with pool.lend(login) as connection:
        await connection.noop()
        return connection


async def test_one_connection_serves_task_after_task_and_is_ended_politely() -> None:
    async with serving() as server:
        pool = ConnectionPool()
        assert len({await use(pool, server.login) for _ in range(5)}) == 1
        await pool.close()
        assert server.connections == 1
        assert server.commands[-1] == "LOGOUT"


async def test_tasks_at_once_have_a_connection_each_and_no_more_than_allowed() -> None:
    async with serving() as server:
        pool = ConnectionPool(per_login=3)
        lent: set[ImapConnection] = set()

        async def task() -> None:
            async with pool.lend(server.login) as connection:
                assert connection not in lent
                lent.add(connection)
                await connection.noop()
                lent.discard(connection)

        await asyncio.gather(*(task() for _ in range(30)))
        assert server.most_at_once == server.connections == 3
        await pool.close()


async def test_who_waits_is_served_in_the_order_of_asking() -> None:
    async with serving() as server:
        pool = ConnectionPool(per_login=1)
        served: list[int] = []

        async def task(number: int) -> None:
            async with pool.lend(server.login) as connection:
                served.append(number)
                await connection.noop()

        await asyncio.gather(*(task(number) for number in range(10)))
        assert served == list(range(10))
        await pool.close()


async def test_one_login_that_waits_does_not_hold_up_another() -> None:
    async with serving() as slow, serving() as fast:
        pool = ConnectionPool(per_login=1, per_host=2)
        slow.silent_at = "NOOP"
        waiting = [asyncio.create_task(use(pool, slow.login)) for _ in range(5)]
        await until(lambda: "NOOP" in slow.commands)
        await asyncio.wait_for(use(pool, fast.login), 5)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        await pool.close()


async def test_a_host_has_no_more_than_allowed_whoever_logs_in() -> None:
    async with serving() as server:
        pool = ConnectionPool(per_host=2)
        users = [replace(server.login, user=f"user{number}") for number in range(8)]
        await asyncio.gather(*(use(pool, user) for user in users))
        assert server.connections == 8
        assert server.most_at_once == 2
        await pool.close()


async def test_the_longest_idle_connection_makes_room_for_another_login() -> None:
    async with serving() as server:
        pool = ConnectionPool(per_host=2)
        for user in ("a", "b", "a", "c", "a"):
            await use(pool, replace(server.login, user=user))
        assert server.connections == 3  # b's made room, a's was used lately
        await pool.close()


async def test_a_connection_is_not_lent_to_who_logs_in_otherwise() -> None:
    async with serving() as server:
        pool = ConnectionPool(per_login=1)
        first = await use(pool, server.login)
        second = await use(pool, replace(server.login, password="changed"))
        assert first is not second
        assert server.most_at_once == 1
        await pool.close()


async def test_a_kept_connection_that_the_server_ended_is_replaced() -> None:
    async with serving() as server:
        pool = ConnectionPool()
        await use(pool, server.login)
        server.peers[0].writer.write(b"* BYE idle too long\r\n")
        server.peers[0].writer.close()
        await until(lambda: server.open_now == 0)
        await use(pool, server.login)
        assert server.connections == 2
        await pool.close()


@pytest.mark.parametrize("how", ["hang_up_at", "silent_at"])
async def test_a_kept_connection_that_no_longer_answers_is_replaced(how: str) -> None:
    async with serving() as server:
        pool = ConnectionPool(check_seconds=0, timeout=PATIENCE)
        async with pool.lend(server.login):
            pass
        setattr(server, how, "NOOP")
        async with pool.lend(server.login):
            pass
        assert server.connections == 2
        await pool.close()


async def test_a_connection_survives_what_the_server_refuses() -> None:
    async with serving() as server:
        pool = ConnectionPool()
        for _ in range(3):
            with pytest.raises(NotFound):
                async with pool.lend(server.login) as connection:
                    await connection.select("No such folder")
        assert server.connections == 1
        await pool.close()


async def test_a_connection_on_which_something_broke_is_not_lent_again() -> None:
    async with serving() as server:
        pool = ConnectionPool(timeout=PATIENCE)
        server.silent_at = "NOOP"
        with pytest.raises(PeerError):
            await use(pool, server.login)
        server.silent_at = ""
        await use(pool, server.login)
        assert server.connections == 2
        await pool.close()


async def test_a_task_cancelled_amid_a_command_leaves_no_connection_behind() -> None:
    async with serving() as server:
        pool = ConnectionPool(per_login=1)
        server.silent_at = "NOOP"
        task = asyncio.create_task(use(pool, server.login))
        await until(lambda: "NOOP" in server.commands)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        server.silent_at = ""
        await use(pool, server.login)
        assert server.connections == 2
        assert server.most_at_once == 1
        await pool.close()


async def test_a_login_that_fails_frees_its_place() -> None:
    async with serving() as server:
        pool = ConnectionPool(per_login=1, per_host=1, timeout=PATIENCE)
        server.hang_up_at = "LOGIN"
        for _ in range(3):
            with pytest.raises(PostroomError):
                await use(pool, server.login)
        server.hang_up_at = ""
        await use(pool, server.login)
        await pool.close()


async def test_an_idle_connection_is_let_go_after_a_while() -> None:
    async with serving() as server:
        pool = ConnectionPool(idle_seconds=0.05)
        await use(pool, server.login)
        await until(lambda: server.open_now == 0)
        assert server.commands[-1] == "LOGOUT"
        await use(pool, server.login)
        await pool.close()


async def test_after_the_end_nothing_is_lent_and_what_is_lent_is_closed_when_it_comes_back() -> (
    None
):
    async with serving() as server:
        pool = ConnectionPool()
        async with pool.lend(server.login) as connection:
            await pool.close()
            assert not await connection.noop()
            with pytest.raises(Unavailable):
                await use(pool, server.login)
        await until(lambda: server.open_now == 0)
        await pool.close()
        await pool.close()


async def test_who_waits_at_the_end_is_told() -> None:
    async with serving() as server:
        pool = ConnectionPool(per_login=1)
        async with pool.lend(server.login):
            waiting = asyncio.create_task(use(pool, server.login))
            await asyncio.sleep(0)
            await pool.close()
        with pytest.raises(Unavailable):
            await waiting
        await pool.close()


async def test_the_built_in_server_lends_as_well(login: ImapLogin) -> None:
    pool = ConnectionPool(check_seconds=0)
    for _ in range(3):
        async with pool.lend(login) as connection:
            await connection.append("INBOX", b"Subject: s\r\n\r\n")
    async with pool.lend(login) as connection:
        assert (await connection.select("INBOX")).exists == 3
    await pool.close()
