"""What an operator says of senders that are verified here."""

import pytest
from accounts.tables import account
from pydantic import ValidationError

from postroom.accounts.account import Account
from postroom.accounts.inbound import Inbound
from postroom.settings import Operator


def test_nothing_is_verified_by_itself() -> None:
    for table in (Account.model_validate(account()), Inbound()):
        assert (table.verify, table.received_by, table.arc_trusted) == (False, (), ())
    assert Operator().name_server is None


def test_hosts_are_named_as_they_are_compared() -> None:
    said = Inbound(verify=True, received_by=(" MX.Example.com. ",), arc_trusted=("Lists.example",))
    assert (said.received_by, said.arc_trusted) == (("mx.example.com",), ("lists.example",))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("127.0.0.1", ("127.0.0.1", 53)), ("127.0.0.1:5353", ("127.0.0.1", 5353)),
        ("2001:db8::1", ("2001:db8::1", 53)), ("[2001:db8::1]", ("2001:db8::1", 53)),
        (" [2001:db8::1]:5353 ", ("2001:db8::1", 5353)),
    ],
)  # fmt: skip
def test_a_name_server_is_an_address_and_a_port(text: str, place: tuple[str, int]) -> None:
    assert Operator(resolver=text).name_server == place


@pytest.mark.parametrize(
    "text",
    ["", "ns.example.com", "127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:x", "[::1", "1.2.3.4.5"],
)
def test_what_is_no_name_server_is_told(text: str) -> None:
    with pytest.raises(ValidationError, match="is the IP address of a name server"):
        Operator(resolver=text)
