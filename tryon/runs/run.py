"""One try-on into one folder: what `run`, and every row of `batch`, does."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from tryon.anchors import AnchorPair, GarmentType, Tuck
from tryon.artifacts.files import Recorder, try_on_files
from tryon.artifacts.record import RunRecord
from tryon.artifacts.store import require_writable, save_error, save_try_on
from tryon.errors import Cancelled, InvalidAnchors, InvalidImageFormat, TryOnError, Unexpected, why
from tryon.fit import FitOptions, TryOn
from tryon.generation.final import Final
from tryon.generation.options import FinalOptions
from tryon.steps import OnStep, StepEvent, ignore
from tryon.studio import Studio


@dataclass(frozen=True, slots=True, eq=False)
class Done:
    """What a run made; `final` is None in draft mode."""

    try_on: TryOn
    final: Final | None = None

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should read about this run."""
        return self.try_on.notes + (self.final.notes if self.final else ())


@dataclass(frozen=True, slots=True)
class Wanted:
    """One garment to put on.

    Attributes:
        garment: path or http(s) address of the garment photo.
        garment_type: None to detect.
        anchors: an `anchors.json` of an earlier run; None to find them.
    """

    garment: str
    garment_type: GarmentType | None = None
    anchors: Path | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """What to dress whom in.

    Attributes:
        person: path or http(s) address of the person photo.
        garments: 1 to `MOST_GARMENTS`, in any order.
        tuck: how a top is worn; None takes the runner's.
    """

    person: str
    garments: tuple[Wanted, ...]
    tuck: Tuck | None = None


@dataclass(frozen=True, slots=True)
class Runner:
    """Does requests, one folder each. Safe to use from several threads.

    Attributes:
        service: who does it.
        fetch: the bytes behind an http(s) address.
        options: how a top is worn, how often to retry, and when.
        record: what `run.json` says of the settings beside the options.
        max_bytes: a larger file is refused (by stage 0) without reading all of it.
        final: who makes the final picture and how; None for a draft.
    """

    service: Studio
    fetch: Callable[[str], bytes]
    options: FitOptions
    record: RunRecord
    max_bytes: int
    final: FinalOptions | None = None

    def run(
        self,
        request: Request,
        folder: Path,
        on_step: OnStep = ignore,
        is_cancelled: Callable[[], bool] = lambda: False,
    ) -> Done:
        """Dress, and write the artifacts or `error.json` into `folder`; nothing when cancelled.

        Raises:
            TryOnError: with code, message, remedy and the stage it happened in.
        """
        require_writable(folder)
        recorder = Recorder()

        def watch(event: StepEvent) -> None:
            recorder(event)
            on_step(event)

        files = recorder.files
        try:
            options = [self._options(request, wanted) for wanted in request.garments]
            person = self._read(request.person, "load person")
            garments = [self._read(wanted.garment, "load garment") for wanted in request.garments]
            try_on = self.service.try_on(person, garments, options, watch, is_cancelled)
            record, final = self.record.of_run(options, self.final), None
            if self.final is not None:
                files = partial(try_on_files, try_on, record)  # kept when the final step fails
                final = self.service.finish(try_on, self.final, watch, is_cancelled)
            save_try_on(try_on, folder, record, final)
            return Done(try_on, final)
        except Cancelled:
            raise
        except TryOnError as error:
            save_error(error, folder, files())
            raise
        except Exception as exc:
            unexpected = Unexpected(f"{type(exc).__name__}: {exc}")
            save_error(unexpected, folder)
            raise unexpected from exc

    def _options(self, request: Request, wanted: Wanted) -> FitOptions:
        common = replace(self.options, tuck=request.tuck or self.options.tuck)
        if wanted.anchors is None:
            return replace(common, garment_type=wanted.garment_type)
        anchors = read_anchors(wanted.anchors)
        anchors.require_type(wanted.garment_type)
        return replace(common, garment_type=anchors.garment_type, anchors=anchors)

    def _read(self, source: str, stage: str) -> bytes:
        try:
            if is_url(source):
                return self.fetch(source)
            with Path(source).open("rb") as file:
                return file.read(self.max_bytes + 1)
        except OSError as exc:
            error = InvalidImageFormat(
                str(exc),
                message=f"{source} cannot be read: {why(exc)}.",
                remedy="Check the path; in a table, paths are relative to the table.",
            )
            error.stage = stage
            raise error from exc
        except TryOnError as error:
            error.stage = error.stage or stage
            raise


def is_url(source: str) -> bool:
    """Whether a picture is named by an http(s) address rather than a path."""
    return re.match(r"https?://", source, re.IGNORECASE) is not None


def read_anchors(path: Path) -> AnchorPair:
    """The anchors of an `anchors.json`.

    Raises:
        InvalidAnchors: no such file, not JSON, or not anchors.
    """
    try:
        document = json.loads(path.read_text("utf-8-sig"))
    except OSError as exc:
        raise InvalidAnchors(str(exc), message=f"{path} cannot be read: {why(exc)}.") from exc
    except (ValueError, RecursionError) as exc:
        raise InvalidAnchors(str(exc), message=f"{path} is not a JSON file.") from exc
    return AnchorPair.from_json(document)
