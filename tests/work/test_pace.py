"""When the watcher looks at once, and when it lets mail gather."""

from postroom.work.pace import BURST_LOOKS, GAP_SECONDS, REST_SECONDS, Pace


def rests(*looks: tuple[float, int]) -> list[float]:
    """The rests before looks, each given the silence before it and what the one before it took."""
    pace = Pace()
    return [pace.rest(silence, taken) for silence, taken in looks]


BURST = [(0.001, 1)] * BURST_LOOKS


def test_a_mail_now_and_then_is_looked_at_at_once() -> None:
    assert rests((10, 1), (GAP_SECONDS, 1), (300, 1), (0.1, 5)) == [0, 0, 0, 0]


def test_a_quick_exchange_is_no_burst() -> None:
    assert rests((10, 1), *BURST[1:], (10, 1)) == [0] * (BURST_LOOKS + 1)


def test_a_burst_gathers_until_it_is_over() -> None:
    found = rests(*BURST, (0.001, 20), (0.001, 2), (GAP_SECONDS, 20), (0.001, 1))
    assert found == [0] * (BURST_LOOKS - 1) + [REST_SECONDS] * 3 + [0, 0]


def test_a_rest_that_gathered_nothing_is_the_last() -> None:
    assert rests(*BURST, (0.01, 1), (0.01, 1)) == [0] * (BURST_LOOKS - 1) + [REST_SECONDS, 0, 0]
