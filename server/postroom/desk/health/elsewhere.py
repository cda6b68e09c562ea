"""What `postroom doctor` says of servers elsewhere: logins, strays, lost domains, open files."""

from collections import Counter
from collections.abc import Iterator

from postroom.accounts.directory import DirectoryDomain
from postroom.accounts.domains import AccountDomain
from postroom.desk.health import inlets, tables
from postroom.desk.health.accounts import UNREAD, state_of
from postroom.desk.health.open_files import files_allowed
from postroom.desk.mailboxes import unused
from postroom.index import folders, journal, logins, mailboxes
from postroom.index.database import Connection
from postroom.model.account_answers import LoginState
from postroom.model.answers import Check
from postroom.model.mailboxes import Mailbox, MailboxStatus
from postroom.settings import Operator

DAY_SECONDS = 86_400.0

MOST_NAMED = 10
"""Logins of one mail host, domains, that are named: where all are down, their host is."""

OTHER_FILES = 64
"""What a worker opens besides: the index, the built-in server, submission, the bells."""


_UNREAD_NEXT = (
    "Where the worker began just now, look again in a minute; else see `postroom mailboxes list`."
)


def checks(con: Connection, operator: Operator, now: float, idle: str) -> list[Check]:
    """One for each account and each mail host, one for each thing else; nothing at all where
    everything is on the built-in server."""
    boxes = mailboxes.every(con)
    found = [*_accounts(con, operator, boxes, idle), *_directories(con, operator, boxes, idle)]
    found += _gone_domains(operator, boxes)
    if found:
        found += [_strays(con, now), *_files(con, operator, boxes, idle)]
    return found


def _accounts(
    con: Connection, operator: Operator, boxes: list[Mailbox], idle: str
) -> Iterator[Check]:
    for name in operator.accounts:
        if name in operator.unused_accounts:
            yield Check(
                name=f"account {name}",
                ok=False,
                says="no domain uses it: no mailbox can be made on it",
                next_step=unused.what_to_add(operator, name),
            )
            continue
        domains = _domains_of(operator, name)
        if not any(_domain(box) in domains for box in boxes):
            yield Check(name=f"account {name}", ok=True, says="no mailbox yet: nothing is read")
            continue
        row = logins.state(con, name)
        stands = state_of(row) if row else LoginState(name=name, state=UNREAD)
        yield _login(f"account {name}", stands, idle, f"Run `postroom accounts check {name}`.")


def _login(title: str, stands: LoginState, idle: str, then: str) -> Check:
    """How one login stands. While nobody receives, what it was before is no news."""
    since = f" since {stands.since}" if stands.since else ""
    detail = f": {stands.detail}" if stands.detail else ""
    if idle:
        says = f"not read now; was {stands.state}{since}{detail}"
        return Check(name=title, ok=False, says=says, because="worker")
    well = stands.state != "down"
    return Check(
        name=title,
        ok=well,
        says=f"{stands.state}{since}{detail}",
        next_step=None if well else f"It is tried again by itself. {then}",
    )


def _directories(
    con: Connection, operator: Operator, boxes: list[Mailbox], idle: str
) -> Iterator[Check]:
    """For each mail host: its table, and its logins in one line, as there may be a thousand, or its
    inlet."""
    states = {row["name"]: state_of(row) for row in logins.every(con)}
    for name, domain in operator.served.items():
        if not isinstance(domain, DirectoryDomain):
            continue
        yield tables.check(con, name, idle)
        if domain.lmtp is not None:
            yield inlets.check(con, name, domain, idle)
            continue
        own = [box for box in boxes if _domain(box) == name and box.status is MailboxStatus.LIVE]
        known = [states[box.address] for box in own if box.address in states]
        counted = Counter(one.state for one in known)
        says = (
            ", ".join(f"{count} {state}" for state, count in counted.items()) or "nothing is read"
        )
        down = [one for one in known if one.state == "down"]
        says += "".join(
            f"; {one.name} down since {one.since}: {one.detail}" for one in down[:MOST_NAMED]
        )
        unread = bool(own) and all(one.state == UNREAD for one in known)
        well = not down and not idle and not unread
        then = "They are tried again by themselves." if down else _UNREAD_NEXT
        yield Check(
            name=f"mail host {name}",
            ok=well,
            says=f"not read now; was {says}" if idle else says,
            next_step=None if well or idle else then,
            because="worker" if idle else None,
        )


def _gone_domains(operator: Operator, boxes: list[Mailbox]) -> list[Check]:
    """Mailboxes whose domain postroom.toml does not name any more."""
    gone = Counter(_domain(box) for box in boxes if _domain(box) not in operator.served)
    if not gone:
        return []
    named = ", ".join(
        f"{domain} ({count} mailbox{'' if count == 1 else 'es'})"
        for domain, count in gone.most_common(MOST_NAMED)
    )
    return [
        Check(
            name="domains",
            ok=False,
            says=f"postroom.toml does not name any more: {named}",
            next_step="Put the domain back, or delete its mailboxes with"
            " `postroom mailboxes delete`.",
        )
    ]


def _strays(con: Connection, now: float) -> Check:
    count = folders.count_strays(con, now - DAY_SECONDS)
    more = "; `postroom accounts strays` lists them" if count else ""
    return Check(name="strays", ok=True, says=f"{count} left where they lie in the last day{more}")


def _files(con: Connection, operator: Operator, boxes: list[Mailbox], idle: str) -> Iterator[Check]:
    """Each mailbox with a login of its own takes a connection; an account, as many as it may."""
    allowed = files_allowed(None if idle else journal.worker(con))
    if allowed is None:
        return
    own = {
        name
        for name, domain in operator.served.items()
        if isinstance(domain, DirectoryDomain) and domain.lmtp is None
    }
    watched = sum(_domain(box) in own for box in boxes)
    needed = watched + sum(one.connections for one in operator.accounts.values()) + OTHER_FILES
    well = allowed >= needed
    yield Check(
        name="open files",
        ok=well,
        says=f"the worker may open {allowed}, and needs about {needed}",
        next_step=None
        if well
        else "Raise its limit: `ulimit -n`, or LimitNOFILE where systemd starts it.",
    )


def _domains_of(operator: Operator, account: str) -> frozenset[str]:
    return frozenset(
        name
        for name, domain in operator.served.items()
        if isinstance(domain, AccountDomain) and domain.account == account
    )


def _domain(box: Mailbox) -> str:
    return box.address.rpartition("@")[2]
