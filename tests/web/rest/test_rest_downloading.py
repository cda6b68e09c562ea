"""REST: the header that names a file is safe, whatever the name."""

import re
from urllib.parse import unquote

from hypothesis import example, given
from hypothesis import strategies as st

from postroom.web.rest.downloading import disposition


@given(st.text(min_size=1, max_size=60))
@example('a"; filename=evil.exe; x="')
@example("a\r\nSet-Cookie: a=b")
@example("%41.txt")
@example("\ud800.txt")
@example("naïve plan.txt")
def test_a_file_name_is_a_name_and_nothing_of_a_header(name: str) -> None:
    said = disposition(name)
    assert said.isascii()
    assert said.isprintable()
    found = re.fullmatch(
        r"attachment; filename=\"([^\"\\%;]*)\"(?:; filename\*=UTF-8''([A-Za-z0-9._~%-]*))?", said
    )
    assert found, said
    whole = found[1] if found[2] is None else unquote(found[2])
    assert whole == name.encode("utf-8", "replace").decode()
