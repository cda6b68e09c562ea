"""What a measure needs and this machine lacks."""


class Absent(Exception):
    """The message names what is absent, and how to get it; the measure is left out."""
