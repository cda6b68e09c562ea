"""One page of a thread: what of it fits into a number of tokens.

    first     the newest message (on a later page: what comes next), in part where it must be
    then      the thread's oldest message, if there is room: it says what all is about
    then      the others, from the newest down, each whole

Quotes go before words do, and lists of people and files before a message goes. The whole answer
counts, with every field and bracket. The same thread gives the same page.
"""

from dataclasses import dataclass
from functools import partial

from postroom.desk.cursors import ThreadPlace
from postroom.desk.threads import views
from postroom.desk.threads.budget import (
    FEWEST_WORDS,
    MOST_CHARS,
    cost,
    cost_of_words,
    cut,
    fits,
    surely_fit,
)
from postroom.desk.threads.people import People, Told
from postroom.index import reading
from postroom.index.database import Connection, Row
from postroom.model.answers import MessageView, PersonView

MAX_MESSAGES = 200
"""Messages looked at for one page."""

SHARE_OF_OLDEST = 3
"""The oldest message gets at most one part in so many of what the newest leaves."""

FEWER = (views.MAX_SHOWN, views.MAX_SHOWN_BRIEFLY, 3, 0)
"""People and files listed with a message: the fewer, the less room there is."""

LONGEST_ADDRESS = 40
"""Characters of an address where there is no room for longer ones."""

MANY = 99_999
"""Characters of a message that have been shown, when it comes to how long a cursor may be."""

SLACK = 8
"""Tokens kept free: the parts of an answer may cost a few less than the whole."""

LIKELY_CHARS = 5
"""Characters of a thread's words for each token: with more they need not be tried as a whole."""

FEW_TOKENS = 600
"""Below this, names and long addresses would take the room of words."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A message on the page, and how far its words have been shown."""

    row: Row
    told: Told
    end: int
    whole: bool


class Page:
    """A page of a thread, filled."""

    def __init__(
        self,
        con: Connection,
        conversation: Row,
        place: ThreadPlace,
        include_quoted: bool,
    ) -> None:
        self.thread_id = thread_id = int(conversation["thread_id"])
        self._place = place
        self._quoted = include_quoted
        rows = reading.messages_down_from(con, thread_id, place.mail_id, MAX_MESSAGES + 1)
        self._beyond = rows[MAX_MESSAGES] if len(rows) > MAX_MESSAGES else None
        self._rows = [row for row in rows[:MAX_MESSAGES] if not place.has_shown(row["mail_id"])]
        self._oldest = None if place.goes_on else reading.oldest_message(con, thread_id)
        reached = {row["mail_id"] for row in rows}
        oldest = [one for one in [self._oldest] if one and one["mail_id"] not in reached]
        hidden = reading.blind_copies(con, thread_id)
        self._who = People(conversation, [*rows, *oldest], hidden)
        self._longest_address: int | None = None
        self._shown: dict[int, Shown] = {}
        self._left = 0
        self._fewest = FEWEST_WORDS

    @property
    def messages(self) -> tuple[MessageView, ...]:
        """What is on it, the oldest first."""
        in_order = sorted(self._shown.values(), key=lambda one: (one.row["at"], one.row["mail_id"]))
        return tuple(one.told.view for one in in_order)

    @property
    def people(self) -> tuple[PersonView, ...]:
        """Whom those messages are from and for."""
        named = {id for one in self._shown.values() for id in one.told.named}
        return self._who.listed(named, self._longest_address)

    @property
    def group(self) -> tuple[str, ...]:
        """Whom those that name nobody went to; empty where each names its own."""
        return self._who.group if any(one.told.to_group for one in self._shown.values()) else ()

    @property
    def newest_position(self) -> int:
        """The position of the newest message on it; 0 for none."""
        return max((one.row["position"] for one in self._shown.values()), default=0)

    @property
    def end(self) -> ThreadPlace | None:
        """Where the next page begins; None where there is none."""
        rest = [row for row in self._rows if not self._is_whole(row)]
        row = rest[0] if rest else self._beyond
        if row is None:
            return None
        first, shown = self._place.first, self._place.first_shown
        taken = self._shown.get(self._oldest["mail_id"]) if self._oldest is not None else None
        if taken is not None and row["mail_id"] != taken.row["mail_id"]:
            first, shown = taken.row["mail_id"], 0 if taken.whole else taken.end
        cut_off = self._shown.get(row["mail_id"])
        return ThreadPlace(
            row["mail_id"], cut_off.end if cut_off else self._begin(row), first, shown
        )

    @property
    def oldest_is_apart(self) -> bool:
        """Whether the thread's oldest message is on it, and others between it and the rest not."""
        end = self.end
        return end is not None and end.first != 0 and end.first in self._shown

    def take_all(self, tokens: int) -> bool:
        """Whether everything that is left fits into ``tokens``, and is on the page now."""
        if self._beyond is not None:
            return False
        left, chars = tokens - SLACK, tokens * LIKELY_CHARS
        for row in self._rows:
            begin = self._begin(row)
            text = views.words(row, include_quoted=self._quoted)[begin:]
            chars -= len(text)
            if chars < 0:
                break
            told = self._told(row, text, left_out=_said(begin, 0), most=views.MAX_SHOWN)
            self._shown[row["mail_id"]] = Shown(row, told, begin + len(text), whole=True)
        else:
            parts = (*self.messages, *self.people)
            left -= _price_of_group(self.group)
            if surely_fit(parts, left) or sum(map(cost, parts)) <= left:
                return True
        self._shown.clear()
        return False

    def take_most(self, tokens: int) -> None:
        """Take as much as fits into ``tokens``, people included; what was taken before goes."""
        self._shown.clear()
        self._left = tokens - SLACK
        self._fewest = min(FEWEST_WORDS, tokens // 8)
        self._longest_address = LONGEST_ADDRESS if tokens < FEW_TOKENS else None
        if not self._rows:
            return
        newest, *others = self._rows
        self._take_in_part(newest, self._left)
        if not self._is_whole(newest):
            return
        if self._oldest is not None and self._is_far(self._oldest, others):
            room = self._left // SHARE_OF_OLDEST
            if room > 3 * FEWEST_WORDS:
                self._take_in_part(self._oldest, room)
        for row in others:
            if row["mail_id"] in self._shown or not self._take_whole(row):
                break

    @property
    def longest_end(self) -> ThreadPlace:
        """A place whose cursor is as long as the next page's can be."""
        return ThreadPlace(*[self._rows[0]["mail_id"], MANY] * 2) if self._rows else self._place

    def give_back(self) -> bool:
        """Whether the last message taken could be taken off again; one stays."""
        if len(self._shown) < 2:
            return False
        self._shown.popitem()
        return True

    def _is_far(self, oldest: Row, others: list[Row]) -> bool:
        """Whether the oldest message does not just come next."""
        return bool(others) and others[0]["mail_id"] != oldest["mail_id"]

    def _is_whole(self, row: Row) -> bool:
        taken = self._shown.get(row["mail_id"])
        return taken is not None and taken.whole

    def _begin(self, row: Row) -> int:
        """How many characters of a message's words the pages before have shown."""
        at, first = self._place.mail_id, self._place.first
        offset = self._place.offset if row["mail_id"] == at else 0
        return max(offset, self._place.first_shown if row["mail_id"] == first else 0)

    def _take_whole(self, row: Row) -> bool:
        """Whether a message fits as it is; without what it quotes, if it must."""
        begin = self._begin(row)
        for quoted in (True, False) if self._quoted and not begin else (self._quoted,):
            text = views.words(row, include_quoted=quoted)[begin:]
            said = _said(begin, 0, quotes=self._quoted and not quoted)
            most = self._most(row, said)
            if most is None or len(text) > self._left * MOST_CHARS:
                continue
            told = self._told(row, text, left_out=said, most=most)
            price = self._price(told)
            if price <= self._left:
                self._add(Shown(row, told, begin + len(text), whole=True), price)
                return True
        return False

    def _take_in_part(self, row: Row, room: int) -> None:
        """Take a message whole if it fits into ``room``, else as much of it as does."""
        kept, self._left = self._left - room, room
        if not self._take_whole(row):
            self._take_beginning(row)
        self._left += kept

    def _take_beginning(self, row: Row) -> None:
        begin = self._begin(row)
        text = views.words(row, include_quoted=self._quoted)
        longest = _said(begin, len(text))
        most = self._most(row, longest)
        show = self._least if most is None else partial(self._told, most=most)
        if most is None:
            self._longest_address = LONGEST_ADDRESS
        room = self._left - self._price(show(row, "", left_out=longest))
        rest = text[begin:]
        words = rest if fits(rest, room) else cut(rest, max(room, 1))
        end = begin + len(words)
        told = show(row, words, left_out=_said(begin, max(len(text) - end, 0)))
        self._add(Shown(row, told, end, whole=end >= len(text)), self._price(told))

    def _most(self, row: Row, said: str | None) -> int | None:
        """How many people and files can be listed with a message; None where not even its other
        fields leave room for words."""
        for most in FEWER:
            bare = self._told(row, "", left_out=said, most=most)
            if self._price(bare) + self._fewest <= self._left:
                return most
        return None

    def _told(self, row: Row, text: str, *, left_out: str | None, most: int) -> Told:
        if self._begin(row):
            return self._who.from_its_sender(views.rest(row, text, left_out), row)
        beyond = self._who.beyond(row, most)
        view = views.message(row, text, left_out=left_out, most=most, recipients=beyond)
        return self._who.in_thread(view, row, most)

    def _least(self, row: Row, text: str, *, left_out: str | None) -> Told:
        view = self._told(row, text, left_out=left_out, most=0).view
        return self._who.from_its_sender(views.least(view), row)

    def _price(self, told: Told) -> int:
        """What a message costs, with whom it brings onto the page."""
        listed = {id for one in self._shown.values() for id in one.told.named}
        new = set(told.named) - listed
        people = self._who.listed(new, self._longest_address) if new else ()
        group = self._who.group if told.to_group and not self.group else ()
        return cost(told.view) + sum(map(cost, people)) + _price_of_group(group)

    def _add(self, shown: Shown, price: int) -> None:
        self._left -= price
        self._shown[shown.row["mail_id"]] = shown


def _price_of_group(group: tuple[str, ...]) -> int:
    return cost_of_words(" ".join(group)) + 3 * len(group) + 3 if group else 0


def _said(before: int, behind: int, *, quotes: bool = False) -> str | None:
    """What of a message's words is not on this page."""
    parts = []
    if before:
        parts.append(f"{before} characters before, {behind} behind")
    elif behind:
        parts.append(f"the last {behind} characters")
    if quotes:
        parts.append("what it quotes")
    return " and ".join(parts) or None
