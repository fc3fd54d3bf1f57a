"""English, German, Spanish and Chinese say the same, and nothing is left out."""

import re
from pathlib import Path
from typing import Any

import pytest

from scripts import render_docs
from tryon import anchors, errors
from tryon.generation.generators import Generators
from tryon.generation.reasons import NANO_REASONS
from tryon.review.fits import PICTURES
from tryon.review.labels import DEFECTS, SKIP_REASONS
from tryon.review.projects import INSTRUCTIONS
from tryon.stages.quality_words import ADVICE, MESSAGES
from tryon.stages.strategies import STRATEGIES
from tryon.ui import words
from tryon.ui.translate import as_key, tables, translations

TABLES = tables()
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
    """Everything `words.py` can say; names and codes in it are not sentences."""
    assert missing(set(sentences(vars(words)))) == []


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
    assert missing({sentence for sentence, _ in NANO_REASONS.values()} & set(TABLES["de"])) == []
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


def test_reviewers_are_asked_in_their_language() -> None:
    """Chips, reasons, pictures and instructions come from Python; a project's own stay as written.

    What the scripts say is watched in the browser.
    """
    said = {word.label for word in (*DEFECTS, *SKIP_REASONS)} | {title for _, _, title in PICTURES}

    assert missing(said | {INSTRUCTIONS}) == []
