"""Mail of our own: a draft becomes bytes.

compose         the whole way
├── outgoing        fields      encoding    bodies      markdown    the HTML part
└── quoting         a message under an answer
written         a mail of ours read back    said    all that it says, in every form
"""
