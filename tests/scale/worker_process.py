"""A worker in a process of its own, with jobs that sleep; settings come from the environment.

python -m tests.scale.worker_process SECONDS
"""

import sys

from tests.fakes.jobs import HOLD, FakeDresser
from tryon.bootstrap_jobs import run_worker
from tryon.settings import Settings

if __name__ == "__main__":
    settings = Settings(_env_file=None)
    hold = settings.storage_dir / HOLD
    dresser = FakeDresser(seconds=float(sys.argv[1]) / 3, hold=hold, is_deaf=True)
    sys.exit(0 if run_worker(settings, lambda: dresser) else 1)
