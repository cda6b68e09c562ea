"""What keeps the words of a message from being read: encryption, and wrappings of programs."""

from postroom.mime.tree import Part

ENCRYPTED = "The message is encrypted; its words cannot be read here."
WRAPPED = "The message lies inside an S/MIME signature; its words cannot be read here."
TNEF = "The message's files lie in a winmail.dat, which only Outlook packs."

_SMIME = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_TNEF = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})


def about_seals(root: Part) -> list[str]:
    """What of the message whose tree is ``root`` cannot be read, and why: else an empty text would
    look as if its sender had nothing to say."""
    found = [ENCRYPTED] if root.content_type == "multipart/encrypted" else []
    return [*found, *(told for leaf in root.leaves() if (told := _about(leaf)))]


def _about(leaf: Part) -> str:
    name = leaf.filename.lower()
    if leaf.content_type in _SMIME or name == "smime.p7m":
        # RFC 8551 §3.2.2: what it is stands in smime-type; most programs only encrypt so.
        kind = leaf.parameters.get("smime-type", "").lower()
        return {"signed-data": WRAPPED, "certs-only": "", "compressed-data": ""}.get(
            kind, ENCRYPTED
        )
    if leaf.content_type in _TNEF or name == "winmail.dat":
        return TNEF
    return ENCRYPTED if leaf.content_type == "application/pgp-encrypted" else ""
