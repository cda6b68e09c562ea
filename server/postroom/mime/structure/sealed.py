"""Signed and encrypted mail: S/MIME (RFC 8551) and OpenPGP (RFC 3156). Recognised, not opened.

The words of signed mail are read as any others; nobody vouches for them here. Those of encrypted
mail lie in an attachment, and so do those of mail that S/MIME signs by wrapping them.
"""

from postroom.mime.structure.tree import Part
from postroom.model.unread import ENCRYPTED, WRAPPED

_CMS = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_BY_EXTENSION = {
    "p7m": "application/pkcs7-mime",
    "p7s": "application/pkcs7-signature",
    "p7c": "application/pkcs7-mime",
}
_BY_ARMOR = (
    (b"-----BEGIN PGP MESSAGE-----", "application/pgp-encrypted"),
    (b"-----BEGIN PGP SIGNATURE-----", "application/pgp-signature"),
    (b"-----BEGIN PGP PUBLIC KEY BLOCK-----", "application/pgp-keys"),
)
_ARMOR_WITHIN = 500
"""Bytes before the armor that programs put there, such as a blank line or a remark."""

_UNSAID = frozenset({"", "application/octet-stream", "application/binary", "text/plain"})


def sealed_type(leaf: Part, content: bytes) -> str:
    """The type of an attachment, where it is part of signed or encrypted mail and does not say so;
    else the one that it claims."""
    if leaf.content_type not in _UNSAID:
        return leaf.content_type
    extension = leaf.filename.rpartition(".")[2].lower()
    if extension in _BY_EXTENSION and leaf.content_type != "text/plain":
        return _BY_EXTENSION[extension]
    start = content[:_ARMOR_WITHIN]
    return next((kind for armor, kind in _BY_ARMOR if armor in start), leaf.content_type)


def about_seal(root: Part, text: str) -> list[str]:
    """What keeps the words of a message from being read: nothing, or one sentence."""
    if root.content_type == "multipart/encrypted":
        return [ENCRYPTED]
    if text.startswith("-----BEGIN PGP MESSAGE-----"):
        return [ENCRYPTED]
    cms = next((leaf for leaf in root.leaves() if _is_cms(leaf)), None) if not text else None
    if cms is None:
        return []
    kind = cms.parameters.get("smime-type", "").lower()
    return [WRAPPED if kind in ("signed-data", "compressed-data", "certs-only") else ENCRYPTED]


def _is_cms(leaf: Part) -> bool:
    return leaf.content_type in _CMS or (
        leaf.content_type in _UNSAID and leaf.filename.lower().endswith(".p7m")
    )
