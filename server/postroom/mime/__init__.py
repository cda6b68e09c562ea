"""Bytes to messages and back. Pure: no connection, no clock, no randomness.

    raw bytes ── parse.parse ──► ParsedMessage                    Draft ── compose.compose ──► bytes
        │
        tree          the MIME tree, bounded; a message inside a message is a leaf
        ├── fields        header sections           words, addresses, dates, parameters: in them
        ├── boundaries    the lines between parts   nested: what an attached message is called
        └── transfer      base64, quoted-printable  charsets: bytes to text; japanese,
                                                    likely_charset: where labels mislead
        body          which leaves are the sender's words, and their text
        ├── html          DOM step, then Markdown   concealment: what HTML hides
        │                                           appearance, styles, colours: what it knows
        │                                           marked_html: quotes and signatures by class
        │                                           shown_links: where a link really leads
        └── unseen        characters nobody sees
        quotes        new words and quoted ones     attributions, quote_rules, header_blocks:
        │                                           how programs announce a quote
        │                                           lines, quoted_lines: what is looked at
        signatures    what says who wrote           sign_offs: how people and programs end a mail
        │                                           cards, footers: what stands below
        kinds         message, list, invitation, automatic, receipt, bounce, complaint
        ├── automatic     a program wrote it        complaints: who calls our mail unwanted
        └── reports       what a bounce says        report_lines: whom its words name
            delivery_status   for good or not       report_words: how servers say it
        codes         one-time codes                confirmations: links that confirm something
                                                    code_words: what both are told by

    sender            who vouches for From          authentication: the field they vouch in
    ├── standing      where that field counts       trace_order: what servers wrote, in order
    └── domains       names of domains compared, and whose they are
    lookalikes        what an address looks like
    attachments       one leaf's bytes and text     filenames: names that are safe
    sealed            signed and encrypted mail
    sniffing          what a file is by its bytes
    media_types       types that may be named in words of ours
    compose           outgoing: fields              encoding: bodies     markdown: the HTML part
    delivery          what servers on the way wrote  received: the way that a mail says it took
    comments          what stands outside of a field's comments
    as_written        a mail without what servers wrote on top of it
    final_delivery    what a delivering server puts on top
    quoting           a message under an answer     tokens: what a text costs a model
    bounds            how much of a hostile mail is looked at, and why
    utf7              the names of folders, as IMAP writes them

Mail is hostile input. `parse` is total: no bytes make it raise, and each pattern and loop in here
is linear in what it is given. Nothing is lost: what is not read is an attachment or stays raw, and
``defects`` names it.
"""
