"""When the watcher looks at once, and when it lets mail gather."""

from postroom.work.pace import BURST_LOOKS, GAP_SECONDS, REST_SECONDS, Pace


def rests(*silences: float) -> list[float]:
    pace = Pace()
    return [pace.rest(silence) for silence in silences]


def test_a_mail_now_and_then_is_looked_at_at_once() -> None:
    assert rests(10, GAP_SECONDS, 300, 0.1) == [0, 0, 0, 0]


def test_a_quick_exchange_is_no_burst() -> None:
    assert rests(10, *[0.001] * (BURST_LOOKS - 1), 10) == [0] * (BURST_LOOKS + 1)


def test_a_burst_gathers_until_it_is_over() -> None:
    found = rests(*[0.001] * (BURST_LOOKS + 2), GAP_SECONDS, 0.001)
    assert found == [0] * (BURST_LOOKS - 1) + [REST_SECONDS] * 3 + [0, 0]
