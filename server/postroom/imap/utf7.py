"""Folder names on the wire: both ends of IMAP read and write them alike (`mime.utf7`)."""

from postroom.mime.utf7 import decode_name, encode_name

__all__ = ["decode_name", "encode_name"]
