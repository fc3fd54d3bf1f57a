"""Reviewers who keep what they are sent as files in a folder."""

from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

from PIL import Image

from tryon.errors import StorageError
from tryon.fit import FitOptions, TryOn
from tryon.ui.sent import From, ReviewDesk


class FolderDesk:
    """One picture an item. A file called `closed` in the folder refuses everything."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def desk(self) -> ReviewDesk:
        """As the page takes it."""
        return ReviewDesk(self.send, self.erase)

    @property
    def items(self) -> list[str]:
        """Ids of what is there."""
        return sorted(path.stem for path in self.folder.glob("*.png"))

    def send(self, try_on: TryOn, options: FitOptions, source: From) -> str:
        """Keep the draft, and how it was asked for."""
        self._check()
        item = f"{source}-{uuid4()}"
        self.folder.mkdir(exist_ok=True)
        Image.fromarray(try_on.best.draft.rgb).save(self.folder / f"{item}.png")
        return item

    def erase(self, items: Sequence[str]) -> None:
        """Erase these."""
        self._check()
        for item in items:
            (self.folder / f"{item}.png").unlink(missing_ok=True)

    def _check(self) -> None:
        if (self.folder / "closed").exists():
            raise StorageError("closed")
