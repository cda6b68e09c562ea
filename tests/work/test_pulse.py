"""The worker's sign of life."""

from pathlib import Path

from postroom.model.limits import SEND_PATIENCE_SECONDS
from postroom.work.pulse import CEASED_SECONDS, PULSE_SECONDS, Pulse


def test_who_has_not_signed_for_a_while_is_named_and_who_signs_again_is_not(tmp_path: Path) -> None:
    now = 1_790_000_000.5
    pulse = Pulse(tmp_path / "pulse", lambda: now)
    assert pulse.ceased() == "", "nobody has signed yet"
    pulse.sign("serve")
    now += CEASED_SECONDS - 0.5
    assert pulse.ceased() == ""
    now += 0.5
    assert "`postroom serve`" in pulse.ceased()
    assert "7 seconds" in pulse.ceased()
    pulse.sign("serve")
    assert pulse.ceased() == ""


def test_a_busy_worker_may_miss_signs_and_a_send_waits_long_enough_to_tell() -> None:
    assert 3 * PULSE_SECONDS < CEASED_SECONDS < SEND_PATIENCE_SECONDS
