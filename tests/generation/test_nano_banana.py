"""The whole way: a fit, the adapter, the fake service, repairs, checks and files."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from pydantic import SecretStr

from tests.fakes.final_fits import a_fit, scene_of
from tests.fakes.gemini import FakeGemini
from tests.fakes.models import FakeMatting, FakePose
from tryon.artifacts.files import try_on_files
from tryon.artifacts.record import RunRecord
from tryon.bootstrap import build_generators
from tryon.errors import NanoApiError
from tryon.fit import FitOptions, Models, TryOn
from tryon.generation.options import FinalOptions
from tryon.runs.run import Request, Runner, Wanted
from tryon.settings import Settings
from tryon.stages.load import PhotoLimits
from tryon.studio import Studio

KEY = "AIzaSy-secret-key-of-a-test"
NANO = FinalOptions(generator="nano-banana", max_retries=0)


@contextmanager
def studio_and(*scenarios: str) -> Iterator[tuple[Studio, FakeGemini]]:
    """The service as `bootstrap` builds it, with the fake in place of Google."""
    with FakeGemini(*scenarios, key=KEY) as fake:
        settings = Settings(
            _env_file=None, nano_banana_api_key=SecretStr(KEY), nano_banana_api_url=fake.url
        )
        models = Models(FakePose(()), FakeMatting())
        yield Studio(models, PhotoLimits(), generators=build_generators(settings)), fake


@pytest.mark.parametrize("scenario", ["success", "jpeg", "drifted", "tinted", "thoughts"])
def test_an_answer_becomes_a_picture_that_is_the_photo_outside(scenario: str) -> None:
    """Padded, re-encoded, moved, tinted: what comes out fits to the pixel."""
    fit = a_fit()
    scene = scene_of(fit)

    with studio_and(scenario) as (studio, fake):
        final = studio.finish(fit, NANO)

    outside = scene.region == 0
    np.testing.assert_array_equal(final.image[outside], fit.person.photo.rgb[outside])
    solid = scene.cloth > 0.99
    gap = np.abs(final.image[solid].astype(int) - scene.draft[solid])
    assert np.median(gap) < 8
    assert (final.generator, final.model) == ("nano-banana", "gemini-nano-banana-2.1")
    assert fake.calls == 1


@pytest.mark.parametrize(
    ("scenario", "reason"),
    [("zoomed-far", "does_not_fit"), ("another-picture", "does_not_fit"),
     ("block-SAFETY", "refused"), ("bad-key", "key_rejected"), ("quota-day", "quota_today")],
)  # fmt: skip
def test_what_cannot_be_used_says_why(scenario: str, reason: str) -> None:
    """The same words in the command line, the API and the page."""
    with studio_and(scenario) as (studio, _fake), pytest.raises(NanoApiError) as caught:
        studio.finish(a_fit(), NANO)

    assert (caught.value.reason, caught.value.stage) == (reason, "generate")


def test_an_unchanged_photo_is_asked_for_again() -> None:
    """What Gemini does when it does not understand: it returns the input."""
    with studio_and("unchanged", "success") as (studio, fake):
        final = studio.finish(a_fit(), FinalOptions(generator="nano-banana", max_retries=1))

    assert fake.calls == 2
    assert final.best == 1
    asked = [seen.body["contents"][0]["parts"][-1]["text"] for seen in fake.requests]
    assert "must be edited" in asked[1]
    assert "must be edited" not in asked[0]


def test_a_square_answer_is_stretched_back_or_rejected_never_shown_crooked() -> None:
    """Some models ignore the shape asked for."""
    fit = a_fit()
    with studio_and("wrong-size") as (studio, _fake):
        final = studio.finish(fit, FinalOptions(generator="auto", max_retries=0))

    scene = scene_of(fit)
    outside = scene.region == 0
    np.testing.assert_array_equal(final.image[outside], fit.person.photo.rgb[outside])
    assert (
        final.generator == "offline"
        or np.median(
            np.abs(final.image[scene.cloth > 0.99].astype(int) - scene.draft[scene.cloth > 0.99])
        )
        < 10
    )


def test_auto_prefers_the_key_and_says_when_it_did_not_work() -> None:
    """Never one passed for the other."""
    with studio_and("success") as (studio, _fake):
        assert studio.finish(a_fit()).generator == "nano-banana"
        assert [info.is_default for info in studio.generators()] == [True, False]
    with studio_and("block-OTHER") as (studio, _fake):
        final = studio.finish(a_fit())

    assert final.generator == "offline"
    assert final.failure is not None
    assert final.failure.to_json()["reason"] == "refused"


@pytest.mark.parametrize(
    "scenario", ["success", "bad-key", "quota-day", "not-json", "block-SAFETY"]
)
def test_the_key_is_in_no_file_and_no_log(
    scenario: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Everything a run leaves behind, whether it worked or not, can be sent to a colleague."""
    caplog.set_level(logging.DEBUG)

    with studio_and(scenario) as (studio, _fake):
        runner = Runner(Finishing(studio), lambda _url: b"", FitOptions(), RunRecord(), 10**6, NANO)
        (tmp_path / "photo").write_bytes(b"photo")
        request = Request(str(tmp_path / "photo"), (Wanted(str(tmp_path / "photo")),))
        error = None
        try:
            runner.run(request, tmp_path / "out")
        except NanoApiError as caught:
            error = caught

    assert (error is None) is (scenario == "success")
    assert KEY not in repr(error) + str(error) + getattr(error, "detail", "")
    left = b"".join(path.read_bytes() for path in (tmp_path / "out").iterdir())
    assert KEY.encode() not in left
    assert KEY not in caplog.text


class Finishing:
    """A service whose fits are drawn and whose final step is real."""

    def __init__(self, studio: Studio) -> None:
        self.finish = studio.finish

    def try_on(self, *_args: object) -> TryOn:
        return a_fit()


def test_the_report_tells_what_was_asked_and_what_it_cost() -> None:
    """`generation.json`, for those who pay."""
    with studio_and("drifted") as (studio, _fake):
        final = studio.finish(a_fit(), NANO)

    files = dict(try_on_files(a_fit(), RunRecord(), final))
    report = json.loads(files["generation.json"])
    assert report["prompt"].startswith("Edit image 3")
    assert report["cost_usd"] == pytest.approx(0.034)
    assert report["attempts"][0]["usage"]["totalTokenCount"] == 2101
    assert report["checks"]["frame_drift"]["value"] > 1
    assert (report["width"], report["height"]) == a_fit().person.photo.given_wh
    assert json.loads(files["run.json"])["generator"] == "nano-banana"
