"""A folder carried to a Hugging Face dataset every few minutes. Private, unless it exists already.

`CommitScheduler` creates the dataset when it is opened, commits in a thread of its own, and once
more when the process ends.
"""

import logging
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Final

LOG = logging.getLogger(__name__)
EVERY_MIN: Final = 5.0
IN_REPO: Final = "review"
FINAL_TIMEOUT_S: Final = 60.0


class HubDataset:
    """See `tryon.review.journal.Carrier`.

    Args:
        repo_id: `owner/name` of the dataset.
        folder: its `*.jsonl` are carried.
        token: may write to the dataset; None takes the one this machine is signed in with.
        every_min: minutes between commits.
        endpoint: another hub than huggingface.co.
    """

    def __init__(
        self,
        repo_id: str,
        folder: Path,
        token: str | None = None,
        every_min: float = EVERY_MIN,
        endpoint: str | None = None,
    ) -> None:
        from huggingface_hub import CommitScheduler, HfApi

        self.folder = folder
        self._scheduler = CommitScheduler(
            repo_id=repo_id, repo_type="dataset", private=True, folder_path=folder,
            path_in_repo=IN_REPO, every=every_min, token=token, allow_patterns="*.jsonl",
            hf_api=HfApi(endpoint=endpoint, token=token),
        )  # fmt: skip
        self.lock: AbstractContextManager[Any] = self._scheduler.lock

    def close(self) -> None:
        """Carry what is there, then stop; a hub that is away is logged."""
        try:
            self._scheduler.trigger().result(FINAL_TIMEOUT_S)
        except Exception as error:  # noqa: BLE001 whatever it is, the program is ending
            LOG.warning("the last labels did not reach the dataset: %s", error)
        self._scheduler.stop()
