"""What is said of a domain of one's own in postroom.toml."""

import pytest
from pydantic import ValidationError

from postroom.accounts.faults import told
from postroom.model.domain_names import ascii_domain
from postroom.settings import Operator


def fault(**said: object) -> str:
    with pytest.raises(ValidationError) as broken:
        Operator.model_validate({"dns": {"agents.example.com": said}})
    return told(broken.value)


def test_a_domain_of_ones_own_needs_no_key_at_all() -> None:
    own = Operator.model_validate({"dns": {"Agents.Example.com.": {}}}).dns["agents.example.com"]
    assert own.reports_at("agents.example.com") == "reports@agents.example.com"
    assert own.dmarc == "none"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"addresses": ["203.0.113.500"]}, "no IP address"),
        ({"addresses": ["10.0.0.1"]}, "nobody elsewhere sees mail come from there"),
        ({"addresses": ["127.0.0.1"]}, "nobody elsewhere sees mail come from there"),
        ({"addresses": ["::1"]}, "nobody elsewhere sees mail come from there"),
        ({"addresses": ["fd00::1"]}, "nobody elsewhere sees mail come from there"),
        ({"addresses": ["224.0.0.1"]}, "nobody elsewhere sees mail come from there"),
        ({"mx": ["203.0.113.5"]}, "an MX record holds no address"),
        ({"spf": ["include:"]}, "one mechanism of SPF"),
        ({"spf": ["include"]}, "one mechanism of SPF"),
        ({"spf": ["exists:"]}, "one mechanism of SPF"),
        ({"spf": ["ip4:"]}, "one mechanism of SPF"),
        ({"spf": ["ip4:2001:db8::1"]}, "one mechanism of SPF"),
        ({"spf": ["ip6:203.0.113.5"]}, "one mechanism of SPF"),
        ({"spf": ["amx"]}, "one mechanism of SPF"),
        ({"spf": ["+all"]}, "one mechanism of SPF"),
        ({"spf": ["include:a.test -all"]}, "one mechanism of SPF"),
        ({"publish": {}}, "names one way"),
        ({"publish": {"server": "ns1", "octodns": "x.yaml"}}, "names one way"),
        ({"publish": {"server": "ns1", "key": "k."}}, "a key and its secret"),
        ({"publish": {"server": "ns1:99999"}}, "a host or an address"),
        ({"imap": "203.0.113.5:993"}, "SRV records hold no addresses"),
        ({"submission": "[2001:db8::1]"}, "SRV records hold no addresses"),
        ({"dmark": "none"}, "dmarc"),
    ],
)
def test_what_means_nothing_is_told_by_its_key(said: dict[str, object], words: str) -> None:
    assert words in fault(**said)


def test_addresses_for_examples_and_every_form_of_a_mechanism_are_understood() -> None:
    every = (
        "a mx a:b.test mx:b.test/24 a/24//64 ip4:203.0.113.0/24 ip6:2001:db8::/32 include:b.test"
    )
    said = {
        "addresses": ["203.0.113.5", "192.0.2.1", "2001:db8::5", "8.8.8.8", "2606:4700::1111"],
        "spf": [*every.split(), "exists:%{i}._spf.b.test", "include:_spf.b.test"],
        "mx": ["mail.example.com"],
    }
    own = Operator.model_validate({"dns": {"agents.example": said}}).dns["agents.example"]
    assert own.model_dump(mode="json", include=set(said)) == said


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Straße.example", "xn--strae-oqa.example"),
        ("Bücher。example.", "xn--bcher-kva.example"),
        ("agents.example", "agents.example"),
    ],
)
def test_a_domain_in_another_script_is_one_domain_everywhere(said: str, name: str) -> None:
    assert list(Operator.model_validate({"dns": {said: {}}}).dns) == [name]
    assert ascii_domain(said) == name
