"""Bytes to messages and back. Pure: no connection, no clock, no randomness.

    raw bytes ── parse.parse ──► ParsedMessage             Draft ── writing.compose ──► bytes
        │
        structure     the parts                    characters, header: in them
        files         what the attached ones are   attachments: one leaf's bytes and text
        body          which leaves are the sender's words, and their text
        └── html          as a person sees it
        quotes        new words, quoted words, the signature
        kinds         message, list, invitation, auto_reply, receipt, bounce, complaint
        codes         one-time codes and links that confirm something
        trace         what servers on the way wrote

    domain_reports  what others report about a domain of ours: DMARC and TLS, out of a raw mail
    bounce_addresses  envelope senders that name their send
    framed        the HTML of a mail as a frame may show it
    unsubscribing how a mail of ours says where to, and how one that does so is known
    senders       who really wrote a parsed mail
    tokens        what a text costs a model
    bounds        how much of a hostile mail is looked at, and why

Mail is hostile input. `parse` is total: no bytes make it raise, and each pattern and loop in here
is linear in what it is given. Nothing is lost: what is not read is an attachment or stays raw, and
``defects`` names it.
"""
