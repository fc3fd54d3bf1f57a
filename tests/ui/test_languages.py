"""English, German, Spanish and Chinese say the same, and nothing is left out."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from scripts import render_docs
from tryon import anchors, errors
from tryon.generation.generators import Generators
from tryon.review.fits import PICTURES
from tryon.review.labels import DEFECTS, SKIP_REASONS
from tryon.review.projects import INSTRUCTIONS
from tryon.stages.loading.file_kinds import PictureKind
from tryon.stages.scoring.words import ADVICE, MESSAGES
from tryon.stages.strategies import STRATEGIES
from tryon.ui import editor_words, words
from tryon.ui.quality_panel import measured
from tryon.ui.translate import as_key, tables, translations

TABLES = tables()
ROOT = Path(words.__file__).parents[2]
# Modules whose sentences reach the page; a prompt is for a generator, in English.
SPEAKING = sorted(
    path
    for folder in ("stages/**/*", "generation/*", "turning")
    for path in (ROOT / "tryon").glob(f"{folder}.py")
    if path.name != "prompt.py"
)
# Failures that a visitor or a reviewer can meet; the others belong to the API and command line.
ON_THE_PAGE = (
    "InvalidImageFormat", "InvalidImageUrl", "ImageTooLarge", "SegmentationFailed", "PoseFailed",
    "WarpFailed", "NanoApiError", "TimedOut", "StorageError", "WeightsUnavailable", "Cancelled",
    "FitExpired", "ReviewNotAllowed", "ReviewNotFound", "LabelConflict", "InvalidLabel",
    "NotEnoughLabels",
)  # fmt: skip


def missing(texts: set[str]) -> list[str]:
    return sorted(text for text in texts if as_key(text) not in TABLES["de"])


def test_every_language_has_every_sentence() -> None:
    """A key in one table and not in another would show English in the middle of Spanish."""
    assert sorted(TABLES) == ["de", "es", "zh"]
    assert set(TABLES["de"]) == set(TABLES["es"]) == set(TABLES["zh"])
    assert set(translations().translations) == {"en", "de", "es", "zh"}


@pytest.mark.parametrize("language", sorted(TABLES))
def test_numbers_find_their_place_in_every_sentence(language: str) -> None:
    """As many places for numbers as English has, and never an empty sentence."""
    wrong = [
        english
        for english, sentence in TABLES[language].items()
        if not sentence.strip() or sentence.count("#") != english.count("#")
    ]

    assert wrong == []


def test_every_choice_and_caption_has_its_words() -> None:
    """Everything the pages can say; names and codes in it are not sentences."""
    assert missing({*sentences(vars(words)), *sentences(vars(editor_words))}) == []


def test_every_kind_of_garment_and_anchor_has_its_name() -> None:
    """They stand on buttons, tiles and legends."""
    names = {name for kind in anchors.ANCHOR_NAMES.values() for name in kind}

    assert missing(set(anchors.GARMENT_LABELS.values())) == []
    assert missing({words.anchor_label(name) for name in names}) == []


def test_every_failure_is_explained_in_every_language() -> None:
    """Message and remedy of what a visitor can meet."""
    shown = [getattr(errors, name) for name in ON_THE_PAGE]
    known = set(render_docs.error_classes(errors.TryOnError, "tryon.errors"))
    said = {text for error in shown for text in (error.default_message, error.default_remedy)}

    assert set(shown) <= known
    assert missing(said) == []
    assert missing({info.sends for info in Generators().infos()}) == []


def sentences(value: Any) -> set[str]:
    """Texts for people in a value: those that begin with a capital letter."""
    if isinstance(value, str):
        is_said = re.match(r"[A-Z][a-z]", value) and not re.search(r"[{}<>_]|^Final\[", value)
        return {value} if is_said else set()
    if isinstance(value, dict):
        return {
            text
            for name, inner in value.items()
            if not str(name).startswith("__")
            for text in sentences(inner)
        }
    if isinstance(value, list | tuple):
        return {text for inner in value for text in sentences(inner)}
    return set()


def test_the_tables_are_sorted_and_readable() -> None:
    """So that a change of one sentence is a change of one line."""
    folder = Path(words.__file__).with_name("languages")

    assert all(list(table) == sorted(table) for table in TABLES.values())
    assert all(path.read_text("utf-8").count("\n") > 400 for path in folder.glob("*.json"))


def test_everything_the_score_says_is_translated() -> None:
    """What to do is of use only in a language one reads."""
    said = {text for one in (MESSAGES, ADVICE) for text in sentences(one)}
    ideas = {words.strategy_label(strategy.name) for strategy in STRATEGIES}

    assert missing(said | ideas) == []


@pytest.mark.parametrize("path", SPEAKING, ids=lambda path: path.stem)
def test_everything_a_stage_or_generator_says_is_translated(path: Path) -> None:
    """Why a photo cannot be used, and what to know of a result, in a language one reads."""
    said = {variant for text in said_in(path) for variant in variants(text)}

    assert [text for text in said if not is_known(text)] == []


def test_every_unit_is_translated() -> None:
    """What was measured stands beside every part of the score."""
    files = (ROOT / "tryon" / "stages" / "scoring").glob("*.py")
    units = {unit for path in files for unit in measured_units(path)}

    assert {"shoulder widths", "share", "degrees"} < units
    shown = {measured(2, unit) for unit in units}
    assert missing({text for text in shown if re.search("[a-z]{2}", text)}) == []


def said_in(path: Path) -> Iterator[str]:
    """Sentences in the code of a module, "\0" where something is put in; docstrings left out."""
    tree = ast.parse(path.read_text("utf-8"))
    silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            silent.update(map(id, node.values))
            texts = [
                part.value if isinstance(part, ast.Constant)
                else "\0%" if "%" in ast.unparse(part) else "\0"
                for part in node.values
            ]  # fmt: skip
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            texts = [node.value]
        else:
            continue
        text = "".join(map(str, texts)).strip()
        if id(node) not in silent and re.fullmatch(r"[A-Z\0].* .*\.", text):
            yield text


def variants(text: str) -> list[str]:
    """What may be put in: a kind of file by its name, anything else as a number."""
    if "This \0 file" in text:
        return [text.replace("\0", kind) for kind in get_args(PictureKind)]
    return [text.replace("\0", "#")]


def is_known(text: str) -> bool:
    """As `js/dom.js` looks it up: whole, or sentence by sentence, or in parts."""
    known = TABLES["de"]
    return as_key(text) in known or all(
        as_key(sentence) in known
        or all(part == "#" or part in known for part in sentence.removesuffix(".").split(": "))
        for sentence in re.sub(r"^# ", "", text).split(". ")
    )


def measured_units(path: Path) -> Iterator[str]:
    """Units that a module gives to `judged` and `unknown`."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("judged", "unknown"):
            yield from (a.value for a in node.args[2:3] if isinstance(a, ast.Constant))


def test_reviewers_are_asked_in_their_language() -> None:
    """Chips, reasons, pictures and instructions come from Python; a project's own stay as written.

    What the scripts say is watched in the browser.
    """
    said = {word.label for word in (*DEFECTS, *SKIP_REASONS)} | {title for _, _, title in PICTURES}

    assert missing(said | {INSTRUCTIONS}) == []
