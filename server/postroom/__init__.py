"""Postroom: a post room for software agents. The map, as it is.

A letter's way:

    an agent ── postroom_tools ── mcp ──┐               ┌── work.watcher ◄── imap ── embedded
    a program ── client ── web.rest ────┤               │   work.courier ──► smtp ── embedded
    a person ── cli, web.console ───────┤               │   work.webhooks ─► URLs of the operator's
                                        ▼               ▼   work.caretaker
                                      desk ──► index ◄──┘
                                   asks, judges   one SQLite file: mailboxes, mail, threads,
                                   (policy)       outbox, and the journal that everybody reads

Whoever asks, asks at the desk. The desk writes intents into the index and reads facts from it; it
opens no connection to anything. Workers do the I/O and write facts. (``postroom accounts`` logs in
to servers by itself; its probes know no index.) Every change appends an event
to the journal in its own transaction; waiting is reading the journal. So a restart at any line
loses nothing, several processes may open one post room, and one of them does the I/O while the
others stand by.

Rooms, top to bottom; each imports only from below:

    cli                 the face of people at a terminal
    serving             the faces of the network as one application on one socket
    mcp  web            these faces: tools; REST, console, health and figures
    build               puts it all together, in one place
    (postroom_tools)    what an agent may ask, a file a tool
    desk  work  probe   the counter; what happens over time; what an operator tries by hand
    policy_file         the rules that hold now, for who judges what goes out and what comes in
    signing             the keys of domains of one's own, for who makes them and who signs
    index imap smtp lmtp dns guarded oauth credentials provision embedded extract    strangers
    maildata            a message as it comes after DATA, for the rooms that take mail in
    lanes idle_connections      places few at a time; connections kept a while, for imap and smtp
    mime conversations policy accounts      pure: bytes, ids and facts in, answers out
    model               what mail is, in words that every room shares

Beside them, for programs elsewhere: ``client``, which asks a post room by the network and knows
nothing but ``model``.

For the server's: ``settings`` (the one place that reads the environment and postroom.toml),
``clock`` (the one place that reads the time).

The one idea to keep in mind when changing anything: **everything meets in the index.** A new face
asks the desk. A new server is a provisioner and a pair of clients for the workers. A new reader of
what happens is a cursor over the journal.
"""
