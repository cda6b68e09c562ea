"""Options in, files out: nothing is read but the templates beside this file."""

from importlib.resources import files
from string import Template

from postroom.provision.directory_table import SCHEMA, TABLE
from postroom.provision.postfix_dovecot import SENDS_NOTHING
from postroom.provision.postfix_dovecot.options import HostOptions, Postgres, SqliteFile

SENT = ".sent.invalid"
"""Behind a mailbox's domain: where Postfix sends the copy for Sent. RFC 2606 §2 keeps `.invalid`
from ever being anybody's."""

_FILES = {
    "dovecot/dovecot.conf": "dovecot.conf",
    "dovecot/mailboxes.sql.conf": "dovecot-mailboxes",
    "dovecot/sent.sql.conf": "dovecot-sent",
    "postfix/main.cf": "main.cf",
    "postfix/master.cf": "master.cf",
    "postfix/headers.regexp": "postfix-headers",
    "postfix/submitted.regexp": "postfix-submitted",
    "postfix/senders.regexp": "postfix-senders",
    "postfix/sent.regexp": "postfix-sent",
}

_SECRET = frozenset({"dovecot/mailboxes.sql.conf", "dovecot/sent.sql.conf"})


def render(options: HostOptions) -> dict[str, str]:
    """Each file's path below ``options.folder``, and its text."""
    shared = _shared(options)
    words = {"dovecot": shared | _dovecot(options), "postfix": shared | _postfix(options)}
    made = {
        path: _filled(template, words[path.partition("/")[0]]) for path, template in _FILES.items()
    }
    if isinstance(options.database, Postgres):
        reader = {"database": options.database.database, "reader": options.database.user}
        made["directory.sql"] = _filled("directory.sql", shared | reader | {"schema": SCHEMA})
    return made


def secret_files(options: HostOptions) -> frozenset[str]:
    """Those of the files that hold the database's password."""
    if isinstance(options.database, SqliteFile):
        return frozenset()
    return _SECRET


def _filled(template: str, words: dict[str, str]) -> str:
    text = (files(__package__) / f"{template}.in").read_text(encoding="utf-8")
    return Template(text).substitute(words)


def _shared(options: HostOptions) -> dict[str, str]:
    plain = {
        name: str(value)
        for name, value in options.model_dump(exclude={"database", "domain"}).items()
    }
    return plain | {
        "table": TABLE,
        "sent": SENT,
        "first_domain": options.domain[0],
        "domains": ", ".join(options.domain),
        "hostname": options.hostname or f"mail.{options.domain[0]}",
    }


# -- Dovecot


def _dovecot(options: HostOptions) -> dict[str, str]:
    words = _shared(options)
    return {
        "listen": "*, ::" if options.listen == "all" else options.listen,
        "tls": _filled("dovecot-tls" if options.with_tls else "dovecot-plain", words).rstrip(),
        "dovecot_log": f"{options.logs}/dovecot.log" if options.logs else "syslog",
        # Not opened without a certificate: 0 is Dovecot's word for that.
        "imaps_port": str(options.imaps_port if options.with_tls else 0),
        # Beside IMAP's: submission's, and deliveries'.
        "auth_connections": str(options.connections + 1000),
        "lmtp_port": _lmtp_listener(options.lmtp_port),
        "connection": _dovecot_connection(options),
    }


def _lmtp_listener(port: int) -> str:
    if not port:
        return "  # No port: whoever may enter the folder of the socket is known to the system."
    return f"  inet_listener lmtp {{\n    address = 127.0.0.1\n    port = {port}\n  }}"


def _dovecot_connection(options: HostOptions) -> str:
    database = options.database
    if isinstance(database, SqliteFile):
        folder = database.path.rpartition("/")[0] or "/"
        return (
            "# Postroom makes the file, readable by its group. The folder hands that on to it:\n"
            f"#   install -d -m 2750 -o POSTROOM -g {options.readers} {folder}\n"
            "# with the user that Postroom runs as in the place of POSTROOM.\n"
            f"driver = sqlite\nconnect = {database.path}"
        )
    return (
        f"driver = pgsql\nconnect = host={database.host} port={database.port}"
        f" dbname={database.database} user={database.user}"
        f" password={database.password.get_secret_value()}"
    )


# -- Postfix


def _postfix(options: HostOptions) -> dict[str, str]:
    words = _shared(options)
    return {
        "tls": _filled("main-tls" if options.with_tls else "main-plain", words).rstrip(),
        "submissions": _submissions(options, words),
        "smtp": _service(options.smtp_listen, options.smtp_port),
        "submission": _service(options.listen, options.submission_port),
        "hostname_pattern": words["hostname"].replace(".", r"\."),
        "postfix_log": _postfix_log(options.logs),
        "interfaces": _interfaces(options),
        "protocols": "all" if "all" in (options.listen, options.smtp_listen) else _family(options),
        "recipients": _recipients(options),
        "aliases": _aliases(options),
        "delivery_note": _delivery_note(options),
        "delivery": _delivery(options),
        "relay": _relay(options.relay),
        "sender_copies": _sender_copies(options),
    }


def _service(listen: str, port: int) -> str:
    if listen == "all":
        return str(port)
    return f"[{listen}]:{port}" if ":" in listen else f"{listen}:{port}"


def _submissions(options: HostOptions, words: dict[str, str]) -> str:
    if not options.with_tls:
        return ""
    service = _service(options.listen, options.submissions_port)
    return _filled("master-submissions", words | {"submissions": service})


def _postfix_log(folder: str) -> str:
    if not folder:
        return "# It logs to syslog."
    return f"maillog_file = {folder}/postfix.log\nmaillog_file_prefixes = /var, {folder}"


def _interfaces(options: HostOptions) -> str:
    both = dict.fromkeys((options.listen, options.smtp_listen))
    return "all" if "all" in both else ", ".join(both)


def _family(options: HostOptions) -> str:
    six = [":" in listen for listen in (options.listen, options.smtp_listen)]
    return "all" if any(six) and not all(six) else "ipv6" if all(six) else "ipv4"


def _recipients(options: HostOptions) -> str:
    """What becomes of an address, the closest match first: refused, taken, or asked about."""
    taken = [f"{{ {name} = OK }}" for name in _postmasters(options)]
    asked = [f"{{ {domain} = ask_dovecot }}" for domain in options.domain]
    refused = f"{{ {SENT} = REJECT 5.1.2 nobody writes to this domain }}"
    return ",\n  ".join([refused, *taken, *asked])


def _aliases(options: HostOptions) -> str:
    names = [f"{name}={options.postmaster}" for name in _postmasters(options)]
    return f" inline:{{ {', '.join(names)} }}" if names else ""


def _postmasters(options: HostOptions) -> list[str]:
    if not options.postmaster:
        return []
    return [f"{name}@{domain}" for domain in options.domain for name in ("postmaster", "abuse")]


def _delivery(options: HostOptions) -> str:
    if options.postroom_lmtp_port:
        return f"lmtp:inet:127.0.0.1:{options.postroom_lmtp_port}"
    return f"lmtp:unix:{options.dovecot_run}/lmtp"


def _delivery_note(options: HostOptions) -> str:
    if options.postroom_lmtp_port:
        return "To Postroom itself, by LMTP: it answers 250 once the mail is in its index."
    return "To Dovecot, by LMTP: it answers 250 once the mail is in the mailbox."


def _relay(relay: str) -> str:
    if relay == "direct":
        return "# Straight to the recipients' servers.\nrelayhost ="
    if relay == "none":
        none = f"error:5.7.1 {SENDS_NOTHING}"
        return f"default_transport = {none}\nrelay_transport = {none}"
    return f"relayhost = {relay}"


def _sender_copies(options: HostOptions) -> str:
    if not options.file_sent:
        return "# It is off: whoever submits files the copy by IMAP.\nsubmission_sender_bcc_maps ="
    return f"submission_sender_bcc_maps = regexp:{options.folder}/postfix/sent.regexp"
