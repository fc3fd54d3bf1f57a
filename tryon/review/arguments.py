"""The arguments of `python -m tryon review ...` and their help; `cli.py` beside it does them."""

import argparse
from pathlib import Path
from typing import Any, Final

FORMATS: Final = ("csv", "jsonl", "parquet", "coco", "label-studio", "anchors", "archive")

DESCRIPTION = """\
Label how good fits are, see how far reviewers agree, calibrate the automatic score. More in
docs/review.md.

  python -m tryon review create "Autumn tops" --overlap 0.2
  python -m tryon review add "Autumn tops" out/             # a folder that batch made
  python -m tryon review invite "Autumn tops" Ann           # prints the link for Ann
  python -m tryon review stats "Autumn tops"
  python -m tryon review calibrate "Autumn tops" --precision 0.9 --out calibration.json
  python -m tryon review export "Autumn tops" --format parquet --out labels.parquet
  python -m tryon review delete --project "Autumn tops" --yes
"""


class _Actions:
    """What stands below `review`: an action by its name, mostly about one project."""

    def __init__(self, review: argparse.ArgumentParser, every: argparse.ArgumentParser) -> None:
        self._every = every
        self._below = review.add_subparsers(required=True, metavar="ACTION", dest="action")

    def add(self, name: str, text: str, *, has_project: bool = True) -> argparse.ArgumentParser:
        parser = self._below.add_parser(name, help=text, description=text, parents=[self._every])
        if has_project:
            parser.add_argument("project", metavar="PROJECT", help="name of the project")
        return parser


def add_review_parser(commands: Any, every: argparse.ArgumentParser) -> None:
    """Add the command and what stands below it."""
    review = commands.add_parser(
        "review", help="label fits, measure agreement, calibrate the score",
        description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    review.set_defaults(command="review")
    actions = _Actions(review, every)
    _add_projects(actions)
    _add_items(actions)
    _add_people(actions)
    _add_figures(actions)
    _add_files(actions)


def _add_projects(actions: _Actions) -> None:
    actions.add("projects", "List projects, their items and labels.", has_project=False)
    create = actions.add("create", "Make a project.")
    _add_rules(create)
    create.add_argument("--schema", type=Path, metavar="FILE", help="JSON with own defects")
    _add_rules(actions.add("change", "Change the instructions or rules of a project."))
    delete = actions.add(
        "delete", "Erase items, or a whole project: pictures, labels and their history.",
        has_project=False,
    )  # fmt: skip
    delete.add_argument(
        "items", nargs="*", metavar="ITEM", help="id as in exports; with --project a title, too"
    )
    delete.add_argument(
        "--project", metavar="NAME", help="where the items are; without any, all of it goes"
    )
    delete.add_argument("--yes", action="store_true", help="do it; without, only say what would go")


def _add_items(actions: _Actions) -> None:
    add = actions.add("add", "Add finished fits; started again, it goes on where it stopped.")
    add.add_argument(
        "folders", type=Path, nargs="*", metavar="FOLDER",
        help="the folder of one fit, one with many (as batch makes it), or an archive (.zip)",
    )  # fmt: skip
    add.add_argument("--jobs", action="store_true", help="the finished jobs of the API, too")
    gold = actions.add("gold", "Give items known answers from a table.")
    gold.add_argument(
        "table", type=Path, metavar="FILE.csv",
        help="columns title, verdict[, defects]; defects separated by spaces; no verdict: none",
    )  # fmt: skip


def _add_people(actions: _Actions) -> None:
    invite = actions.add("invite", "Let somebody review; prints a link that only they should get.")
    invite.add_argument("name", metavar="NAME", help="of the reviewer, as figures show it")
    invite.add_argument("--lead", action="store_true", help="may see figures, settle disputes")
    invite.add_argument(
        "--url", metavar="URL", help="address of the studio (default: HOST and PORT)"
    )
    dismiss = actions.add("dismiss", "Let somebody review no longer; their labels stay.")
    dismiss.add_argument("name", metavar="NAME")


def _add_figures(actions: _Actions) -> None:
    stats = actions.add("stats", "Progress, agreement, reviewers, disputes and the score.")
    stats.add_argument("--json", action="store_true", help="all figures as JSON")
    stats.add_argument("--charts", type=Path, metavar="DIR", help="write the charts as SVG there")
    calibrate = actions.add("calibrate", "Suggest a threshold and write a calibration file.")
    calibrate.add_argument(
        "--precision", type=float, default=0.9, metavar="P",
        help="wanted share of accepted fits among those that pass (default 0.9)",
    )  # fmt: skip
    calibrate.add_argument(
        "--method", choices=("logistic", "isotonic"), default="logistic",
        help="logistic: from the components (default); isotonic: from the score alone",
    )  # fmt: skip
    calibrate.add_argument("--out", type=Path, metavar="FILE", help="for QUALITY_CALIBRATION")


def _add_files(actions: _Actions) -> None:
    export = actions.add("export", "Write the labels, or the whole project, as a file.")
    export.add_argument("--format", choices=FORMATS, help="default: by the name of FILE")
    export.add_argument("--out", type=Path, required=True, metavar="FILE")
    labels = actions.add("import", "Take labels in: an export, Label Studio's JSON, or an archive.")
    labels.add_argument("file", type=Path, metavar="FILE")


def _add_rules(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--instructions", type=Path, metavar="FILE", help="text shown to the reviewers"
    )
    rules = {
        "overlap": (float, "share of items that several reviewers see (default 0.2)"),
        "reviewers": (int, "how many see such an item (default 2)"),
        "gold": (float, "share of a reviewer's items with a known answer (default 0.05)"),
        "repeats": (float, "share of a reviewer's items shown again (default 0.05)"),
        "repeat-gap": (int, "items between, at least (default 20)"),
        "seed": (int, "of every draw (default 1)"),
    }
    for name, (kind, text) in rules.items():
        parser.add_argument(f"--{name}", type=kind, metavar="N", help=text)
    parser.add_argument(
        "--show-score", action=argparse.BooleanOptionalAction,
        help="tell the automatic score after an item was handed in (default: yes)",
    )  # fmt: skip
