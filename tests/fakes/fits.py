"""Folders of finished fits, made quickly: small drawn pictures and every JSON file of a run."""

import json
from pathlib import Path
from uuid import uuid4

import cv2
import numpy as np

from tryon.anchors import GARMENT_TYPES

W, H = 96, 128


def write_fit(
    folder: Path,
    number: int = 0,
    score: float = 0.8,
    components: dict[str, float] | None = None,
    is_final: bool = False,
) -> Path:
    """The artifacts of one fit, of another colour for another number."""
    folder.mkdir(parents=True)
    photo = np.full((H, W, 3), 220, np.uint8)
    photo[30:, 30:66] = (90, 120, 160)
    draft = photo.copy()
    draft[34:80, 28:68] = np.random.default_rng(number).integers(40, 220, 3)
    alpha = np.zeros((H, W), np.uint8)
    alpha[34:80, 28:68] = 255
    pictures = {"person": photo, "draft_composite": draft, "person_mask": alpha,
                "garment_cutout": np.dstack([draft, alpha])}  # fmt: skip
    if is_final:
        pictures["result"] = draft
    for name, picture in pictures.items():
        cv2.imwrite(str(folder / f"{name}.png"), picture)
    joints = {"left_shoulder": (64, 36), "right_shoulder": (32, 36), "left_hip": (58, 78),
              "right_hip": (38, 78)}  # fmt: skip
    anchors = [{"name": f"{s}_neck", "x": x, "y": 34, "confidence": 0.9}
               for s, x in (("left", 54), ("right", 42))]  # fmt: skip
    side = {"width": W, "height": H, "anchors": anchors}
    kind = GARMENT_TYPES[number % 6]
    parts = components or {"shoulder_fit": score, "spill": min(1.0, score + 0.1)}
    documents = {
        "quality": {"score": score, "threshold": 0.7, "passed": score >= 0.7, "components": {
            name: {"score": s, "value": s, "unit": "share", "message": "Drawn."}
            for name, s in parts.items()}},
        "keypoints": {"width": W, "height": H, "keypoints": [
            {"name": n, "x": x, "y": y, "visibility": 0.9} for n, (x, y) in joints.items()]},
        "anchors": {"schema": 1, "garment_type": kind, "garment": side, "person": side},
        "run": {"schema": 1, "mode": "draft", "garment_type": kind, "id": str(uuid4()),
                "versions": {"tryon": "0"}},
    }  # fmt: skip
    for name, document in documents.items():
        (folder / f"{name}.json").write_text(json.dumps(document), "utf-8")
    return folder
