"""What every test may ask for."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def corpora() -> Path:
    """The folder of handed-over real mail; tests that need it say so where it is absent."""
    named = os.environ.get("POSTROOM_CORPORA")
    folder = Path(named) if named else Path(__file__).resolve().parents[2] / "shared" / "corpora"
    if not folder.is_dir():
        pytest.skip("the mail corpora are absent: set POSTROOM_CORPORA to their folder")
    return folder
