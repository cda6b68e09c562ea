"""A mail host on each kind of database."""

from collections.abc import Iterator

import pytest
from servers.mail_host import MailHost
from servers.postfix import running_mail_host
from servers.postgres import Postgres


@pytest.fixture(scope="session")
def postgres_mail_host(postgres: Postgres) -> Iterator[MailHost]:
    made = postgres.directory()
    with running_mail_host(table=made.table, database=made.database) as host:
        yield host


@pytest.fixture(params=["sqlite", "postgresql"])
def host(request: pytest.FixtureRequest) -> MailHost:
    """Postfix and Dovecot as they are printed, on either database."""
    name = "mail_host" if request.param == "sqlite" else "postgres_mail_host"
    found: MailHost = request.getfixturevalue(name)
    return found
