"""A message told alone, with what is new in it, within so many tokens."""

from functools import partial

from postroom.desk.threads import views
from postroom.desk.threads.budget import FEWEST_WORDS, MOST_CHARS, cost, cut, fits, surely_fit
from postroom.index import threads
from postroom.index.database import Connection, Row
from postroom.model.answers import MessageView


def alone(con: Connection, row: Row, tokens: int) -> MessageView:
    """A message within ``tokens``: the less room, the fewer of its people and files."""
    thread_id = threads.public_id(con, row["thread_id"])
    text = views.words(row, include_quoted=False)
    whole = views.brief(row, text, thread_id=thread_id)
    if len(text) <= tokens * MOST_CHARS and (surely_fit([whole], tokens) or cost(whole) <= tokens):
        return whole
    brief = partial(views.brief, row, thread_id=thread_id)
    for most in (views.MAX_SHOWN_BRIEFLY, 3, 0):
        room = tokens - cost(brief(text="", whole=False, most=most))
        if room >= FEWEST_WORDS:
            break
    else:
        room = tokens - cost(views.least(brief(text="", whole=False, most=0)))
    shown = text if fits(text, room) else cut(text, max(room, 1))
    view = brief(text=shown, whole=len(shown) == len(text), most=most)
    return view if cost(view) <= tokens else views.least(view)
