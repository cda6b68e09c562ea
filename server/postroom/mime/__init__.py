"""Bytes to messages and back. Pure: no connection, no clock, no randomness.

    raw bytes ── parse.parse ──► ParsedMessage                    Draft ── compose.compose ──► bytes
        │
        tree          the MIME tree, bounded; a message inside a message is a leaf
        ├── fields        header sections           words, addresses, dates, parameters: in them
        └── transfer      base64, quoted-printable  charsets: bytes to text
        body          which leaves are the sender's words, and their text
        ├── html          DOM step, then Markdown   concealment: what HTML hides
        └── unseen        characters nobody sees
        quotes        new words and quoted ones     attributions: how programs announce a quote
        codes         one-time codes          confirmations: links that confirm something
        │                                     code_words: what both are told by, in many languages
        kinds         message, automatic, bounce    reports: what a bounce says

    sender            who vouches for From          authentication: the field they vouch in
    attachments       one leaf's bytes and text     filenames: names that are safe
    media_types       types that may be named in words of ours
    compose           outgoing: fields              encoding: bodies     markdown: the HTML part
    delivery          what servers on the way wrote  received: the way that a mail says it took
    final_delivery    what a delivering server puts on top
    quoting           a message under an answer     tokens: what a text costs a model
    bounds            how much of a hostile mail is looked at, and why
    utf7              the names of folders, as IMAP writes them

Mail is hostile input. `parse` is total: no bytes make it raise, and each pattern and loop in here
is linear in what it is given. Nothing is lost: what is not read is an attachment or stays raw, and
``defects`` names it.
"""
