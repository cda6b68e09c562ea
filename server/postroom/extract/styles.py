"""Which styles of a Word document hide what is written in them."""

from collections.abc import Mapping


def is_on(value: str) -> bool:
    """Whether a switch such as ``w:vanish`` is on; without a value it is (§17.17.4)."""
    return value not in ("0", "false", "off")


def is_white(colour: str) -> bool:
    """Whether a colour, RRGGBB, cannot be told from white paper."""
    return colour.upper() in ("FFFFFF", "FEFEFE", "FDFDFD")


class HiddenStyles:
    """Reads ``styles.xml``: the styles with ``w:vanish``, and those based on them."""

    def __init__(self) -> None:
        self._hidden: dict[str, bool] = {}
        self._based: dict[str, str] = {}
        self._style = ""
        self._path: list[str] = []

    def names(self) -> frozenset[str]:
        """The ids of all styles that hide."""
        return frozenset(style for style in {*self._hidden, *self._based} if self._hides(style))

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._path.append(name)
        value = attributes.get("val", "")
        if name == "style":
            self._style = attributes.get("styleId", "")
        elif name == "vanish" and self._path[-3:-1] == ["style", "rPr"]:
            self._hidden[self._style] = is_on(value)
        elif name == "basedOn":
            self._based[self._style] = value

    def end(self, name: str) -> None:
        self._path.pop()

    def text(self, text: str) -> None:
        return

    def _hides(self, style: str) -> bool:
        """By itself, else by what it is based on; Word allows a chain of ten, we of fifty."""
        for _ in range(50):
            if style in self._hidden:
                return self._hidden[style]
            if style not in self._based:
                return False
            style = self._based[style]
        return False
