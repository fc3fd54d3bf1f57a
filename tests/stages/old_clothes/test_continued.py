"""Stage 1: trousers go on, in their own cloth, where an old top hid them."""

import numpy as np

from tryon.stages.old_clothes.continued import Continued, continue_up, lay_cloth

HEIGHT, WIDTH, HEM = 96, 72, 48
SCALE = 2


def trousers(*, gap: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Where a top hides them above the hem, and where they are seen below it; (96, 72) bool."""
    hidden, seen = np.zeros((2, HEIGHT, WIDTH), bool)
    hidden[20:HEM, 10:60] = True
    seen[HEM:90, 10:60] = True
    if gap:
        seen[:, 30:40] = False
    return hidden, seen


def painted(photo: np.ndarray, goes_on: Continued) -> np.ndarray:
    """A grey picture with the cloth in it."""
    colours = np.full_like(photo, 128)
    lay_cloth(photo, colours, np.s_[0 : photo.shape[0], 0 : photo.shape[1]], goes_on)
    return colours


def checked() -> np.ndarray:
    """A photo twice as large, whose every pixel tells where it is from: red row, green column."""
    rows, columns = np.mgrid[: SCALE * HEIGHT, : SCALE * WIDTH]
    return np.dstack([rows, columns, np.zeros_like(rows)]).astype(np.uint8)


def test_cloth_is_mirrored_at_the_hem() -> None:
    """So seams and folds meet, and nothing of the old top is in it."""
    hidden, seen = trousers()

    got = painted(checked(), continue_up(hidden, seen)).astype(int)

    middle = got[SCALE * 24 : SCALE * 46, SCALE * 20 : SCALE * 50]
    assert middle[..., 0].min() >= SCALE * HEM
    assert (np.diff(middle[..., 0], axis=0) <= 0).all()  # upwards in the draft is downwards there
    assert np.abs(middle[..., 1] - np.arange(SCALE * 20, SCALE * 50)).max() <= 1


def test_a_low_strip_of_cloth_is_mirrored_again() -> None:
    """Where the photo ends below the hem there is no cloth to take."""
    hidden, seen = trousers()
    seen[HEM + 14 :] = False

    got = painted(checked(), continue_up(hidden, seen))

    rows = got[SCALE * 22 : SCALE * 46, SCALE * 35, 0].astype(int)
    assert rows.min() >= SCALE * HEM
    assert rows.max() <= SCALE * (HEM + 14)


def test_a_gap_between_legs_is_bridged_with_cloth_beside_it() -> None:
    """The background seen between legs, or a hand, is no cloth."""
    hidden, seen = trousers(gap=True)

    got = painted(checked(), continue_up(hidden, seen))

    columns = got[SCALE * 30 : SCALE * 44, SCALE * 31 : SCALE * 39, 1]
    assert not ((columns > SCALE * 30) & (columns < SCALE * 39)).any()


def test_what_is_not_seen_cannot_go_on() -> None:
    """A photo that ends at the hem leaves the paint as it is."""
    hidden, seen = trousers()

    got = painted(checked(), continue_up(hidden, seen & False))

    assert (got == 128).all()
