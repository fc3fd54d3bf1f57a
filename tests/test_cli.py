"""The command line as people meet it: what it prints, what it leaves, how it exits."""

import csv
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.fakes.studio import FakeStudio, PoorBelow, a_try_on
from tests.servers import WAIT_S, wait_until
from tryon import cli, commands
from tryon.arguments import make_parser
from tryon.errors import PoseFailed
from tryon.generation.reasons import failed_because
from tryon.settings import Settings

Command = Callable[..., int]
ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two photos in an empty folder, and no settings of the machine."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    Path("me.jpg").write_bytes(b"person")
    Path("shirt.png").write_bytes(b"garment")


@pytest.fixture
def studio() -> FakeStudio:
    """Walks through the real steps with drawn results."""
    return FakeStudio()


@pytest.fixture
def tryon(studio: FakeStudio) -> Command:
    """`python -m tryon ARGS` on the fake studio."""
    return lambda *args: cli.main([str(arg) for arg in args], lambda settings: studio)


def files(folder: str) -> set[str]:
    return {path.name for path in Path(folder).iterdir()}


def a_table(*lines: str, header: str = "id,person,garment") -> Path:
    path = Path("pairs.csv")
    path.write_text("\n".join((header, *lines)) + "\n", "utf-8")
    return path


def summary() -> list[dict[str, str]]:
    with Path("out/summary.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_run_leaves_the_artifacts_and_says_where(
    tryon: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line of result on standard output; steps and notes on standard error."""
    status = tryon("run", "me.jpg", "shirt.png", "--out", "out")

    printed = capsys.readouterr()
    assert status == 0
    assert {"draft_composite.png", "run.json", "anchors.json"} <= files("out")
    assert "out/draft_composite.png" in printed.out
    assert "tshirt, quality 0.83 (passed" in printed.out
    assert "detect pose" in printed.err
    assert "note: The picture is small" in printed.err


@pytest.mark.parametrize(("threshold", "status"), [("0.9", 1), ("0.5", 0)])
def test_a_strict_run_fails_when_the_fit_is_poor(
    threshold: str, status: int, tryon: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    """A script need not read the score; what was made is kept to look at."""
    ended = tryon("run", "me.jpg", "shirt.png", "--out", "out", "--strict",
                  "--max-retries", "0", "--quality-threshold", threshold)  # fmt: skip

    assert ended == status
    assert ("QUALITY_CHECK_FAILED" in capsys.readouterr().err) == bool(status)
    assert {"draft_composite.png", "quality.json"} <= files("out")


def test_quiet_prints_the_result_alone(tryon: Command, capsys: pytest.CaptureFixture[str]) -> None:
    """For scripts."""
    tryon("run", "me.jpg", "shirt.png", "--out", "out", "--quiet")

    assert capsys.readouterr().err == ""


def test_options_reach_the_service(
    tryon: Command, studio: FakeStudio, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is given on the command line goes before the settings."""
    tryon("run", "me.jpg", "shirt.png", "--out", "out", "--garment-type", "hoodie",
          "--max-retries", "0", "--quality-threshold", "0.9", "--tuck", "in")  # fmt: skip

    (person, garments, (options,)) = studio.seen[0]
    assert (person, garments) == (b"person", [b"garment"])
    assert options.garment_type == "hoodie"
    assert (options.max_retries, options.quality_threshold) == (0, 0.9)
    assert options.tuck == "in"
    assert "hoodie, tucked in, quality" in capsys.readouterr().out
    assert json.loads(Path("out/run.json").read_text())["settings"]["tuck"] == "in"


def test_several_garments_are_an_outfit(
    tryon: Command, studio: FakeStudio, capsys: pytest.CaptureFixture[str]
) -> None:
    """`run me.jpg shirt.png jeans.png`: types once a garment, in order; one picture of both."""
    Path("jeans.png").write_bytes(b"jeans")

    status = tryon("run", "me.jpg", "jeans.png", "shirt.png", "--out", "out",
                   "--garment-type", "trousers", "--garment-type", "auto")  # fmt: skip

    (_, garments, options) = studio.seen[0]
    assert status == 0
    assert garments == [b"jeans", b"garment"]
    assert [o.garment_type for o in options] == ["trousers", None]
    assert {"anchors.json", "garment_cutout_2.png", "garment_map_2.npz"} <= files("out")
    assert "tshirt, quality 0.83 (passed 0.70); trousers, quality" in capsys.readouterr().out


def test_fewer_garments_leave_no_files_of_more(tryon: Command) -> None:
    """The folder of an outfit, used again for one shirt, holds the shirt alone."""
    tryon("run", "me.jpg", "shirt.png", "shirt.png", "--out", "out")

    tryon("run", "me.jpg", "shirt.png", "--out", "out")

    assert not {name for name in files("out") if "_2" in name}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["shirt.png"] * 4, "at most 4 garments in one run"),
        (["--garment-type", "shirt", "--garment-type", "skirt"], "more garment types or anchors"),
    ],
    ids=["too many garments", "too many types"],
)
def test_an_outfit_that_cannot_be_meant_is_bad_usage(
    more: list[str], said: str, tryon: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    """Told before anything is loaded."""
    status = tryon("run", "me.jpg", "shirt.png", *more, "--out", "out")

    assert status == 2
    assert said in capsys.readouterr().err


def test_settings_hold_where_nothing_is_given(
    tryon: Command, studio: FakeStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also from the `.env` of the folder."""
    monkeypatch.setenv("MAX_RETRIES", "1")
    Path(".env").write_text("QUALITY_THRESHOLD=0.55\n")

    tryon("run", "me.jpg", "shirt.png", "--out", "out")

    (options,) = studio.seen[0][2]
    assert (options.max_retries, options.quality_threshold) == (1, 0.55)
    assert json.loads(Path("out/run.json").read_text())["settings"]["max_retries"] == 1


def test_anchors_of_an_earlier_run_are_used(tryon: Command, studio: FakeStudio) -> None:
    """Move a point in anchors.json, give it back, and the fit goes through it."""
    tryon("run", "me.jpg", "shirt.png", "--out", "out")
    document = json.loads(Path("out/anchors.json").read_text())
    document["person"]["anchors"][0]["x"] = 123.0
    Path("mine.json").write_text(json.dumps(document))

    status = tryon("run", "me.jpg", "shirt.png", "--out", "again", "--anchors", "mine.json")

    (options,) = studio.seen[1][2]
    assert status == 0
    assert options.anchors is not None
    assert options.anchors.person.anchors[0].x == 123.0
    assert options.garment_type == "tshirt"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("no json", "mine.json is not a JSON file"),
        ("{}", "The anchors lack 'schema'"),
        ("GOOD", "those of a tshirt, not of a dress"),
    ],
    ids=["no JSON", "no anchors", "of another garment type"],
)
def test_anchors_that_cannot_be_used_are_refused(
    tryon: Command, capsys: pytest.CaptureFixture[str], text: str, said: str
) -> None:
    """Before any model runs."""
    good = json.dumps(a_try_on().best.draft.anchors.to_json())
    Path("mine.json").write_text(text.replace("GOOD", good))

    status = tryon("run", "me.jpg", "shirt.png", "--out", "out",
                   "--anchors", "mine.json", "--garment-type", "dress")  # fmt: skip

    assert status == 1
    assert said in capsys.readouterr().err
    assert files("out") == {"error.json"}


def test_an_error_is_one_line_with_code_message_and_remedy(
    tryon: Command, studio: FakeStudio, capsys: pytest.CaptureFixture[str]
) -> None:
    """And error.json beside whatever exists so far."""
    studio.fails_at["detect pose"] = PoseFailed("nobody there")

    status = tryon("run", "me.jpg", "shirt.png", "--out", "out", "--quiet")

    printed = capsys.readouterr()
    assert status == 1
    assert printed.out == ""
    assert printed.err == f"error: POSE_FAILED (detect pose): {PoseFailed.default_message} " + (
        f"{PoseFailed.default_remedy}\n"
    )
    assert files("out") == {"error.json", "person.png"}
    assert json.loads(Path("out/error.json").read_text())["stage"] == "detect pose"


def test_bad_input_leaves_error_json_alone(tryon: Command) -> None:
    """No stray files: nothing was made, so nothing is there."""
    Path("me.jpg").write_bytes(b"not a picture")

    assert tryon("run", "me.jpg", "shirt.png", "--out", "out") == 1
    assert files("out") == {"error.json"}


def test_a_bug_is_told_like_an_error(
    tryon: Command, studio: FakeStudio, capsys: pytest.CaptureFixture[str]
) -> None:
    """No traceback unasked; --debug shows it."""
    studio.fails_at["align"] = ZeroDivisionError("oh")

    status = tryon("run", "me.jpg", "shirt.png", "--out", "out", "--quiet")
    plain = capsys.readouterr().err
    tryon("run", "me.jpg", "shirt.png", "--out", "out", "--quiet", "--debug")
    debug = capsys.readouterr().err

    assert status == 1
    assert plain.startswith("error: INTERNAL_ERROR: ")
    assert plain.count("\n") == 1
    assert "ZeroDivisionError: oh" in debug
    assert json.loads(Path("out/error.json").read_text())["code"] == "INTERNAL_ERROR"


def test_the_final_mode_leaves_the_result_and_says_who_made_it(
    tryon: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    """The picture, the report, and the generator by its name."""
    status = tryon("run", "me.jpg", "shirt.png", "--out", "out", "--mode", "final")

    printed = capsys.readouterr()
    assert status == 0
    assert {"result.png", "generation.json", "draft_composite.png"} <= files("out")
    assert "out/result.png" in printed.out
    assert "by offline (passed its checks)" in printed.out
    assert "6 generate" in printed.err
    assert json.loads(Path("out/generation.json").read_text())["generator"] == "offline"
    assert json.loads(Path("out/run.json").read_text())["settings"]["final"]["realism_level"] == 3


def test_the_draft_is_kept_when_the_final_step_fails(
    tryon: Command, studio: FakeStudio, capsys: pytest.CaptureFixture[str]
) -> None:
    """Minutes of fitting are not lost to a refusal; the reason is a word for programs."""
    studio.fails_at["generate"] = failed_because("refused")

    status = tryon("run", "me.jpg", "shirt.png", "--out", "out", "--mode", "final")

    assert status == 1
    assert "NANO_API_ERROR (generate): Nano Banana refuses" in capsys.readouterr().err
    assert {"draft_composite.png", "error.json"} <= files("out")
    error = json.loads(Path("out/error.json").read_text())
    assert (error["stage"], error["reason"]) == ("generate", "refused")


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["run", "nobody.jpg", "shirt.png", "--out", "out"], "there is no file nobody.jpg"),
        (["run", ".", "shirt.png", "--out", "out"], "there is no file ."),
        (["run", "x" * 5000, "shirt.png", "--out", "out"], "there is no file xxx"),
        (["batch", "none.csv", "--out", "out"], "none.csv cannot be read"),
    ],
    ids=["no such photo", "a folder", "a name too long for a file", "no such table"],
)
def test_bad_usage_exits_2_and_writes_nothing(
    tryon: Command, capsys: pytest.CaptureFixture[str], args: list[str], said: str
) -> None:
    """One line that says what to correct."""
    assert tryon(*args) == 2
    assert said in capsys.readouterr().err
    assert not Path("out").exists()


@pytest.mark.parametrize(
    "args",
    [
        [],
        ["run", "me.jpg"],
        ["run", "me.jpg", "shirt.png"],
        ["run", "me.jpg", "shirt.png", "--out", ""],
        ["run", "me.jpg", "shirt.png", "--out", "out", "--garment-type", "sock"],
        ["run", "me.jpg", "shirt.png", "--out", "out", "--max-retries", "4"],
        ["run", "me.jpg", "shirt.png", "--out", "out", "--quality-threshold", "nan"],
        ["batch", "pairs.csv", "--out", "out", "--workers", "0"],
        ["serve", "--port", "99999"],
    ],
    ids=" ".join,
)
def test_arguments_out_of_range_exit_2(
    tryon: Command, capsys: pytest.CaptureFixture[str], args: list[str]
) -> None:
    """argparse says which."""
    with pytest.raises(SystemExit) as caught:
        tryon(*args)

    assert caught.value.code == 2
    assert "error: " in capsys.readouterr().err


def test_a_setting_out_of_range_is_named(
    tryon: Command, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A typo in `.env` must not end in a traceback."""
    monkeypatch.setenv("QUALITY_THRESHOLD", "7")

    assert tryon("run", "me.jpg", "shirt.png", "--out", "out") == 2
    assert "setting QUALITY_THRESHOLD: " in capsys.readouterr().err


def test_a_setting_with_a_slip_in_its_name_is_refused(
    tryon: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    """API_KEY left out in silence would leave a service open; other programs' names are theirs."""
    Path(".env").write_text("COMPOSE_PROJECT_NAME=shop\nAPI_KEY=secret\n")

    assert tryon("run", "me.jpg", "shirt.png", "--out", "out") == 2
    assert capsys.readouterr().err == (
        "error: the file .env has API_KEY, which is no setting; there is API_KEYS\n"
    )


def test_pictures_may_be_addresses(
    tryon: Command, studio: FakeStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fetched by the adapter that lets only public addresses through."""
    fetched = []

    def fetch(url: str, max_bytes: int, timeout_s: float) -> bytes:
        fetched.append((url, max_bytes))
        return b"from afar"

    monkeypatch.setattr("tryon.adapters.public_fetch.fetch_public_image", fetch)

    status = tryon("run", "HTTPS://example.org/me.jpg", "shirt.png", "--out", "out")

    assert status == 0
    assert fetched == [("HTTPS://example.org/me.jpg", 25 * 2**20)]
    assert studio.seen[0][0] == b"from afar"


def test_no_more_of_a_file_is_read_than_may_be(
    tryon: Command, studio: FakeStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody names a film, or a disk: stage 0 refuses it by its first megabytes."""
    monkeypatch.setenv("MAX_UPLOAD_MB", "1")
    Path("film.jpg").write_bytes(bytes(3 * 2**20))

    tryon("run", "film.jpg", "shirt.png", "--out", "out")

    [(person, *_)] = studio.seen
    assert len(person) == 2**20 + 1


def test_batch_does_every_row_and_sums_up(
    tryon: Command, studio: FakeStudio, capsys: pytest.CaptureFixture[str]
) -> None:
    """Paths are relative to the table, empty type means detect, a byte-order mark is no column."""
    Path("sub").mkdir()
    Path("sub/pairs.csv").write_text(
        "\ufeffid, person ,garment,garment_type,tuck\na,../me.jpg,../shirt.png,,\n"
        '\n"b 2",../me.jpg,../shirt.png,hoodie,in\n',
        "utf-8",
    )

    status = tryon("batch", "sub/pairs.csv", "--out", "out", "--tuck", "out")

    assert status == 0
    assert files("out") == {"a", "b 2", "summary.csv"}
    rows = summary()
    assert list(rows[0]) == [
        "id", "status", "error_code", "quality_score", "retry_count", "seconds",
    ]  # fmt: skip
    assert [(row["id"], row["status"], row["quality_score"]) for row in rows] == [
        ("a", "done", "0.83"),
        ("b 2", "done", "0.83"),
    ]
    asked = [(options.garment_type, options.tuck) for *_, (options,) in studio.seen]
    assert asked == [(None, "out"), ("hoodie", "in")]
    printed = capsys.readouterr()
    assert "2 done, 0 failed: out/summary.csv" in printed.out
    assert "a: done, quality 0.83" in printed.err


def test_batch_goes_on_after_a_row_that_fails(
    tryon: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    """The row has its error.json; the exit status says that not all is well."""
    Path("text.jpg").write_bytes(b"not a picture")
    table = a_table("bad,text.jpg,shirt.png", "gone,nobody.jpg,shirt.png", "ok,me.jpg,shirt.png")

    status = tryon("batch", table, "--out", "out")

    assert status == 1
    assert [(row["id"], row["status"], row["error_code"]) for row in summary()] == [
        ("bad", "failed", "INVALID_IMAGE_FORMAT"),
        ("gone", "failed", "INVALID_IMAGE_FORMAT"),
        ("ok", "done", ""),
    ]
    assert files("out/bad") == {"error.json"}
    gone = json.loads(Path("out/gone/error.json").read_text())
    assert "nobody.jpg cannot be read: no such file" in gone["message"]
    printed = capsys.readouterr()
    assert "1 done, 2 failed" in printed.out
    assert "gone: failed: INVALID_IMAGE_FORMAT (load person): nobody.jpg cannot be" in printed.err
    assert "Check the path" in printed.err


@pytest.mark.parametrize(
    "text",
    [
        "ID;Person;Garment;Garment_Type\r\na;me.jpg;shirt.png;hoodie\r\n",
        "\ufeffid\tperson\tgarment\tgarment_type\na\tme.jpg\tshirt.png\thoodie\n",
        "price,id,person,garment,garment_type\n9,a,me.jpg,shirt.png,hoodie,,\n,,,,\n  \n",
    ],
    ids=["semicolons, CRLF and capitals", "tabs", "other columns, cells and rows left empty"],
)
def test_a_table_is_read_as_spreadsheets_write_it(
    tryon: Command, studio: FakeStudio, text: str
) -> None:
    """In much of Europe "CSV" has semicolons; sheets have empty rows at their end."""
    Path("pairs.csv").write_bytes(text.encode())

    assert tryon("batch", "pairs.csv", "--out", "out") == 0
    assert [(row["id"], row["status"]) for row in summary()] == [("a", "done")]
    assert [options.garment_type for *_, (options,) in studio.seen] == ["hoodie"]


def test_an_outfit_in_a_table_with_semicolons_stands_in_quotes(
    tryon: Command, studio: FakeStudio
) -> None:
    """As every spreadsheet writes it."""
    table = a_table('a;me.jpg;"shirt.png;shirt.png"', header="id;person;garment")

    assert tryon("batch", table, "--out", "out") == 0
    assert [len(options) for *_, options in studio.seen] == [2]


def test_a_bug_in_one_row_does_not_end_the_batch(tryon: Command, studio: FakeStudio) -> None:
    """31 good rows must not be lost to one bad one."""
    studio.fails_at["align"] = ZeroDivisionError("oh")

    status = tryon("batch", a_table("a,me.jpg,shirt.png", "b,me.jpg,shirt.png"), "--out", "out")

    assert status == 1
    assert [row["error_code"] for row in summary()] == ["INTERNAL_ERROR"] * 2


def test_rows_done_are_skipped_unless_forced(tryon: Command, studio: FakeStudio) -> None:
    """Rows that failed are tried again; the summary still has every row."""
    studio.fails_at["detect pose"] = PoseFailed()
    table = a_table("a,me.jpg,shirt.png")
    assert tryon("batch", table, "--out", "out") == 1
    studio.fails_at.clear()
    table = a_table("a,me.jpg,shirt.png", "b,me.jpg,shirt.png")

    assert tryon("batch", table, "--out", "out") == 0
    num_after_retry = len(studio.seen)
    assert tryon("batch", table, "--out", "out") == 0
    num_after_skip = len(studio.seen)
    assert tryon("batch", table, "--out", "out", "--force") == 0

    assert (num_after_retry, num_after_skip, len(studio.seen)) == (3, 3, 5)
    assert [(row["status"], row["quality_score"]) for row in summary()] == [("done", "0.83")] * 2
    assert not Path("out/a/error.json").exists()


def another_person() -> None:
    Path("me.jpg").write_bytes(b"somebody else")


def another_garment() -> None:
    Path("shirt.png").write_bytes(b"another shirt")


def another_type() -> None:
    a_table("a,me.jpg,shirt.png,hoodie", header="id,person,garment,garment_type")


def another_tuck() -> None:
    a_table("a,me.jpg,shirt.png,in", header="id,person,garment,tuck")


def one_garment_more() -> None:
    a_table("a,me.jpg,shirt.png;shirt.png")


def anchors_edited() -> None:
    document = json.loads(Path("out/a/anchors.json").read_text())
    Path("mine.json").write_text(json.dumps(document))
    later = Path("out/a/run.json").stat().st_mtime + 1
    os.utime("mine.json", (later, later))
    a_table("a,me.jpg,shirt.png,mine.json", header="id,person,garment,anchors")


@pytest.mark.parametrize(
    "change",
    [
        another_person, another_garment, another_type, another_tuck, one_garment_more,
        anchors_edited,
    ],
)  # fmt: skip
def test_a_row_that_asks_for_something_else_is_run_again(
    tryon: Command, studio: FakeStudio, change: Callable[[], None]
) -> None:
    """Its folder would show a fit that nobody asked for any more."""
    table = a_table("a,me.jpg,shirt.png")
    assert tryon("batch", table, "--out", "out") == 0
    change()

    assert tryon("batch", table, "--out", "out") == 0
    assert len(studio.seen) == 2
    assert tryon("batch", table, "--out", "out", "--quiet") == 0
    assert len(studio.seen) == (3 if change is anchors_edited else 2)  # in the future here


def test_a_row_whose_anchors_were_taken_back_is_run_again(
    tryon: Command, studio: FakeStudio
) -> None:
    """What was moved by hand shall not stay."""
    Path("mine.json").write_text(json.dumps(a_try_on().best.draft.anchors.to_json()))
    table = a_table("a,me.jpg,shirt.png,mine.json", header="id,person,garment,anchors")

    for _ in range(2):
        assert tryon("batch", table, "--out", "out") == 0
    assert len(studio.seen) == 1
    a_table("a,me.jpg,shirt.png")

    assert tryon("batch", table, "--out", "out") == 0
    assert len(studio.seen) == 2


def test_workers_share_the_rows(studio: FakeStudio, tryon: Command) -> None:
    """Several rows at the same time end in the same folders, and the summary keeps the order."""
    studio.delay_s = 0.002
    ids = [f"row{number}" for number in range(8)]

    status = tryon(
        "batch", a_table(*(f"{i},me.jpg,shirt.png" for i in ids)), "--out", "out", "--workers", 4
    )

    assert status == 0
    assert [row["id"] for row in summary()] == ids
    assert all("run.json" in files(f"out/{i}") for i in ids)


def test_ctrl_c_leaves_whole_rows_and_a_summary(capsys: pytest.CaptureFixture[str]) -> None:
    """What is done stays done, what was under way leaves nothing, and the next run goes on."""
    begun = threading.Event()

    class SlowForOne(FakeStudio):
        def try_on(self, person: bytes, garment: bytes, *args: Any) -> Any:
            if garment == [b"slow"]:
                begun.set()
                wait_until(args[-1], "the word to stop")
            return super().try_on(person, garment, *args)

    def interrupted(outcome: Any) -> str:
        assert begun.wait(WAIT_S)
        raise KeyboardInterrupt  # while the second row is at work

    Path("slow.png").write_bytes(b"slow")
    table = a_table("a,me.jpg,shirt.png", "b,me.jpg,slow.png", "c,me.jpg,slow.png")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(commands, "_outcome_line", interrupted)
        status = cli.main(["batch", str(table), "--out", "out"], lambda _settings: SlowForOne())

    assert status == 130
    assert "stopped" in capsys.readouterr().err
    assert [row["status"] for row in summary()] == ["done", "not_run", "not_run"]
    assert files("out") == {"a", "summary.csv"}


def test_kill_ends_a_run_as_ctrl_c_does() -> None:
    """A container that is stopped leaves nothing half done, and of a batch the summary."""
    code = (
        "import os, signal, sys\n"
        "from tests.fakes.studio import FakeStudio\n"
        "from tryon import cli\n"
        "class Killed(FakeStudio):\n"
        "    def try_on(self, *args):\n"
        "        os.kill(os.getpid(), signal.SIGTERM)\n"
        "        return super().try_on(*args)\n"
        "sys.exit(cli.main(None, lambda settings: Killed()))\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", code, "run", "me.jpg", "shirt.png", "--out", "out"],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 130, done.stderr
    assert done.stderr.endswith("stopped\n")


def test_a_row_may_hold_an_outfit(tryon: Command, studio: FakeStudio) -> None:
    """Garments with `;` between them, their types in the same order; what is missing is found."""
    Path("jeans.png").write_bytes(b"jeans")
    table = a_table(
        "a,me.jpg,shirt.png; jeans.png,shirt",
        "b,me.jpg,shirt.png;jeans.png,;trousers",
        header="id,person,garment,garment_type",
    )

    status = tryon("batch", str(table), "--out", "out")

    assert status == 0
    garments = [(given, [o.garment_type for o in options]) for _, given, options in studio.seen]
    assert garments == [
        ([b"garment", b"jeans"], ["shirt", None]),
        ([b"garment", b"jeans"], [None, "trousers"]),
    ]
    assert {"anchors.json", "anchors_2.json", "quality_2.json"} <= files("out/a")


def test_an_outfit_scores_as_its_worst_garment() -> None:
    """A perfect shirt over misplaced jeans is no good picture; a second batch says the same."""
    studio = PoorBelow()
    table = a_table("a,me.jpg,shirt.png;shirt.png")

    for _ in range(2):
        cli.main(["batch", str(table), "--out", "out"], lambda _settings: studio)

        assert [(row["quality_score"], row["retry_count"]) for row in summary()] == [("0.3", "1")]
    assert len(studio.seen) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id,person,garment\na,m,s;\n", "line 2: a garment is empty in 's;'"),
        ("id,person,garment\na,m,a;b;c;d;e\n", "line 2: 5 garments; at most 4 in one row"),
        ("id,person,garment,anchors\na,m,s,x;y\n", "line 2: anchors has 2 values for 1 garments"),
        ("id,person,garment\na,m,s,x\n", "line 2: 4 cells for 3 columns; a separator within"),
        ("id,person,garment\na,m,s\0\n", "is not a text file"),
        ("id,person,garment,person\na,m,s,p\n", "has the column person twice"),
        ("id,person,garment,anchor\na,m,s,x\n", "has a column anchor; is it meant to be anchors?"),
        ("id,person\na,me.jpg\n", "lacks the column garment (found: id, person)"),
        ("", "lacks the column id, person, garment (found: none)"),
        ("id,person,garment\n", "has no rows"),
        ("id,person,garment\na,me.jpg\n", "line 2: garment is empty"),
        ("id,person,garment\n,me.jpg,shirt.png\n", "line 2: id is empty"),
        ("id,person,garment\na,m,s\na,m,s\n", "line 3: the id 'a' stands twice"),
        ("id,person,garment\nA,m,s\na,m,s\n", "line 3: the ids 'A' and 'a' are the same folder"),
        ("id,person,garment\n\u00e9,m,s\ne\u0301,m,s\n", "are the same folder on many disks"),
        ("id,person,garment\n../a,m,s\n", "line 2: the id '../a' cannot be the name of a folder"),
        ("id,person,garment\n..,m,s\n", "line 2: the id '..' cannot be the name of a folder"),
        ("id,person,garment\nsummary.csv,m,s\n", "cannot be the name of a folder"),
        ("id,person,garment,garment_type\na,m,s,sock\n", "line 2: 'sock' is no garment type"),
        ("id,person,garment,tuck\na,m,s,half\n", "line 2: 'half' is no way to wear a top"),
    ],
)
def test_a_table_that_cannot_be_meant_exits_2(
    tryon: Command, capsys: pytest.CaptureFixture[str], text: str, said: str
) -> None:
    """Before anything runs, with the line to look at."""
    Path("pairs.csv").write_text(text, "utf-8")

    assert tryon("batch", "pairs.csv", "--out", "out") == 2
    assert said in capsys.readouterr().err
    assert not Path("out").exists()


def test_a_table_in_another_encoding_is_named(
    tryon: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    """Spreadsheets like to write Latin-1."""
    Path("pairs.csv").write_bytes("id,person,garment\nü,m,s\n".encode("latin-1"))

    assert tryon("batch", "pairs.csv", "--out", "out") == 2
    assert "is not UTF-8 text" in capsys.readouterr().err


def test_an_out_that_is_a_file_is_a_storage_error(
    tryon: Command, studio: FakeStudio, capsys: pytest.CaptureFixture[str]
) -> None:
    """For one pair and for many, and before anything is computed."""
    Path("out").write_text("")

    assert tryon("run", "me.jpg", "shirt.png", "--out", "out") == 1
    assert tryon("batch", a_table("a,me.jpg,shirt.png"), "--out", "out") == 1
    assert capsys.readouterr().err.count("error: STORAGE_ERROR: ") == 2
    assert studio.seen == []


def test_weights_says_what_is_fetched_and_where_it_is(
    tryon: Command, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A first start of some minutes must not look like a hang."""

    def ensure_all(folder: Path, offline: bool, on_progress: Any) -> tuple[Path, ...]:
        on_progress("net.onnx", 0, None, "example.org")
        on_progress("net.onnx", 1_000_000, 2_000_000, "example.org")
        on_progress("net.onnx", 2_000_000, 2_000_000, "example.org")
        Path("net.onnx").write_bytes(bytes(2_000_000))
        return (Path("net.onnx"),)

    monkeypatch.setattr("tryon.weights.ensure_all", ensure_all)

    assert tryon("weights") == 0
    printed = capsys.readouterr()
    assert printed.err == "fetching net.onnx from example.org\n  2.0 of 2.0 MB\n"
    home = Path("~/.cache/tryon-studio/weights").expanduser()
    assert f"1 model files are ready in {home} (2 MB)" in printed.out


def test_weights_that_cannot_be_had_exit_1(
    tryon: Command, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the reason and what to do."""
    monkeypatch.setenv("WEIGHTS_OFFLINE", "true")
    monkeypatch.setenv("WEIGHTS_DIR", "empty")

    assert tryon("weights") == 1
    assert "error: WEIGHTS_UNAVAILABLE: " in capsys.readouterr().err


def test_a_settings_file_that_is_no_text_is_named(
    tryon: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    """An editor saved it as UTF-16."""
    Path(".env").write_text("PORT=9000", "utf-16")

    assert tryon("weights") == 2
    assert capsys.readouterr().err == "error: the file .env is not UTF-8 text\n"


@pytest.mark.parametrize("words", [["keys", "list"], ["review", "projects"], ["weights"]], ids=str)
def test_every_command_takes_debug_at_its_end(words: list[str]) -> None:
    """As every message about a bug asks for."""
    assert make_parser().parse_args([*words, "--debug", "--quiet"]).debug


def test_serve_starts_the_app_where_told(tryon: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is given goes before the environment."""
    started = []
    monkeypatch.setenv("PORT", "1")
    monkeypatch.setenv("HOST", "unchanged")
    fake_app = ModuleType("app")
    fake_app.main = lambda given: started.append((given.host, given.port))  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "app", fake_app)
    monkeypatch.setattr(sys, "path", sys.path.copy())

    assert tryon("serve", "--port", 8123) == 0
    assert started == [("unchanged", 8123)]


@pytest.mark.parametrize("command", [[], ["run"], ["batch"], ["weights"], ["serve"]], ids=str)
def test_help_is_there(
    tryon: Command, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    """And tells what it does."""
    with pytest.raises(SystemExit) as caught:
        tryon(*command, "--help")

    assert caught.value.code == 0
    assert "usage: python -m tryon" in capsys.readouterr().out
