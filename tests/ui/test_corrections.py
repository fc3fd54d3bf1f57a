"""What the page is told when an event finds nothing to do."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# In a process of its own: Gradio opens event loops that it closes nowhere.
CALL = """
import inspect
from collections import defaultdict
from pathlib import Path
from tests.fakes.keys import FakeKeys
from tests.fakes.studio import FakeStudio, fake_pack
from tryon.fit import FitOptions
from tryon.ui.fit_widgets import SAME
from tryon.ui.login import Login
from tryon.ui.page import build_page
from tryon.ui.runner import Runner
from tryon.ui.visits import Visits

studio = FakeStudio()
visits = Visits.open(Path("sessions"), studio, FitOptions(), hours=24)
page = build_page(Runner(studio, fake_pack), lambda url: b"", visits, Login(FakeKeys(), b"secret"))
generators = [one.fn for one in page.fns.values() if inspect.isgeneratorfunction(one.fn)]
listeners = {fn.__name__: fn for fn in generators}
nothing = defaultdict(lambda: None)
for name, given in {"on_settled": None, "on_applied": None, "on_start": nothing}.items():
    print(name, list(listeners[name](given)) == [SAME])
"""


def test_an_event_that_finds_nothing_to_do_empties_no_panel(tmp_path: Path) -> None:
    """The word that a correction has settled may come when a new run has just begun.

    Gradio sets every output of a generator without a first word to nothing: the draft was gone.
    """
    done = subprocess.run(
        [sys.executable, "-c", CALL],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.stdout.splitlines() == [
        "on_settled True", "on_applied True", "on_start True",
    ], done.stderr  # fmt: skip
