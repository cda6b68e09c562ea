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
