"""What a test is told where it cannot go on. All are assertions: the test fails by them."""


class NobodyThere(AssertionError):
    """Mail was sent to addresses that no correspondent of the test holds."""


class StillAtIt(AssertionError):
    """The agent had not come to its end when its simulated time was over."""


class Stuck(AssertionError):
    """Something neither waits nor ends, for long by the machine's own clock."""
