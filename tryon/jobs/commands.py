"""The commands `worker` and `keys` of the command line."""

import argparse
import logging
import os
import sys
from datetime import UTC, datetime

from tryon.jobs.api_keys import KeyRing
from tryon.settings import Settings


def run_worker_command(settings: Settings) -> int:
    """`python -m tryon worker`: does jobs until it is told to stop.

    Returns:
        0; it ends with 1 when it gave up (see `run_worker`): whoever started it starts it anew.
    """
    from tryon.api.trace import log_to_stderr
    from tryon.bootstrap import build
    from tryon.bootstrap_jobs import build_dresser, run_worker

    log_to_stderr(is_debug=settings.debug)
    if run_worker(settings, lambda: build_dresser(settings, build(settings))):
        return 0
    logging.shutdown()
    os._exit(1)  # not as usual: Python would wait for the threads that are stuck


def run_keys_command(args: argparse.Namespace, settings: Settings) -> int:
    """`python -m tryon keys add NAME | list | revoke NAME`."""
    from tryon.bootstrap import build_database

    database = build_database(settings)
    database.migrate()
    keys = KeyRing(database)
    if args.action == "add":
        key = keys.add(args.name)
        sys.stderr.write(f"The key of {args.name}; it is shown only now:\n")
        sys.stdout.write(f"{key}\n")
    elif args.action == "revoke":
        keys.revoke(args.name)
        sys.stdout.write(f"The key of {args.name} opens nothing any more.\n")
    else:
        for info in keys.infos():
            revoked = f"  revoked {_day(info.revoked)}" if info.revoked else ""
            sys.stdout.write(f"{info.name:<30} made {_day(info.created)}{revoked}\n")
    database.close()
    return 0


def _day(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d")
