"""A mail host on each kind of database."""

import pytest
from servers.mail_host import MailHost


@pytest.fixture(params=["sqlite", "postgresql"])
def host(request: pytest.FixtureRequest) -> MailHost:
    """Postfix and Dovecot as they are printed, on either database."""
    name = "mail_host" if request.param == "sqlite" else "postgres_mail_host"
    found: MailHost = request.getfixturevalue(name)
    return found
