"""Try-ons for programs: what the studio is asked for."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# In a process of its own: Gradio opens event loops that it closes nowhere.
CALL = """
import sys
from types import SimpleNamespace
import gradio as gr
from tests.fakes.studio import FakeStudio
from tryon.fit import FitOptions
from tryon.ui.programs import add_programs

studio = FakeStudio()
runner = SimpleNamespace(service=studio, pack=lambda *_: None)
with gr.Blocks() as page:
    add_programs(runner, None, FitOptions(max_retries=0, quality_threshold=0.9))
[try_on] = [one.fn for one in page.fns.values() if one.api_name == "try_on"]
try_on(sys.argv[1], sys.argv[1], "hoodie", "in", {})
[(*_, options)] = studio.seen
print(options.max_retries, options.quality_threshold, options.garment_type, options.tuck)
"""


def test_programs_retry_and_score_as_the_settings_say(tmp_path: Path) -> None:
    """MAX_RETRIES and QUALITY_THRESHOLD hold for them as for the page."""
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(b"photo")

    done = subprocess.run(
        [sys.executable, "-c", CALL, str(photo)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (done.stdout, done.returncode) == ("0 0.9 hoodie in\n", 0), done.stderr
