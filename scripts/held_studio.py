"""The real studio with a switch: runs wait half way while a file `hold` lies in STORAGE_DIR.

For `make screenshots`, which photographs a run at work. A run by itself is over too soon.
"""

import time
from typing import Final

from app import main
from tryon.settings import Settings
from tryon.steps import StepEvent
from tryon.ui.runner import Run, RunEvent

SWITCH: Final = "hold"
LOOK_S: Final = 0.05  # how often the switch is looked at


def wait_before_align() -> None:
    """From now on runs look at the switch."""
    switch = Settings().storage_dir / SWITCH
    tell = Run.tell

    def tell_and_wait(run: Run, event: RunEvent) -> None:
        tell(run, event)
        if isinstance(event, StepEvent) and event.name == "align" and not event.is_done:
            while switch.exists():
                time.sleep(LOOK_S)

    Run.tell = tell_and_wait  # type: ignore[assignment, method-assign]


if __name__ == "__main__":
    wait_before_align()
    main()
