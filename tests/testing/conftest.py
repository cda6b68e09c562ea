from postroom.testing.fixtures import blocking_post_room, post_room, post_room_options

__all__ = ["blocking_post_room", "post_room", "post_room_options"]
