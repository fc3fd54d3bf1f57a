"""U2-Net p behind `MattingModel`, by onnxruntime alone.

rembg runs the same network to the same alpha (a test holds it), but whatever network it runs, it
imports matting algorithms that nobody here uses: 100 MB, 1.5 s, and a minute of compiling at the
first import.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon.adapters.turns import Turns
from tryon.arrays import RgbImage, SoftMask, to_unit_float

SIDE_PX = 320  # the network takes pictures of this size alone
MEAN_RGB, STD_RGB = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of what it was trained on


class U2netMatting:
    """One session, made on first use, one picture at a time.

    onnxruntime would take several at once, but one inference already keeps every core busy: two
    in parallel take 10 % longer than one after the other, and the process holds 300 MB more. With
    two sessions of one thread each they are faster, but the process still holds 220 MB more.
    Person and garment of one try-on have their alphas before either goes on, see `Turns`.

    Args:
        find_model_file: called once, before first use; may fetch the file.
    """

    def __init__(self, find_model_file: Callable[[], Path]) -> None:
        self._find_model_file = find_model_file
        self._turns = Turns()
        self._session: Any = None

    def alpha(self, photo_rgb: RgbImage) -> SoftMask:
        """See `MattingModel.alpha`."""
        size_wh = (photo_rgb.shape[1], photo_rgb.shape[0])
        planes = _as_trained(cv2.resize(photo_rgb, (SIDE_PX, SIDE_PX), None, 0, 0, cv2.INTER_AREA))
        with self._turns.take():
            if self._session is None:
                self._session = self._open()
            found = self._session.run(None, {self._session.get_inputs()[0].name: planes})[0][0, 0]
        alpha = to_unit_float(_as_grey(found))
        if size_wh != (SIDE_PX, SIDE_PX):
            alpha = cv2.resize(alpha, size_wh, None, 0, 0, cv2.INTER_CUBIC)
        return np.clip(alpha, 0.0, 1.0)

    def _open(self) -> Any:
        from onnxruntime import InferenceSession, SessionOptions

        options = SessionOptions()
        options.enable_mem_pattern = False  # holds 190 MB less and is no slower
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        return InferenceSession(
            self._find_model_file(), options, providers=["CPUExecutionProvider"]
        )


def _as_trained(picture_rgb: RgbImage) -> NDArray[np.float32]:
    """(1, 3, h, w) float32: as bright as can be, and each channel as in the training pictures."""
    bright = picture_rgb / max(int(picture_rgb.max()), 1e-6)
    return ((bright - MEAN_RGB) / STD_RGB).transpose(2, 0, 1)[None].astype(np.float32)


def _as_grey(found: NDArray[np.float32]) -> NDArray[np.uint8]:
    """(h, w) uint8 from 0 where the network is surest of background to 255 where of an object."""
    low, high = found.min(), found.max()
    return np.asarray((found - low) / max(high - low, 1e-6) * 255, np.uint8)
