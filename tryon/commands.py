"""What each command does: `cli.py` reads the arguments and calls one of these.

Results go to standard output, progress and errors to standard error.
"""

import argparse
import sys
from collections.abc import Callable
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from tryon.errors import in_one_line
from tryon.settings import Settings

if TYPE_CHECKING:  # the rest is imported by the command that needs it: --help stays fast
    from tryon.fit import TryOn
    from tryon.runs.batch import Outcome
    from tryon.runs.run import Runner
    from tryon.steps import StepEvent
    from tryon.studio import Studio

Build: TypeAlias = "Callable[[Settings], Studio]"
MOST_SHOWN = 200  # characters of an argument that cannot be used
FETCH_TIMEOUT_S = 30.0  # for one picture; nobody waits at a page, so twice the studio's


class UsageError(Exception):
    """The command as given cannot be meant; the text says why."""


def run(args: argparse.Namespace, settings: Settings, build: Build) -> int:
    """Dress one person, and say how it went in one line."""
    from tryon.errors import QualityCheckFailed
    from tryon.fit import MOST_GARMENTS
    from tryon.runs.run import Request, Wanted, is_url

    types, anchors = args.garment_type or [], args.anchors or []
    for source in (args.person, *args.garments, *anchors):
        if not is_url(str(source)) and not _is_file(source):
            raise UsageError(f"there is no file {str(source)[:MOST_SHOWN]}")
    if len(args.garments) > MOST_GARMENTS:
        raise UsageError(f"at most {MOST_GARMENTS} garments in one run")
    if max(len(types), len(anchors)) > len(args.garments):
        raise UsageError("more garment types or anchors than garments")
    named = [None if name == "auto" else name for name in types]
    each = zip_longest(args.garments, named, anchors)
    request = Request(args.person, tuple(Wanted(*one) for one in each))
    runner = _runner(args, settings, build)
    done = runner.run(request, args.out, on_step=_ignore if args.quiet else _print_step)

    try_on, final = done.try_on, done.final
    for note in () if args.quiet else done.notes:
        print(f"note: {note}", file=sys.stderr)
    fitted = "; ".join(map(_fit_line, try_on.outfit))
    seconds = sum(try_on.seconds.values()) + (final.seconds if final else 0)
    picture, made = "draft_composite.png", ""
    if final is not None:
        passed = "passed its checks" if final.passed else "did not pass every check"
        picture, made = "result.png", f", by {final.generator} ({passed})"
    print(f"{args.out / picture}: {fitted}{made}, {seconds:.1f} s")
    poor = [fit.best.quality for fit in try_on.outfit if not fit.best.quality.passed]
    if args.strict and poor:
        raise QualityCheckFailed("; ".join(f"{q.score:.2f} < {q.threshold:.2f}" for q in poor))
    return 0


def batch(args: argparse.Namespace, settings: Settings, build: Build) -> int:
    """Dress everybody of a table."""
    from tqdm import tqdm

    from tryon.runs.batch import run_batch
    from tryon.runs.table import SUMMARY_FILE, BadTable, read_table

    try:
        rows = read_table(args.table)
    except BadTable as exc:
        raise UsageError(str(exc)) from exc
    runner = _runner(args, settings, build)
    is_terminal = sys.stderr.isatty()
    with tqdm(total=len(rows), unit="pair", disable=args.quiet or not is_terminal) as bar:

        def report(outcome: "Outcome") -> None:
            bar.update()
            if outcome.status == "failed" or not (args.quiet or is_terminal):
                tqdm.write(_outcome_line(outcome), file=sys.stderr)

        outcomes = run_batch(rows, args.out, runner, report, workers=args.workers, force=args.force)
    num_failed = sum(outcome.status == "failed" for outcome in outcomes)
    print(f"{len(rows) - num_failed} done, {num_failed} failed: {args.out / SUMMARY_FILE}")
    return 1 if num_failed else 0


def weights(args: argparse.Namespace, settings: Settings, _build: object) -> int:
    """Fetch and verify the model files."""
    from tryon.weights import ensure_all, silent

    progress = silent if args.quiet else _print_bytes
    paths = ensure_all(settings.weights_dir, settings.weights_offline, progress)
    num_mb = sum(path.stat().st_size for path in paths) / 1e6
    print(f"{len(paths)} model files are ready in {settings.weights_dir} ({num_mb:.0f} MB)")
    return 0


def serve(args: argparse.Namespace, settings: Settings, _build: object) -> int:
    """Start the studio in this process; what is given here goes before the environment."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    import app

    names = [name for name in ("host", "port") if getattr(args, name) is not None]
    app.main(settings.model_copy(update={name: getattr(args, name) for name in names}))
    return 0


def worker(_args: argparse.Namespace, settings: Settings, _build: object) -> int:
    """Do jobs of the REST API."""
    from tryon.jobs.commands import run_worker_command

    try:
        return run_worker_command(settings)
    except ValueError as exc:
        raise UsageError(str(exc)) from exc


def keys(args: argparse.Namespace, settings: Settings, _build: object) -> int:
    """Make, list and revoke keys of the REST API."""
    from tryon.jobs.commands import run_keys_command

    try:
        return run_keys_command(args, settings)
    except ValueError as exc:
        raise UsageError(str(exc)) from exc


def review(args: argparse.Namespace, settings: Settings, _build: object) -> int:
    """One of the review's commands."""
    from tryon.bootstrap import build_database, build_review
    from tryon.review.cli import run_review

    try:
        database = build_database(settings)
    except ValueError as exc:
        raise UsageError(str(exc)) from exc
    return run_review(args, settings, lambda: build_review(settings, database))


def _runner(args: argparse.Namespace, settings: Settings, build: Build) -> "Runner":
    from tryon.artifacts.record import RunRecord
    from tryon.fit import FitOptions
    from tryon.generation.options import FinalOptions
    from tryon.runs.run import Runner

    max_bytes = settings.max_upload_mb * 2**20

    def fetch(url: str) -> bytes:
        from tryon.adapters.public_fetch import fetch_public_image

        return fetch_public_image(url, max_bytes, FETCH_TIMEOUT_S)

    retries, threshold = args.max_retries, args.quality_threshold
    options = FitOptions(
        tuck=args.tuck,
        max_retries=settings.max_retries if retries is None else retries,
        quality_threshold=settings.quality_threshold if threshold is None else threshold,
    )
    final = FinalOptions(
        generator=args.generator,
        preserve_face=args.preserve_face,
        preserve_background=args.preserve_background,
        realism_level=args.realism_level,
        max_retries=settings.final_max_retries,
        seed=args.seed,
        model=args.model,
    )
    return Runner(
        service=build(settings),
        fetch=fetch,
        options=options,
        record=RunRecord(settings=settings.of_results(), save_debug=settings.save_debug_artifacts),
        max_bytes=max_bytes,
        final=final if args.mode == "final" else None,
    )


def _is_file(source: str | Path) -> bool:
    try:
        return Path(source).is_file()
    except OSError:  # a name longer than any file's
        return False


def _ignore(_event: "StepEvent") -> None:
    """--quiet."""


def _print_step(event: "StepEvent") -> None:
    if event.is_done:
        print(f"  {event.stage} {event.name:<16} {event.seconds:6.2f} s", file=sys.stderr)


def _print_bytes(name: str, done: int, total: int | None, source: str) -> None:
    if total is None:
        print(f"fetching {name} from {source}", file=sys.stderr)
    elif done == total or sys.stderr.isatty():
        end = "\n" if done == total else "\r"
        print(f"  {done / 1e6:.1f} of {total / 1e6:.1f} MB", end=end, file=sys.stderr)


def _fit_line(fit: "TryOn") -> str:
    quality = fit.best.quality
    tucked = "tucked in, " if fit.best.draft.is_tucked else ""
    return (
        f"{fit.garment.garment_type}, {tucked}quality {quality.score:.2f} "
        f"({'passed' if quality.passed else 'below'} {quality.threshold:.2f})"
    )


def _outcome_line(outcome: "Outcome") -> str:
    if outcome.error is not None:
        return f"{outcome.id}: failed: {in_one_line(outcome.error)}"
    seconds = "" if outcome.seconds is None else f", {outcome.seconds:.1f} s"
    score = "" if outcome.quality_score is None else f", quality {outcome.quality_score:.2f}"
    return f"{outcome.id}: {outcome.status}{score}{seconds}"


COMMANDS: Final = {
    "run": run, "batch": batch, "weights": weights, "serve": serve,
    "worker": worker, "keys": keys, "review": review,
}  # fmt: skip
