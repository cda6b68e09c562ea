"""The MIME tree of a mail, bounded; a message inside a message is a leaf (RFC 2045, RFC 2046).

tree            the parts
├── boundaries      the lines between them      transfer    base64, quoted-printable
├── nested          what an attached message is called
└── sealed          signed and encrypted mail
"""
