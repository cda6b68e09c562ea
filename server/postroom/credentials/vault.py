"""From a place that the operator named to the secret there."""

from collections.abc import Mapping

from postroom.accounts.sources import SecretPlace
from postroom.credentials.environment import EnvironmentSecret
from postroom.credentials.files import FileSecret
from postroom.credentials.keyring import KeyringSecret
from postroom.model.secrets import Secret


class Vault:
    """Where secrets come from. ``environment`` is handed in: settings are read in one place."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def at(self, place: SecretPlace) -> Secret:
        """The secret at ``place``; nothing is read yet."""
        source = place.source
        if source.env is not None:
            return EnvironmentSecret(source.env, self._environment)
        if source.file is not None:
            return FileSecret(source.file)
        return KeyringSecret(place.entry)
