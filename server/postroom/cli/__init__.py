"""The command line: the operator's face of the post room, on the same desk as the tools.

    main.py        the entry point: parses, runs, tells errors, gives back an exit code
    lazy.py        a command's module is imported when it is called, and not before
    asked.py       --home, --json: what every command is asked with
    at_desk.py     the room, opened for one command
    completing.py   addresses, for a shell's tab key
    exits.py       exit codes that scripts can rely on
    seconds.py     a span of time, as an option has it
    commands/      one file a command
    accounts/      real accounts: checked, added
    domains/       domains of one's own: said, shown, published
    connect/       entries in the configuration files of Claude, VS Code and Cursor
    demo/          two agents, two mailboxes, one conversation

    delivering.py  a send from a process that may be the only one
    following.py   waiting again and again, each message handed on (handing.py: to a command of the
                   operator's) to whom it is for (receivers.py)
    log_options.py how a program that goes on writes its log
    stopping.py    a command without an event loop, told to stop
    program.py     where this program is               progress.py    a bar on a terminal
    counts.py      numbers with their words

    answers.py     the one door to standard output: JSON for programs, a page for people
    page.py        lines and tables; colours on a terminal only
    streams.py     standard output that is closed, full, or gone
    plain.py       what a stranger's words may not do to a terminal
    mail_page.py   a message as a person reads it  policy_page.py  policy (policy_files.py)
    approval_page.py   the same of a held one, and of the outbox
    drafting.py    a mail by its options          words.py       its words from a file
    passphrase.py  the operator's, asked for or read
    wording.py     the desk's words for agents, as commands
    domain_check_page.py   what a check of a domain found
    issuer_check.py    an issuer's keys, for doctor

Nothing here decides anything about mail: that is the desk's.
"""
