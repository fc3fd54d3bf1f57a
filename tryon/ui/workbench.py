"""Fits while they are corrected: a lane of their own, where the newest correction wins.

A moved anchor must not wait behind whole runs, so corrections have their own few threads. Each
visitor's fit is known by a key nobody can guess; only the page it was given to can name it.
"""

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, TypeVar

from tryon.anchors import AnchorPair
from tryon.errors import Cancelled, FitExpired
from tryon.fit import FitOptions, TryOn
from tryon.stages.touch_up import MaskEdits
from tryon.steps import ignore
from tryon.ui.runner import TryOnService

SLOTS: Final = 2  # corrections at once; one keeps about one core busy
HELD: Final = 4  # fits kept with all their pictures, about 100 MB each; others are made again
KNOWN: Final = 500  # fits that can be made again

T = TypeVar("T")


@dataclass(slots=True, eq=False)
class Fit:
    """One visitor's fit, as it stands.

    Attributes:
        key: its name for the visitor's page.
        person: the photo as uploaded.
        garment: the photo as uploaded.
        found: the anchors before any was moved.
        options: what the fit was made with.
        prepared: photos, pose and masks as found, without corrections; None: to be made again.
        try_on: the fit itself; None: to be made again.
        earlier: masks before each change of one, oldest first.
        revision: counts what came from elsewhere than the anchor editor.
    """

    key: str
    person: Path
    garment: Path
    found: AnchorPair
    options: FitOptions
    prepared: TryOn | None
    try_on: TryOn | None
    earlier: list[MaskEdits | None] = field(default_factory=list)
    revision: int = 0
    newest: int = 0
    turn: threading.Lock = field(default_factory=threading.Lock)


class Workbench:
    """Keeps the visitors' fits and makes them anew.

    Args:
        service: does the work.
        slots: how many corrections at once.
        held: how many fits stay in memory.
    """

    def __init__(self, service: TryOnService, slots: int = SLOTS, held: int = HELD) -> None:
        self._service = service
        self._held = held
        self._pool = ThreadPoolExecutor(slots, thread_name_prefix="refit")
        self._lock = threading.Lock()
        self._fits: OrderedDict[str, Fit] = OrderedDict()

    def open(self, person: Path, garment: Path, options: FitOptions, try_on: TryOn) -> Fit:
        """Take in a fresh fit."""
        found = try_on.best.draft.anchors
        return self._add(Fit(_new_key(), person, garment, found, options, try_on, try_on))

    def open_kept(self, person: Path, garment: Path, options: FitOptions, found: AnchorPair) -> Fit:
        """Take in a fit of another day, which is made again from its photos when needed."""
        return self._add(Fit(_new_key(), person, garment, found, options, None, None))

    def _add(self, fit: Fit) -> Fit:
        with self._lock:
            self._fits[fit.key] = fit
            while len(self._fits) > KNOWN:
                self._fits.popitem(last=False)
        self._put_others_away()
        return fit

    def get(self, key: str) -> Fit:
        """The fit of this key.

        Raises:
            FitExpired: nobody knows it here (any more).
        """
        with self._lock:
            fit = self._fits.get(key)
            if fit is None:
                raise FitExpired
            self._fits.move_to_end(key)
            return fit

    def has(self, key: str) -> bool:
        """Whether this fit is still on somebody's page."""
        with self._lock:
            return key in self._fits

    def close(self, key: str) -> None:
        """Forget a fit and its pictures."""
        with self._lock:
            self._fits.pop(key, None)

    def refit(
        self, key: str, change: Callable[[FitOptions], FitOptions], show: Callable[[Fit, TryOn], T]
    ) -> "Future[T | None]":
        """Make a fit anew with changed options, as soon as a slot is free.

        Args:
            key: of the fit.
            change: old options to new ones; runs when its turn has come.
            show: what to make of the result, still in the slot.

        Returns:
            What `show` returned; None when a newer correction of the same fit came meanwhile.
            Errors of `change` and of the fit (`TryOnError`) are raised by the future.

        Raises:
            FitExpired: no such fit.
        """
        fit = self.get(key)
        fit.newest += 1
        return self._pool.submit(self._work, fit, fit.newest, change, show)

    def with_masks(self, fit: Fit, masks: MaskEdits | None) -> TryOn:
        """Make a fit anew with other masks, and wait for it. Anchors set by hand stay.

        Raises:
            FitExpired: it was closed, or its photos are erased.
            Cancelled: a newer correction came meanwhile.
            TryOnError: from the fit.
        """
        before = fit.options.masks

        def show(fit: Fit, made: TryOn) -> TryOn:
            if fit.options.anchors is None:
                fit.found = made.best.draft.anchors
            fit.revision += 1
            return made

        made = self.refit(fit.key, lambda options: replace(options, masks=masks), show).result()
        if made is None:
            raise Cancelled
        fit.earlier.append(before)
        return made

    def with_corrections(self, fit: Fit, options: FitOptions) -> TryOn:
        """Make a fresh fit anew with the anchors and masks of an earlier one of the same photos.

        Raises:
            TryOnError: they no longer go with the photos; the fit may be half corrected.
        """
        made = self.current(fit)
        if options.masks is not None:
            made = self.with_masks(fit, options.masks)
        if options.anchors is not None:
            moved = self.refit(
                fit.key, lambda now: replace(now, anchors=options.anchors), lambda _, made: made
            ).result()
            made = moved or made
        return made

    def current(self, fit: Fit) -> TryOn:
        """The fit with its pictures, made again if they were put away.

        Raises:
            FitExpired: it was closed, or its photos are erased.
            TryOnError: from making it again.
        """
        self.get(fit.key)
        with fit.turn:
            return self._brought_back(fit)

    def _work(
        self,
        fit: Fit,
        ticket: int,
        change: Callable[[FitOptions], FitOptions],
        show: Callable[[Fit, TryOn], T],
    ) -> T | None:
        def is_old() -> bool:
            return ticket < fit.newest

        if is_old():
            return None
        with fit.turn:
            if is_old():
                return None
            now = self._brought_back(fit)
            options = change(fit.options)
            same_masks = options.masks is fit.options.masks
            try:
                made = self._service.refit(
                    now if same_masks else self._as_found(fit),
                    replace(options, masks=None) if same_masks else options,
                    ignore,
                    is_old,
                )
            except Cancelled:
                return None
            fit.try_on, fit.options = made, options
            return show(fit, made)

    def _brought_back(self, fit: Fit) -> TryOn:
        """`fit.try_on`, made again from the photos when it had been put away."""
        made = fit.try_on
        if made is None:
            made = self._service.refit(self._as_found(fit), fit.options, ignore, _never)
            fit.try_on = made
            self._put_others_away()
        return made

    def _as_found(self, fit: Fit) -> TryOn:
        """`fit.prepared`, made again from the photos when it had been put away."""
        made = fit.prepared
        if made is None:
            try:
                photos = fit.person.read_bytes(), fit.garment.read_bytes()
            except OSError as exc:  # erased after their time
                raise FitExpired(str(exc)) from exc
            plain = replace(fit.options, anchors=None, masks=None)
            fit.prepared = made = self._service.try_on(*photos, plain, ignore, _never)
        return made

    def _put_others_away(self) -> None:
        """Free the pictures of all but the fits used last."""
        with self._lock:
            for fit in list(self._fits.values())[: -self._held]:
                fit.try_on = fit.prepared = None


def _new_key() -> str:
    return secrets.token_urlsafe(24)


def _never() -> bool:
    return False
