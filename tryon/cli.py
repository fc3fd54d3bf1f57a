"""The command line: `python -m tryon run | batch | weights | serve | worker | keys | review`.

Arguments and settings in, exit status out, and every failure in one line; `commands.py` does the
work.
"""

import os
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tryon.arguments import make_parser
from tryon.commands import COMMANDS, UsageError
from tryon.errors import Cancelled, TryOnError, in_one_line
from tryon.process import tune_allocator
from tryon.settings import BadSetting, Settings, read_settings

if TYPE_CHECKING:  # imported when it is built: --help stays fast
    from tryon.studio import Studio


def main(
    argv: Sequence[str] | None = None, build: "Callable[[Settings], Studio] | None" = None
) -> int:
    """Run one command and return its exit status.

    Args:
        argv: arguments; None takes those of the process.
        build: makes the service from the settings; tests give a fake.
    """
    args = make_parser().parse_args(argv)
    try:
        settings = _settled(read_settings())
        args.debug = args.debug or settings.debug
        if argv is None:
            tune_allocator()
            if not args.debug:
                _silence_libraries()
            if args.command in ("run", "batch"):  # `kill` ends them as Ctrl+C does
                signal.signal(signal.SIGTERM, signal.default_int_handler)
        return COMMANDS[args.command](args, settings, build or _build)
    except (UsageError, BadSetting) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except (KeyboardInterrupt, Cancelled):
        print("\nstopped", file=sys.stderr)
        return 130
    except TryOnError as error:
        return _failed(in_one_line(error), error, debug=args.debug)
    except Exception as exc:  # noqa: BLE001 the last line of defence: no traceback unasked
        text = f"INTERNAL_ERROR: {type(exc).__name__}: {exc}. Run it once more with --debug."
        return _failed(text, exc, debug=args.debug)


def _settled(settings: Settings) -> Settings:
    if settings.quality_calibration is None:
        return settings
    from tryon.bootstrap import settled

    return settled(settings)


def _build(settings: Settings) -> "Studio":
    from tryon.bootstrap import build

    return build(settings)


def _silence_libraries() -> None:
    """Keep standard error for our own words: MediaPipe's C++ logs go to descriptor 2 as they like.

    Only in a process of our own, and not with --debug.
    """
    sys.stderr = os.fdopen(os.dup(2), "w", buffering=1, errors="backslashreplace")
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 2)


def _failed(text: str, error: Exception, *, debug: bool) -> int:
    if debug:
        traceback.print_exception(error)
    print(f"error: {text}", file=sys.stderr)
    return 1
