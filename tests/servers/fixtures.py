"""Real servers that any test may ask for by name; each is started once a run, by who asks first.

Tests share them: take a mailbox of your own (`host.new("ada")`), and change nothing for others.
A test that needs a host set up otherwise starts its own with `running_mail_host(...)`.
"""

from collections.abc import Iterator

import pytest
from servers.dovecot import running_dovecot
from servers.knot import Knot, running_knot
from servers.mail_host import MailHost
from servers.postfix import running_mail_host, running_postfix
from servers.postgres import Postgres, running_postgres

__all__ = ["dovecot", "knot", "mail_host", "postgres", "postgres_mail_host"]


@pytest.fixture(scope="session")
def dovecot() -> Iterator[MailHost]:
    """A host with Dovecot on it: IMAP, and LMTP to put mail there (`host.deliver`)."""
    with running_dovecot() as host:
        yield host


@pytest.fixture(scope="session")
def mail_host(dovecot: MailHost) -> Iterator[MailHost]:
    """The same host with Postfix on it as well: submission, and SMTP for mail from elsewhere."""
    with running_postfix(dovecot) as host:
        yield host


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server; `postgres.directory()` makes a database with the printed table in it."""
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_mail_host(postgres: Postgres) -> Iterator[MailHost]:
    """As `mail_host`, with its mailboxes in PostgreSQL."""
    made = postgres.directory()
    with running_mail_host(table=made.table, database=made.database) as host:
        yield host


@pytest.fixture(scope="session")
def knot() -> Iterator[Knot]:
    """An authoritative DNS server; `knot.serve(zone, records)` gives it a zone of a test's own."""
    with running_knot() as server:
        yield server
