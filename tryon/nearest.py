"""What somebody probably meant by a name nobody knows."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

ALIKE: Final = 0.65  # 0..1; realism and realism_level, but not note and mode
SLIP: Final = 0.9  # anchor and anchors, but not garment_name and garment_type


def nearest(name: str, known: Iterable[str], likeness: float = ALIKE) -> str | None:
    """The known name most like it, whatever the case and the hyphens; None: none is like it.

    Args:
        likeness: `ALIKE` to help somebody whose name is refused anyway, `SLIP` where a name of no
            concern to us is fine and only a slip of the pen is not.
    """
    by_plain = {_plain(one): one for one in known}
    found = get_close_matches(_plain(name), by_plain, 1, likeness)
    return by_plain[found[0]] if found else None


def _plain(name: str) -> str:
    return name.strip().casefold().replace("-", "_").replace(" ", "_")
