"""What is in the file of a backup: a tar archive with a manifest, and one member a file."""

from pydantic import BaseModel, ConfigDict, Field

INDEX, STORE = "postroom.db", "mailserver.db"
SETTINGS, POLICY, PASSPHRASE = "postroom.toml", "policy.toml", "operator.passphrase"

MEMBERS = (STORE, SETTINGS, POLICY, PASSPHRASE, INDEX)
"""In the order in which they are put in place: with the index the room is there."""

MANIFEST = "manifest.json"
MAX_MANIFEST_BYTES = 100_000

FORMAT = 1
"""Of the archive; the index has its schema's version beside it."""


class Member(BaseModel):
    model_config = ConfigDict(frozen=True)

    size: int = Field(ge=0)
    sha256: str


class Manifest(BaseModel):
    """The first member."""

    model_config = ConfigDict(frozen=True)

    format: int
    version: str
    """Of the program that made it."""
    made_at: str
    """When the index was copied."""
    schema_version: int
    head: str
    """Of the journal (`postroom audit verify --head`)."""
    members: dict[str, Member]
