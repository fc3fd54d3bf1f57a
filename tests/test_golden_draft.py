"""One draft of real photos and real models, compared with the one somebody looked at.

After a change that is meant to move it:
`.venv/bin/python -m pytest tests/test_golden_draft.py --update-goldens`, then look at
`tests/goldens/astronaut_in_printed_tshirt.png` before committing it.
"""

import re
import subprocess
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import cv2
import numpy as np
import pytest

from assets.draw_garments import FOLDER
from tryon.arrays import BoolMask, RgbImage
from tryon.fit import FitOptions, Models, TryOn
from tryon.stages.load import PhotoLimits
from tryon.studio import Studio

ROOT = Path(__file__).parents[1]
WORK_SIDE = 512  # px: large enough for the print, small enough to commit
AROUND_THE_SHIRT = np.s_[130:512, 20:400]


@pytest.fixture(scope="module")
def astronaut(real_models: Models) -> TryOn:
    """The astronaut in the drawn printed T-shirt."""
    studio = Studio(real_models, PhotoLimits(work_side_px=WORK_SIDE))
    person = (files("skimage") / "data/astronaut.png").read_bytes()
    garment = (FOLDER / "printed_tshirt.jpg").read_bytes()
    return studio.try_on(person, garment, FitOptions(garment_type="tshirt"))


@pytest.mark.slow
def test_the_draft_looks_as_it_did(
    astronaut: TryOn, golden: Callable[[str, RgbImage, BoolMask], None]
) -> None:
    """A change that moves the shirt on a real person is seen before people see it."""
    draft = astronaut.best.draft

    shown = draft.region > 0.05
    assert shown.sum() == shown[AROUND_THE_SHIRT].sum()
    golden(
        "astronaut_in_printed_tshirt",
        np.ascontiguousarray(draft.rgb[AROUND_THE_SHIRT]),
        shown[AROUND_THE_SHIRT],
    )


@pytest.mark.slow
def test_nothing_but_the_clothes_changed(astronaut: TryOn) -> None:
    """Her face, the flag and the shuttle are those of the photo; her old sleeves are not."""
    draft, photo = astronaut.best.draft, astronaut.person.photo

    near_old = cv2.dilate(astronaut.person.masks.old_top.mask, np.ones((9, 9), np.uint8)) > 0
    kept = (draft.region == 0) & ~near_old
    np.testing.assert_array_equal(draft.rgb[kept], photo.rgb[kept])
    assert 0.1 < float((draft.region > 0.5).mean()) < 0.5


@pytest.mark.slow
def test_the_shirt_sits_below_her_chin(astronaut: TryOn) -> None:
    """Whatever else moves: the collar is at the neck, and the face is free."""
    draft, pose = astronaut.best.draft, astronaut.person.pose

    nose = pose.xy("nose").round().astype(int)
    assert draft.region[: nose[1] + 1].max() == 0
    neck_y = (draft.anchors.person["left_neck"].y + draft.anchors.person["right_neck"].y) / 2
    shoulder_y = (pose.xy("left_shoulder")[1] + pose.xy("right_shoulder")[1]) / 2
    assert pose.xy("mouth_left")[1] < neck_y < shoulder_y


@pytest.mark.slow
def test_the_first_command_of_the_readme_runs_as_printed(tmp_path: Path) -> None:
    """Whoever opens the project copies it before reading on."""
    readme = (ROOT / "README.md").read_text("utf-8")
    [commands] = re.findall(r"<!-- cli-example -->\n```\n(.*?)```", readme, re.DOTALL)
    out = tmp_path / "out"

    done = subprocess.run(
        ["bash", "-euc", commands.replace("--out out", f"--out {out}")],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{out}/draft_composite.png: tshirt, quality 0.")
    assert (out / "run.json").is_file()


@pytest.mark.slow
def test_the_fit_is_scored_with_reasons(astronaut: TryOn) -> None:
    """The example on the first screen is not one we apologise for."""
    quality = astronaut.best.quality

    assert quality.passed, {n: (c.score, c.message) for n, c in quality.components.items()}
