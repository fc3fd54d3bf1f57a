"""The arguments of the command line and its help; `commands.py` does what they ask."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from tryon import __version__
from tryon.anchors import GARMENT_TYPES, TUCKS
from tryon.generation.options import DEFAULT_REALISM, GENERATOR_CHOICES, REALISM_LEVELS
from tryon.review.arguments import add_review_parser

_Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"

EXAMPLES = """\
examples:
  python -m tryon run me.jpg shirt.png --out out
  python -m tryon run me.jpg shirt.png --out out --anchors out/anchors.json
  python -m tryon run me.jpg shirt.png jeans.png --out out --tuck in
  python -m tryon run me.jpg shirt.png --out out --mode final --generator offline
  python -m tryon batch pairs.csv --out out --workers 2
  python -m tryon weights
  python -m tryon serve --port 8080
  python -m tryon keys add shop

exit status: 0 all done, 1 something failed (see error.json), 2 bad usage, 130 stopped by Ctrl+C
"""
TABLE_HELP = """\
The table has the columns id, person, garment and, if you like, garment_type, anchors and tuck
(which goes before --tuck). Paths are relative to the table; pictures may be http(s) addresses.
An outfit has several garments with ; between them, and so its types and anchors, in that order.
Every row gets a folder OUT/<id>; what became of it is in OUT/summary.csv. Rows already done with
the same photos and choices are skipped; rows that failed are tried again.
"""


def make_parser() -> argparse.ArgumentParser:
    """Every command, its arguments and its help; `command` is the name of the command given."""
    parser = argparse.ArgumentParser(
        prog="python -m tryon",
        description="Fit a garment photo on a person photo, and keep every stage of it.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"tryon {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    every = argparse.ArgumentParser(add_help=False)
    every.add_argument("--debug", action="store_true", help="show tracebacks")
    every.add_argument("--quiet", action="store_true", help="print results and errors only")
    fit = _fit_arguments()
    _add_run(commands, [fit, every])
    _add_batch(commands, [fit, every])
    _add_weights(commands, every)
    _add_service(commands, every)
    add_review_parser(commands, every)
    return parser


def _fit_arguments() -> argparse.ArgumentParser:
    """What `run` and `batch` share."""
    fit = argparse.ArgumentParser(add_help=False)
    fit.add_argument("--out", type=_folder, required=True, metavar="DIR", help="where results go")
    fit.add_argument("--mode", choices=("draft", "final"), default="draft", help="how far to go")
    fit.add_argument(
        "--tuck", choices=TUCKS, default="auto",
        help="how a top is worn: auto (default) as in the photo, in the waistband, or out over it",
    )  # fmt: skip
    fit.add_argument(
        "--max-retries", type=_number(int, 0, 3), metavar="N",
        help="other strategies to try while the score is too low (0-3; default: MAX_RETRIES)",
    )  # fmt: skip
    fit.add_argument(
        "--quality-threshold", type=_number(float, 0, 1), metavar="S",
        help="the score to reach (0-1; default: QUALITY_THRESHOLD)",
    )  # fmt: skip
    _add_final(fit.add_argument_group("the final picture (--mode final)"))
    return fit


def _add_run(commands: _Commands, parents: list[argparse.ArgumentParser]) -> None:
    run = commands.add_parser(
        "run", help="dress one person in one garment or several", parents=parents,
        description="Dress one person in one garment, or in an outfit of several, and write every "
        "stage into a folder.",
    )  # fmt: skip
    run.add_argument("person", metavar="PERSON", help="person photo: a file or http(s) address")
    run.add_argument(
        "garments", metavar="GARMENT", nargs="+",
        help="garment photo: a file or http(s) address; several are put on together",
    )  # fmt: skip
    run.add_argument(
        "--garment-type", choices=("auto", *GARMENT_TYPES), action="append", metavar="TYPE",
        type=lambda text: text or "auto",
        help=f"auto (default) or one of {', '.join(GARMENT_TYPES)}; "
        "of several garments once each, in their order",
    )  # fmt: skip
    run.add_argument(
        "--anchors", type=Path, action="append", metavar="FILE",
        help="anchors.json of an earlier run, edited; of several garments once each, "
        "in their order",
    )  # fmt: skip
    run.add_argument(
        "--strict", action="store_true",
        help="end as an error when the score stays too low; every file is there all the same",
    )  # fmt: skip
    run.set_defaults(command="run")


def _add_batch(commands: _Commands, parents: list[argparse.ArgumentParser]) -> None:
    batch = commands.add_parser(
        "batch", help="dress many pairs from a table", parents=parents,
        description=TABLE_HELP, formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    batch.add_argument("table", type=Path, metavar="PAIRS.csv", help="the table of pairs")
    batch.add_argument(
        "--workers", type=_number(int, 1, 64), default=1, metavar="N",
        help="rows at the same time (default 1: the models use every core as it is)",
    )  # fmt: skip
    batch.add_argument("--force", action="store_true", help="run rows again that are done")
    batch.set_defaults(command="batch")


def _add_weights(commands: _Commands, every: argparse.ArgumentParser) -> None:
    weights = commands.add_parser(
        "weights", help="fetch and verify the model files", parents=[every],
        description="Fetch the model files that are missing and verify all of them.",
    )  # fmt: skip
    weights.set_defaults(command="weights")


def _add_service(commands: _Commands, every: argparse.ArgumentParser) -> None:
    serve = commands.add_parser(
        "serve", help="start the studio", parents=[every],
        description="Start the studio in this process; Ctrl+C ends it.",
    )  # fmt: skip
    serve.add_argument("--host", help="address to listen on (default: HOST)")
    serve.add_argument("--port", type=_number(int, 1, 65535), help="port (default: PORT)")
    serve.set_defaults(command="serve")
    worker = commands.add_parser(
        "worker", help="do jobs of the REST API in a process of its own", parents=[every],
        description="Do jobs until SIGTERM, which lets those at work end. JOB_WORKERS says how "
        "many at once; docs/scaling.md how several machines share them.",
    )  # fmt: skip
    worker.set_defaults(command="worker")
    keys = commands.add_parser(
        "keys", help="keys of the REST API",
        description="Make, list and revoke keys of the REST API. Only their hashes are kept.",
    )  # fmt: skip
    actions = keys.add_subparsers(dest="action", required=True, metavar="ACTION")
    for action, text in (("add", "make a key and print it, once"), ("revoke", "refuse it")):
        actions.add_parser(action, help=text, parents=[every]).add_argument("name", metavar="NAME")
    actions.add_parser("list", help="their names", parents=[every])
    keys.set_defaults(command="keys")


def _add_final(group: argparse._ArgumentGroup) -> None:
    yes_or_no = argparse.BooleanOptionalAction
    group.add_argument(
        "--generator", choices=GENERATOR_CHOICES, default="auto",
        help="who makes it: auto (default) is Nano Banana where there is a key, else offline",
    )  # fmt: skip
    group.add_argument(
        "--preserve-face", action=yes_or_no, default=True,
        help="keep head and hair as photographed (default)",
    )  # fmt: skip
    group.add_argument(
        "--preserve-background", action=yes_or_no, default=True,
        help="keep what is behind the person as photographed (default)",
    )  # fmt: skip
    group.add_argument(
        "--realism-level", type=int, choices=REALISM_LEVELS, default=DEFAULT_REALISM,
        help="from 1, the draft with softer edges, to 5, folds made anew (default "
        f"{DEFAULT_REALISM})",
    )  # fmt: skip
    group.add_argument(
        "--seed", type=_number(int, 0, 2**31 - 1), metavar="N", help="for Nano Banana"
    )
    group.add_argument("--model", metavar="NAME", help="its model (default: NANO_BANANA_MODEL)")


def _folder(text: str) -> Path:
    """An argparse type: a shell variable that is not set shall not mean the folder we are in."""
    if not text.strip():
        raise argparse.ArgumentTypeError("the name of the folder is empty")
    return Path(text)


def _number(kind: type[int] | type[float], low: int, high: int) -> Callable[[str], float]:
    """An argparse type: a number within limits."""

    def parse(text: str) -> float:
        try:
            value = kind(text)
        except ValueError:
            value = None
        if value is None or not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{text!r} is not a number from {low} to {high}")
        return value

    return parse
