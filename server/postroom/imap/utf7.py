"""Folder names on the wire: both ends of IMAP read and write alike."""

from postroom.mime.characters.utf7 import decode_name, encode_name

__all__ = ["decode_name", "encode_name"]
