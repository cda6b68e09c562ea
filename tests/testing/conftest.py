"""The kit's fixtures, and what is run as somebody else's (test_outside.py)."""

from postroom.testing.fixtures import blocking_post_room, post_room, post_room_options

collect_ignore = ["outside", "outside_anyio"]

__all__ = ["blocking_post_room", "post_room", "post_room_options"]
