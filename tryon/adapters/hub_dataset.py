"""A folder carried to a Hugging Face dataset every few minutes. Private, unless it exists already;
pictures of people are carried to private ones only.

`CommitScheduler` creates the dataset when it is opened, commits in a thread of its own, and once
more when the process ends.
"""

import logging
from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Final

LOG = logging.getLogger(__name__)
EVERY_MIN: Final = 5.0
IN_REPO: Final = "review"
FINAL_TIMEOUT_S: Final = 60.0


class HubDataset:
    """See `tryon.review.journal.Carrier` and `tryon.review.picture_sync.PictureCarrier`.

    Args:
        repo_id: `owner/name` of the dataset.
        folder: its `*.jsonl` are carried, with pictures also the folders below `items`.
        token: may write to the dataset; None takes the one this machine is signed in with.
        every_min: minutes between commits.
        endpoint: another hub than huggingface.co.
        has_pictures: carry pictures, too.

    Raises:
        ValueError: pictures, and a dataset that everybody can read.
    """

    def __init__(
        self,
        repo_id: str,
        folder: Path,
        token: str | None = None,
        every_min: float = EVERY_MIN,
        endpoint: str | None = None,
        has_pictures: bool = False,
    ) -> None:
        from huggingface_hub import CommitScheduler, HfApi

        self.folder = folder
        self._repo_id = repo_id
        self._api = HfApi(endpoint=endpoint, token=token)
        self._api.create_repo(repo_id, repo_type="dataset", private=True, exist_ok=True)
        if has_pictures and not self._api.repo_info(repo_id, repo_type="dataset").private:
            raise ValueError(f"{repo_id} is public; make it private, or carry labels only")
        carried = ["*.jsonl", "items/*"] if has_pictures else ["*.jsonl"]
        self._scheduler = CommitScheduler(
            repo_id=repo_id, repo_type="dataset", private=True, folder_path=folder,
            path_in_repo=IN_REPO, every=every_min, token=token, allow_patterns=carried,
            hf_api=self._api,
        )  # fmt: skip
        self.lock: AbstractContextManager[Any] = self._scheduler.lock

    def has_carried(self, path: Path) -> bool:
        """Whether this file is in the dataset as it is now."""
        return self._scheduler.last_uploaded.get(path) == path.stat().st_mtime

    def erase(self, names: Iterable[str]) -> None:
        """Erase folders from the dataset and from its history; labels stay as they are now."""
        from huggingface_hub import CommitOperationDelete
        from huggingface_hub.errors import EntryNotFoundError

        for name in names:
            gone = CommitOperationDelete(f"{IN_REPO}/{name}/", is_folder=True)
            try:
                self._api.create_commit(
                    self._repo_id, [gone], repo_type="dataset", commit_message="Erase an item"
                )
            except EntryNotFoundError:
                continue  # never carried, or erased before
        self._api.super_squash_history(repo_id=self._repo_id, repo_type="dataset")

    def close(self) -> None:
        """Carry what is there, then stop; a hub that is away is logged."""
        try:
            self._scheduler.trigger().result(FINAL_TIMEOUT_S)
        except Exception as error:  # noqa: BLE001 whatever it is, the program is ending
            LOG.warning("the last labels did not reach the dataset: %s", error)
        self._scheduler.stop()
