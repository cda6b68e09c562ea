"""The authoritative server that other tests ask and change."""

import signal

import dns.query
import dns.tsig
import dns.update
import pytest
from servers.knot import READER, Knot, running_knot


def test_it_serves_a_zone_and_takes_updates_of_the_key_that_may(knot: Knot) -> None:
    knot.serve("served.test", 'www 60 IN A 192.0.2.1\n@ 60 IN TXT "a" "b"')
    change = dns.update.UpdateMessage("served.test.", keyring=knot.keyring())
    change.add("new.served.test.", 300, "TXT", '"said"')
    assert dns.query.tcp(change, "127.0.0.1", port=knot.port, timeout=5).rcode() == 0
    assert knot.said("new.served.test", "TXT") == ['"said"']
    assert "www.served.test. 60 A 192.0.2.1" in knot.whole("served.test")
    refused = dns.update.UpdateMessage("served.test.", keyring=knot.keyring(READER))
    refused.add("other.served.test.", 300, "TXT", '"said"')
    with pytest.raises(dns.tsig.PeerBadKey):  # so Knot tells a key that it knows and may not
        dns.query.tcp(refused, "127.0.0.1", port=knot.port, timeout=5)


def test_what_was_changed_is_there_after_it_was_killed() -> None:
    with running_knot(["kept.test"]) as server:
        change = dns.update.UpdateMessage("kept.test.", keyring=server.keyring())
        change.add("new.kept.test.", 300, "TXT", '"said"')
        assert dns.query.tcp(change, "127.0.0.1", port=server.port, timeout=5).rcode() == 0
        server.stop(signal.SIGKILL)
        server.start()
        assert server.said("new.kept.test", "TXT") == ['"said"']
