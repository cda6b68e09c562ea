"""Whatever an endpoint answers, and whenever the worker dies: every event comes, and those of one
conversation come in order."""

import random
from collections import defaultdict
from dataclasses import dataclass, field, replace

import pytest

from postroom.index.events import Told
from postroom.model.callers import operator
from postroom.model.event_answers import MessageReceived
from postroom.model.event_filters import About
from postroom.model.webhooks import Hears, Lane, Webhook, WebhookStatus
from postroom.work.webhooks.conversations import Conversation
from postroom.work.webhooks.endpoint import MOST_AHEAD, MOST_BEHIND, Endpoint
from postroom.work.webhooks.posting import Answered

STEP = 7
DAY = 86_400.0

NEW = Webhook(
    id=1, public_id="w_1", url="https://x.example", hears=Hears(owner=operator()), note="",
    created_at=0, status=WebhookStatus.ACTIVE, status_at=0, reason="", generation=0, position=0,
    failures=0, failing_since=None, next_at=None, delivered_at=None, attempts=0,
)  # fmt: skip


def told(position: int, thread: str) -> Told:
    event = MessageReceived(
        id=str(position), at="", mailbox="a@b.test", thread_id=thread, message_id="m_1"
    )
    return Told(position, event, About(event.type, mailbox="a@b.test", thread_ids=(thread,)))


@dataclass
class World:
    """A journal, what of an endpoint is on disk, what it was told, and chance."""

    chance: random.Random
    journal: list[Told]
    disk: tuple[Webhook, dict[str, Lane]] = (NEW, {})
    came: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    order: list[int] = field(default_factory=list)
    """What was told, in order."""
    now: float = 0.0

    def __post_init__(self) -> None:
        self.wake()

    def wake(self) -> None:
        """A worker begins with what is on disk."""
        hook, lanes = self.disk
        self.endpoint = Endpoint(hook, lanes.values(), ())
        self.flying: list[Conversation] = []

    def behind(self, after: int) -> tuple[list[Told], int]:
        """A piece of the journal, and how far it was read."""
        found = [each for each in self.journal if after < each.position <= after + STEP]
        return found, min(after + STEP, max(len(self.journal), after))

    def write(self) -> None:
        news = self.endpoint.take_news()
        lanes = {n: lane for n, lane in self.disk[1].items() if n not in news.caught_up}
        assert news.hook is not None
        self.disk = news.hook, lanes | {lane.name: lane for lane in news.behind}

    def step(self, answers: list[int | None]) -> None:
        """One of the things that happen."""
        endpoint, chance = self.endpoint, self.chance
        if endpoint.takes_more(self.now):
            endpoint.offer(*self.behind(endpoint.seen))
        if (talk := endpoint.to_catch_up(self.now)) is not None:
            endpoint.catch_up(talk, *self.behind(talk.read_to))
        while (ready := endpoint.next_to_go(self.now)) is not None:
            endpoint.begin(ready)
            self.flying.append(ready)
        if self.flying and chance.random() < 0.8:
            self.land(self.flying.pop(chance.randrange(len(self.flying))), chance.choice(answers))
        if chance.random() < 0.3:
            self.write()
        if chance.random() < 0.5:
            self.now += chance.choice((1.0, 30.0, 3_000.0))

    def depart(self) -> Conversation:
        """What goes next is on its way."""
        talk = self.endpoint.next_to_go(self.now)
        assert talk is not None
        self.endpoint.begin(talk)
        return talk

    def land(self, talk: Conversation, status: int | None) -> None:
        assert talk.current is not None
        if status is None and self.chance.random() < 0.5:  # it came, and the answer was lost
            self.came[talk.name].append(talk.current.position)
        if status == 200:
            self.came[talk.name].append(talk.current.position)
            self.order.append(talk.current.position)
        self.endpoint.end(talk, Answered(status, 1), self.now)

    @property
    def is_done(self) -> bool:
        self.write()
        return self.disk[0].position == len(self.journal) and not self.disk[1]


@pytest.mark.parametrize("seed", range(60))
def test_every_event_comes_and_in_the_order_of_its_conversation(seed: int) -> None:
    chance = random.Random(seed)
    threads = [f"t_{number}" for number in range(chance.choice((1, 3, 20)))]
    journal = [told(n, chance.choice(threads)) for n in range(1, chance.choice((20, 150)))]
    world = World(chance, journal)
    sorts: list[list[int | None]] = [[200], [200, 200, 500], [200, None], [200, 500, None, 429]]
    answers = chance.choice(sorts)
    for _ in range(40):
        world.step(answers)
        if chance.random() < 0.1:
            world.wake()  # killed: what was in flight and what was not written is lost
    for _ in range(5_000):
        if world.is_done:
            break
        world.step([200])
    assert world.is_done
    for thread in {each.about.thread_ids[0] for each in journal}:  # type: ignore[index]
        own = [each.position for each in journal if thread in each.about.thread_ids]
        assert list(dict.fromkeys(world.came[thread])) == own


def test_memory_is_bounded_where_nothing_gets_through() -> None:
    world = World(random.Random(0), [told(n, f"t_{n}") for n in range(1, 2_000)])
    for _ in range(3_000):
        world.step([500])
    world.write()
    hook, lanes = world.disk
    assert hook.status is WebhookStatus.PARKED
    assert len(lanes) <= MOST_BEHIND + 2
    assert world.endpoint.seen <= MOST_AHEAD + STEP


@pytest.mark.parametrize("status", [None, 503])
def test_an_event_of_a_conversation_that_joined_another_comes_though_that_is_being_told(
    status: int | None,
) -> None:
    """A try fails, and its thread joins one whose later event is on its way."""
    world = World(random.Random(0), [told(1, "t_a"), told(2, "t_b"), told(3, "t_a")])
    world.endpoint.offer(*world.behind(0))
    first, second = world.depart(), world.depart()
    world.land(first, status)
    world.journal = [
        replace(one, about=replace(one.about, thread_ids=("t_b", "t_a"))) for one in world.journal
    ]
    world.now += 30.0
    world.endpoint.offer(*world.behind(world.endpoint.seen))
    world.land(second, 200)
    for _ in range(5_000):
        if world.is_done:
            break
        world.step([200])
    assert world.is_done
    assert {each for came in world.came.values() for each in came} == {1, 2, 3}


def test_conversations_that_are_behind_and_join_are_told_in_order_and_once() -> None:
    world = World(random.Random(0), [told(1, "t_a"), told(2, "t_b")])
    world.endpoint.offer(*world.behind(0))
    for talk in (world.depart(), world.depart()):
        world.land(talk, 500)
    world.write()
    world.journal = [
        replace(one, about=replace(one.about, thread_ids=("t_b", "t_a")))
        for one in (*world.journal, told(3, "t_b"), told(4, "t_b"), told(5, "t_b"))
    ]
    for _ in range(5_000):
        if world.is_done:
            break
        world.step([200])
    assert world.is_done
    assert world.order == [1, 2, 3, 4, 5]
