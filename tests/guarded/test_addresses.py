"""Which addresses are nobody's business, however they are written."""

from ipaddress import ip_address

import pytest

from postroom.guarded.addresses import Kind, kind_of
from postroom.guarded.listed import listed


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("127.0.0.1", Kind.LOOPBACK),
        ("127.255.255.254", Kind.LOOPBACK),
        ("::1", Kind.LOOPBACK),
        ("10.0.0.1", Kind.PRIVATE),
        ("172.31.255.255", Kind.PRIVATE),
        ("192.168.1.1", Kind.PRIVATE),
        ("fd12:3456::1", Kind.PRIVATE),
        ("fec0::1", Kind.PRIVATE),
        ("64:ff9b:1::a00:1", Kind.PRIVATE),
        ("169.254.1.1", Kind.LINK_LOCAL),
        ("fe80::1", Kind.LINK_LOCAL),
        ("fe80::1%1", Kind.LINK_LOCAL),
        ("100.64.0.1", Kind.SHARED),
        ("100.127.255.255", Kind.SHARED),
        ("169.254.169.254", Kind.METADATA),
        ("fd00:ec2::254", Kind.METADATA),
        ("168.63.129.16", Kind.METADATA),
        ("::ffff:169.254.169.254", Kind.METADATA),
        ("64:ff9b::a9fe:a9fe", Kind.METADATA),
        ("0.0.0.0", Kind.UNSPECIFIED),
        ("0.1.2.3", Kind.UNSPECIFIED),
        ("::", Kind.UNSPECIFIED),
        ("224.0.0.1", Kind.MULTICAST),
        ("ff02::1", Kind.MULTICAST),
        ("240.0.0.1", Kind.RESERVED),
        ("255.255.255.255", Kind.RESERVED),
        ("192.0.2.1", Kind.RESERVED),
        ("198.19.0.1", Kind.RESERVED),
        ("2001:db8::1", Kind.RESERVED),
        ("3fff::1", Kind.RESERVED),
        ("100::1", Kind.RESERVED),
        ("5f00::1", Kind.RESERVED),
        ("::ffff:10.0.0.1", Kind.PRIVATE),
        ("::ffff:127.0.0.1", Kind.LOOPBACK),
        ("::127.0.0.1", Kind.TUNNEL),
        ("::8.8.8.8", Kind.TUNNEL),
        ("2002:7f00:1::", Kind.TUNNEL),
        ("2001:0:7f00:1::", Kind.TUNNEL),
        ("2a00:1450:4001:80b:0:5efe:7f00:1", Kind.TUNNEL),
        ("64:ff9b::7f00:1", Kind.LOOPBACK),
        ("8.8.8.8", None),
        ("172.32.0.1", None),
        ("100.63.255.255", None),
        ("100.128.0.1", None),
        ("::ffff:8.8.8.8", None),
        ("64:ff9b::808:808", None),
        ("2a00:1450:4001:80b::200e", None),
        ("2606:4700::1111", None),
    ],
)
def test_an_address_is_of_its_kind(written: str, kind: Kind | None) -> None:
    assert kind_of(ip_address(written)) is kind


def test_a_list_opens_a_place_at_its_port_alone() -> None:
    allowed = listed(["hooks.internal", "10.1.0.0/16:8443", "[fd00::/8]:8443", "fe80::/10"])
    ten, other = ip_address("10.1.2.3"), ip_address("10.2.2.3")
    assert allowed.opens("hooks.internal", other, 443)
    assert not allowed.opens("hooks.internal", other, 8443)
    assert not allowed.opens("a.hooks.internal", other, 443)
    assert allowed.opens("a.example", ten, 8443)
    assert allowed.opens("a.example", ip_address("::ffff:10.1.2.3"), 8443)
    assert allowed.opens("a.example", ip_address("fd00::1"), 8443)
    assert allowed.opens("a.example", ip_address("fe80::1"), 443)
    assert not allowed.opens("a.example", ten, 443)
    assert not allowed.opens("a.example", other, 8443)


def test_no_list_opens_what_gives_out_credentials() -> None:
    allowed = listed(["169.254.0.0/16", "metadata.internal", "0.0.0.0/0"])
    for each in ("169.254.169.254", "0.0.0.0", "224.0.0.1"):
        assert not allowed.opens("metadata.internal", ip_address(each), 443)


@pytest.mark.parametrize(
    "entry", ["", "a b", "https://a.example", "*.a.example", "10.0.0.1/8", "a.example:0", "a:99999"]
)
def test_what_is_neither_host_nor_network_is_told(entry: str) -> None:
    with pytest.raises(ValueError, match=r"neither|port"):
        listed([entry])
