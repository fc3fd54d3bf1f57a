"""rembg behind `MattingModel`."""

import os
import sys
from collections.abc import Callable
from importlib.util import find_spec, module_from_spec
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image

from tryon.adapters.turns import Turns
from tryon.arrays import RgbImage, SoftMask, to_unit_float
from tryon.errors import WeightsUnavailable

INPUT_SIDE = {"u2netp": 320, "u2net": 320, "u2net_human_seg": 320, "silueta": 320}  # px


class RembgMatting:
    """One rembg session, made on first use, one picture at a time.

    onnxruntime would take several at once, but one inference already keeps every core busy: two
    in parallel take 10 % longer than one after the other, and the process holds 300 MB more.
    Person and garment of one try-on have their alphas before either goes on, see `Turns`.

    Args:
        model_name: as rembg names it.
        find_weights_dir: called once, before first use; may fetch the model file into it.
    """

    def __init__(self, model_name: str, find_weights_dir: Callable[[], Path]) -> None:
        self._model_name = model_name
        self._find_weights_dir = find_weights_dir
        self._turns = Turns()
        self._session: Any = None

    def alpha(self, photo_rgb: RgbImage) -> SoftMask:
        """See `MattingModel.alpha`."""
        height, width = photo_rgb.shape[:2]
        side = INPUT_SIDE.get(self._model_name)
        if side is not None:  # what rembg would do first, at a third of the time
            photo_rgb = cv2.resize(photo_rgb, (side, side), None, 0, 0, cv2.INTER_AREA)
        with self._turns.take():
            if self._session is None:
                self._session = self._open()
            (mask,) = self._session.predict(Image.fromarray(photo_rgb))[:1]
        alpha = to_unit_float(np.asarray(mask.convert("L")))
        if alpha.shape != (height, width):
            alpha = cv2.resize(alpha, (width, height), None, 0, 0, cv2.INTER_CUBIC)
        return np.clip(alpha, 0.0, 1.0)

    def _open(self) -> Any:
        # rembg reads its folder from the environment and nowhere else.
        os.environ["U2NET_HOME"] = str(self._find_weights_dir())
        from onnxruntime import SessionOptions

        new_session = _session_maker()
        options = SessionOptions()
        options.log_severity_level = 3  # errors
        options.enable_mem_pattern = False  # u2netp holds 190 MB less and is no slower
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        # Small shares of a layer, taken when a core is free: halves wait for the core that pose or
        # the other photo keeps busy. A whole draft takes 4 % less (six processes: 0 to 8 %).
        options.add_session_config_entry("session.dynamic_block_base", "4")
        name = self._model_name
        try:
            return new_session(name, sess_opts=options, providers=["CPUExecutionProvider"])
        except Exception as exc:  # a name rembg does not know, a download that broke off, ...
            raise WeightsUnavailable(
                f"{type(exc).__name__}: {exc}",
                message=f"rembg cannot open its model {name}.",
                remedy="Set MATTING_MODEL to u2netp, or to another model of rembg that is there or "
                "can be downloaded.",
            ) from exc


def _session_maker() -> Any:
    """rembg's `new_session`, without what rembg loads for its own `remove`.

    That is pymatting and numba: 140 MB, and a second of every start. An empty package of the same
    name stands in while the one module is imported; afterwards rembg can be imported as ever.
    """
    spec = find_spec("rembg") if "rembg" not in sys.modules else None
    if spec is None:
        from rembg import new_session

        return new_session
    sys.modules["rembg"] = module_from_spec(spec)
    try:
        from rembg.session_factory import new_session
    finally:
        del sys.modules["rembg"]
    return new_session
