"""MediaPipe Tasks pose landmarker behind `PoseModel`."""

import atexit
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from tryon.arrays import RgbImage, SoftMask
from tryon.ports import KEYPOINT_NAMES, DetectedPose

MAX_PEOPLE = 4  # enough to say "several people"; each costs one more landmark inference
MIN_DETECTION = 0.4  # the default 0.5 misses some people seen from behind


class MediapipePose:
    """One landmarker, made on first use, behind a lock (the task is not safe to share).

    Args:
        find_model_file: called once, before first use; may fetch the file.
    """

    def __init__(self, find_model_file: Callable[[], Path]) -> None:
        self._find_model_file = find_model_file
        self._lock = threading.Lock()
        self._landmarker: Any = None

    def detect(self, photo_rgb: RgbImage) -> tuple[DetectedPose, ...]:
        """See `PoseModel.detect`."""
        with self._lock:
            import mediapipe

            if self._landmarker is None:
                self._landmarker = self._open()
            image = mediapipe.Image(
                image_format=mediapipe.ImageFormat.SRGB, data=np.ascontiguousarray(photo_rgb)
            )
            found = self._landmarker.detect(image)
            # The masks are views into memory of the task: copy before the next call.
            masks = [np.array(m.numpy_view(), np.float32) for m in found.segmentation_masks or ()]
        people = [
            _to_pose(points, world, mask.reshape(photo_rgb.shape[:2]))
            for points, world, mask in zip(
                found.pose_landmarks, found.pose_world_landmarks, masks, strict=True
            )
        ]
        return tuple(sorted(people, key=_prominence, reverse=True))

    def close(self) -> None:
        """Free the task; the next `detect` opens it again."""
        with self._lock:
            if self._landmarker is not None:
                self._landmarker.close()
                self._landmarker = None

    def _open(self) -> Any:
        from mediapipe.tasks.python import BaseOptions, vision

        options = vision.PoseLandmarkerOptions(
            base_options=BaseOptions(model_asset_path=str(self._find_model_file())),
            num_poses=MAX_PEOPLE,
            min_pose_detection_confidence=MIN_DETECTION,
            output_segmentation_masks=True,
        )
        landmarker = vision.PoseLandmarker.create_from_options(options)
        atexit.register(_forget, landmarker)
        return landmarker


def _forget(landmarker: Any) -> None:
    """Keep an unclosed landmarker's destructor from failing while the interpreter ends.

    It closes itself through a thread pool, which is gone by then; the memory goes with the
    process anyway.
    """
    landmarker._handle = None


def _to_pose(points: Any, world: Any, mask: SoftMask) -> DetectedPose:
    height, width = mask.shape
    if len(points) != len(KEYPOINT_NAMES):
        raise ValueError(f"want {len(KEYPOINT_NAMES)} keypoints, got {len(points)}")
    return DetectedPose(
        # Normalised coordinates count from the picture's corner, ours from a pixel's centre.
        points_xy=np.array([(p.x * width - 0.5, p.y * height - 0.5) for p in points]),
        visibility=np.array([p.visibility for p in points], dtype=np.float64),
        world_xyz=np.array([(p.x, p.y, p.z) for p in world]),
        mask=np.clip(mask, 0.0, 1.0),
    )


def _prominence(pose: DetectedPose) -> float:
    """Size of the trunk, less for people at the edge of the picture."""
    height, width = pose.mask.shape
    trunk_xy = pose.points_xy[[11, 12, 23, 24]]
    length = float(np.hypot(*(trunk_xy[:2].mean(axis=0) - trunk_xy[2:].mean(axis=0))))
    breadth = float(np.hypot(*(trunk_xy[0] - trunk_xy[1])))
    off_centre = abs(float(trunk_xy[:, 0].mean()) / width - 0.5) * 2
    return float((length + breadth) / height * (1.0 - 0.4 * min(1.0, off_centre)))
