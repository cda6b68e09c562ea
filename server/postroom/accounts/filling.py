"""An account's table with what its preset knows filled in: plain dictionaries, before any check."""

from typing import Any

from postroom.accounts.oauth import Grant
from postroom.accounts.presets import PRESETS, Endpoint, Preset, TokenEndpoint


def filled(given: dict[str, Any]) -> dict[str, Any]:
    """``given`` and what it leaves out; what it says stands. ValueError where it names no preset
    that is known, or leaves out what no preset can know."""
    name = given.get("preset", "")
    preset = PRESETS.get(name) if isinstance(name, str) else None
    if preset is None:
        if name:
            raise ValueError(
                f"preset is one of {', '.join(PRESETS)}; or leave it out, and name hosts"
            )
        return given
    whole = str(given.get("user") or given.get("address") or "")
    imap_user = {"user": whole.partition("@")[0]} if preset.imap_user_is_local_part else {}
    imap = _server(preset.imap, given.get("imap", {}), imap_user)
    smtp = _server(preset.smtp, given.get("smtp", {}), {})
    # What another server submits, this provider does not see, and so does not file.
    own = isinstance(smtp, dict) and smtp.get("host") == preset.smtp.host
    more: dict[str, Any] = {
        "files_sent": preset.files_sent and own,
        "trusted": preset.authserv_ids,
        **given,
        "imap": imap,
        "smtp": smtp,
    }
    if isinstance(given.get("oauth"), dict):
        more["oauth"] = _oauth(preset, given["oauth"])
    return more


def _server(known: Endpoint, given: Any, more: dict[str, str]) -> Any:
    if not isinstance(given, dict):
        return given
    if "host" in given:  # another server: what is known of the provider's own is not its
        return given
    if given.keys() & {"port", "security"}:  # one follows from the other
        return {**more, "host": known.host, **given}
    known_of = {"host": known.host, "port": known.port, "security": known.security}
    return {**more, **known_of, **given}


def _oauth(preset: Preset, given: dict[str, Any]) -> dict[str, Any]:
    if preset.oauth is None or "token_url" in given:
        return given
    if given.get("grant") == Grant.CLIENT_CREDENTIALS:
        return {**_of_application(preset.oauth, given, preset.title), **given}
    tenant = given.get("tenant") or preset.oauth.tenant
    url = preset.oauth.url.replace("{tenant}", str(tenant))
    return {"token_url": url, "scope": preset.oauth.scope, **given}


def _of_application(known: TokenEndpoint, given: dict[str, Any], title: str) -> dict[str, Any]:
    if not known.client_scope:
        raise ValueError(f'oauth.grant: {title} knows no "client_credentials" for mail')
    if not given.get("tenant"):
        raise ValueError(
            "oauth.tenant is missing: this grant is one organisation's; name its tenant"
        )
    url = known.url.replace("{tenant}", str(given["tenant"]))
    return {"token_url": url, "scope": known.client_scope}
