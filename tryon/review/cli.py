"""`python -m tryon review ...`: results on standard output, progress on standard error."""

import argparse
import csv
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tryon.errors import InvalidLabel, InvalidReviewFile, NotEnoughLabels, StorageError
from tryon.review.archive import SUFFIXES, export, read_archive
from tryon.review.fits import DRAFT
from tryon.review.imports import Imported, import_labels, read_labels
from tryon.review.jobs_source import add_jobs, finished_jobs
from tryon.review.labels import VERDICTS, Gold, Schema
from tryon.review.projects import INSTRUCTIONS
from tryon.review.records import Project
from tryon.review.service import Review
from tryon.review.stats_text import calibration_text, stats_text
from tryon.review.turns import Rules
from tryon.settings import Settings

if TYPE_CHECKING:
    from tryon.jobs.service import Blobs

RULES: Final = ("overlap", "reviewers", "gold", "repeats", "repeat_gap", "seed", "show_score")


def run_review(args: argparse.Namespace, settings: Settings, build: Callable[[], Review]) -> int:
    """Do one action and return the exit status."""
    review = build()
    is_named = args.action not in ("projects", "create") and args.project is not None
    project = review.projects.get(args.project) if is_named else None
    return ACTIONS[args.action](args, settings, review, project)


def _projects(_args: Any, _settings: Any, review: Review, _project: Any) -> int:
    for project in review.projects.all():
        counts = review.projects.counts(project)
        names = ", ".join(r.name for r in review.projects.reviewers(project)) or "nobody yet"
        print(f"{project.name}: {counts['items']} items, {counts.get('done', 0)} labels; {names}")
    return 0


def _create(args: argparse.Namespace, _settings: Any, review: Review, _project: Any) -> int:
    schema = None
    if args.schema:
        try:
            schema = Schema.from_json(json.loads(_text(args.schema)))
        except ValueError as exc:
            raise InvalidReviewFile(str(exc), message=f"{args.schema} is not JSON.") from exc
    instructions = _text(args.instructions) if args.instructions else INSTRUCTIONS
    project = review.projects.create(args.project, instructions, schema, Rules(**_rules(args)))
    print(f'{project.name} is ready; next: python -m tryon review add "{project.name}" FOLDER')
    return 0


def _change(args: argparse.Namespace, _settings: Any, review: Review, project: Project) -> int:
    instructions = _text(args.instructions) if args.instructions else project.instructions
    changed = review.projects.change(project, instructions, **_rules(args))
    print(f"{changed.name}: {json.dumps(changed.rules.to_json())}")
    return 0


def _add(args: argparse.Namespace, settings: Settings, review: Review, project: Project) -> int:
    from tqdm import tqdm

    archives = [path for path in args.folders if path.suffix == ".zip"]
    for path in archives:
        _add_archive(review, project, path)
    folders = [f for path in args.folders if path not in archives for f in _fits_below(path)]
    jobs = finished_jobs(review.database) if args.jobs else []
    if not folders and not archives and not jobs:
        raise InvalidReviewFile(
            str(args.folders), message="There is no finished fit to add.",
            remedy="Give the folder that python -m tryon batch wrote, or --jobs.",
        )  # fmt: skip
    sources = [review.items.add_folders(project, folders)]
    if jobs:
        sources.append(add_jobs(review.items, project, jobs, _blobs(settings)))
    counts = {"added": 0, "known": 0, "refused": 0}
    is_hidden = args.quiet or not sys.stderr.isatty()
    with tqdm(total=len(folders) + len(jobs), unit="fit", disable=is_hidden) as bar:
        for added in chain(*sources):
            counts[added.status] += 1
            bar.update()
            if added.status == "refused":
                name, reason = added.folder.name, added.reason
                text = reason if reason.startswith(name) else f"{name}: {reason}"
                tqdm.write(text, file=sys.stderr)
    if folders or jobs:
        print(f"{counts['added']} added, {counts['known']} were there, {counts['refused']} refused")
    return 1 if counts["refused"] else 0


def _blobs(settings: Settings) -> "Blobs":
    from tryon.bootstrap_jobs import build_blobs

    return build_blobs(settings)


def _add_archive(review: Review, project: Project, path: Path) -> None:
    with read_archive(path) as (entries, folder):
        for entry in entries:
            fit = folder / "items" / entry.item
            item = review.items.add_folder(project, fit, entry.source, entry.title)
            if entry.gold is not None:
                review.items.set_gold(project, item.id, entry.gold)
        rows = read_labels(folder / "labels.jsonl", project)
        done = import_labels(review.database, project, rows)
    print(f"{path.name}: {len(entries)} items; {_imported(done)}")


def _gold(args: argparse.Namespace, _settings: Any, review: Review, project: Project) -> int:
    reader = csv.DictReader(_text(args.table).splitlines())
    if not {"title", "verdict"} <= set(reader.fieldnames or ()):
        message = f"{args.table} needs the columns title and verdict."
        raise InvalidReviewFile(str(reader.fieldnames), message=message)
    answers: list[tuple[str, Gold | None]] = []
    try:
        for row in reader:  # all of them before the first is kept
            answer = {"verdict": row["verdict"], "defects": (row.get("defects") or "").split()}
            answers.append((row["title"], Gold.from_json(answer) if row["verdict"] else None))
    except (InvalidLabel, csv.Error) as exc:
        raise InvalidReviewFile(
            str(exc), message=f"{args.table}, line {reader.line_num}: want one of the verdicts "
            f"{', '.join(VERDICTS)}, or none.",
        ) from exc  # fmt: skip
    num = sum(review.items.set_gold(project, title, gold) for title, gold in answers)
    print(f"{num} items have known answers from {args.table}")
    return 0


def _invite(args: argparse.Namespace, settings: Settings, review: Review, project: Project) -> int:
    reviewer, token = review.projects.invite(project, args.name, args.lead)
    base = (args.url or f"http://{settings.host}:{settings.port}{settings.root_path}").rstrip("/")
    role = ", a lead" if reviewer.is_lead else ""
    print(f"{base}/review/#invite={token}")
    if not args.quiet:
        print(f"The link is for {reviewer.name}{role}, and works until the next invitation.",
              file=sys.stderr)  # fmt: skip
    return 0


def _dismiss(args: argparse.Namespace, _settings: Any, review: Review, project: Project) -> int:
    review.projects.dismiss(project, args.name)
    print(f"{args.name} may no longer review {project.name}")
    return 0


def _delete(
    args: argparse.Namespace, _settings: Any, review: Review, project: Project | None
) -> int:
    if project is None and not args.items:
        raise InvalidReviewFile(
            "nothing named", message="There is nothing to delete.",
            remedy="Name items, or a project with --project.",
        )  # fmt: skip
    doomed = review.eraser.find(args.items, project)
    is_whole = project is not None and not args.items
    what = f"{len(doomed.items)} items with {doomed.num_labels} labels"
    if project is not None and is_whole:
        what = f"{project.name}: {what}, and the project itself"
    if not args.yes:
        raise InvalidReviewFile(
            "no --yes", message=f"Nothing was deleted. This would go for good: {what}.",
            remedy="Say it again with --yes.",
        )  # fmt: skip
    if project is not None and is_whole:
        review.eraser.erase_project(project)
    else:
        review.eraser.erase(doomed.items)
    print(f"deleted {what}")
    return 0


def _stats(args: argparse.Namespace, _settings: Any, review: Review, project: Project) -> int:
    report = review.report(project)
    if args.charts:
        try:
            args.charts.mkdir(parents=True, exist_ok=True)
            for name, svg in report["charts"].items():
                (args.charts / f"{name.replace(' ', '_')}.svg").write_text(svg, "utf-8")
        except OSError as exc:
            raise StorageError(str(exc), message=f"{args.charts} cannot be written.") from exc
    if args.json:
        print(json.dumps({k: v for k, v in report.items() if k != "charts"}, indent=2))
    else:
        print(stats_text(project.name, report))
    return 0


def _calibrate(args: argparse.Namespace, _settings: Any, review: Review, project: Project) -> int:
    if not 0.5 <= args.precision < 1:
        raise InvalidReviewFile(
            str(args.precision), message="--precision is a number from 0.5 to below 1."
        )
    report = review.calibrate(project, args.precision)
    print(calibration_text(report, args.precision))
    if args.out is None:
        return 0
    made = report.calibrations.get(args.method)
    if made is None:
        raise NotEnoughLabels(
            args.method,
            message=f"No threshold of the {args.method} mapping reaches {args.precision:.0%} for "
            f"sure with {report.num_items} decided fits.",
            remedy="Label more fits, ask for less precision, or improve the score.",
        )
    _write(args.out, json.dumps(made[0].to_json(), indent=2) + "\n")
    print(f"\n{args.out}: version {made[0].version}. Used only with QUALITY_CALIBRATION={args.out}")
    return 0


def _export(args: argparse.Namespace, _settings: Any, review: Review, project: Project) -> int:
    kind = args.format or SUFFIXES.get(args.out.suffix.lower())
    if kind is None:
        raise InvalidReviewFile(
            args.out.suffix, message=f"{args.out}: say --format, the name does not tell it."
        )
    items, labels = review.items.all(project), review.disputes.labels(project)
    export(project, items, labels, kind, args.out, review.items)
    print(f"{args.out}: {len(labels)} labels of {len(items)} items")
    return 0


def _import(args: argparse.Namespace, _settings: Any, review: Review, project: Project) -> int:
    if args.file.suffix == ".zip":
        _add_archive(review, project, args.file)
        return 0
    done = import_labels(review.database, project, read_labels(args.file, project))
    print(_imported(done))
    return 1 if done.unknown_items else 0


ACTIONS: Final[Mapping[str, Callable[..., int]]] = {
    "projects": _projects, "create": _create, "change": _change, "add": _add, "gold": _gold,
    "invite": _invite, "dismiss": _dismiss, "delete": _delete, "stats": _stats,
    "calibrate": _calibrate, "export": _export, "import": _import,
}  # fmt: skip


def _imported(done: Imported) -> str:
    text = f"{done.added} labels added, {done.known} were there"
    return text + (
        f", {done.unknown_items} of items this project does not have" if done.unknown_items else ""
    )


def _fits_below(path: Path) -> Iterator[Path]:
    """The folder itself when it holds a fit, else every folder in it that a run left there."""
    if not path.is_dir():
        raise InvalidReviewFile(str(path), message=f"There is no folder {path}.",
                                remedy="Check the path.")  # fmt: skip
    if (path / DRAFT).is_file():
        yield path
        return
    for folder in sorted(path.iterdir()):
        if any((folder / name).is_file() for name in (DRAFT, "run.json", "person.png")):
            yield folder


def _rules(args: argparse.Namespace) -> dict[str, Any]:
    return {name: getattr(args, name) for name in RULES if getattr(args, name) is not None}


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as exc:
        message = f"{path} cannot be read as UTF-8 text."
        raise InvalidReviewFile(str(exc), message=message) from exc


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    except OSError as exc:
        raise StorageError(str(exc), message=f"{path} cannot be written.") from exc
