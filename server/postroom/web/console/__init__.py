"""The operator's console at /: the desk for people, page by page, in a browser.

    application.py   which page answers at which path
    asking.py        who asks; every page begins with it, and every form is checked there
    sessions.py      who is signed in            signing_in.py   how one comes and goes
    tries.py         wrong tokens, counted       guarding.py     headers that every answer bears
    rendering.py     templates/*.html, filled    showing_words.py    a stranger's words in a page
    wording.py       the desk's words, with pages in place of commands
    plots.py         figures as shapes           comparing.py    two texts, line by line

    mail.py          mailboxes, conversations, files    approvals.py    what waits for a person
    outgoing.py      the outbox, deliveries, the way of one mail    webhooks.py    one endpoint
    rules.py         policy, suppressions, quarantine   health.py       what runs, with figures
    domain_reports.py   what others report about a domain
    domains.py       domains of one's own, as the DNS stands to them
    visiting.py      an agent written to by hand        live.py         what happens, as it happens

Pages are made here, by the server; static/console.js only fetches them anew as mail arrives. All
works without it. A page asks the desk with the operator as caller, and decides nothing.
"""
