"""The built-in mail server: SMTP submission and IMAP on loopback, its mail in one SQLite file.

    SMTP ── smtp_session ── smtp_policy ─┐                      ┌── imap_connection ── IMAP
                                         ├── directory (asked)  │   imap_commands, imap_mends
                                         │                      │   imap_login, imap_state
            trace_fields (pure) ─────────┤                      ├── imap_session,
                                         ▼                      ▼   imap_folder_session
                                     mailstore ◄──────── imap_folder, imap_folders ─ imap_view
                                         │                      └── imap_messages, imap_structure,
                                         │                          imap_needs, imap_output
            filing, accepted (transactions), database (one writer thread, two readers)

`server.EmbeddedServer` is the door. Two libraries speak the protocols: pymap IMAP, imported by
this package's modules and by nothing else, and aiosmtpd SMTP, which the room `lmtp` builds on too.
`imap_mends` puts right what pymap gets wrong (`imap_envelope` and `imap_patterns` for ENVELOPE and
LIST), `strangers` knows who speaks no mail at all, `connections` how many may be connected.
`clearing` takes mail out that has to go, wherever it lies.
Who has a mailbox is not known here: `directory.Directory` is asked each time.

A submission is answered 250 after one transaction has stored every recipient's copy and the
sender's Sent copy; folders that a client has open learn of it in the order of the commits.
"""
