"""A real tokenizer, with its data inside: what estimates are held to. Only tests have one."""

import warnings
from collections.abc import Callable
from functools import lru_cache

Count = Callable[[str], int]


@lru_cache
def tokenizer(name: str = "cl100k_base") -> Count:
    """What counts the tokens of a text, such as cl100k_base or o200k_base."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # how it opens its own data
        import bpe_openai

    encoding = bpe_openai.get_encoding(name)
    return lambda text: len(encoding.encode(text))
