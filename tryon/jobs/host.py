"""A process that takes part: its table is up to date, jobs get done, sweeps run."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tryon.database.sql import Database
from tryon.errors import ServiceUnavailable, StorageError
from tryon.jobs.runner import Runner
from tryon.jobs.sweep import Sweeper

LOG = logging.getLogger(__name__)

GRACE_S: Final = 20.0  # for jobs at work when asked to stop; container hosts kill after 30


@dataclass(frozen=True, slots=True)
class Host:
    """What starts and stops with the process."""

    database: Database
    runner: Runner
    sweepers: Sequence[Sweeper]

    def start(self) -> None:
        """Bring the tables up to date, then begin.

        Raises:
            ServiceUnavailable: the database does not answer.
        """
        self.database.migrate()
        self.runner.start()
        for sweeper in self.sweepers:
            sweeper.start()

    def stop(self) -> None:
        """Let jobs at work end; what does not end in time goes back for others."""
        for sweeper in self.sweepers:
            sweeper.stop()
        try:
            self.runner.stop(GRACE_S)
        except (ServiceUnavailable, StorageError) as error:
            LOG.warning("%s", error)
        self.database.close()

    def has_stuck_threads(self) -> bool:
        """Whether Python would wait for one of them for ever when this process ends."""
        return self.runner.condition().num_stuck > 0
