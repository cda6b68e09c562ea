"""The vocabularies of conditions, each made when it is first asked for."""

from functools import lru_cache
from typing import TYPE_CHECKING

from pydantic import BaseModel

if TYPE_CHECKING:
    from postroom.policy.vocabulary import Vocabulary


@lru_cache(4)
def vocabulary(model: type[BaseModel]) -> "Vocabulary":
    """The vocabulary of a model of facts."""
    # CEL and protobuf take 50 ms to import, which a start that judges nothing need not wait for.
    from postroom.policy.vocabulary import Vocabulary

    return Vocabulary(model)
