"""The page in the visitor's language: English is written in the code and is the key of the tables.

A language chosen in the menu (`js/language.js`) goes before those of the browser. Tables are
`languages/*.json`. Gradio's own widgets take them through `gr.I18n`; our panels read the same ones
in `js/dom.js`. A number in a sentence stands as "#".
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from typing import Any, Final

import gradio as gr
from fastapi import Request
from gradio.i18n import I18nData

from tryon.ui.visitor import cookie_in

COOKIE: Final = "tryon_language"  # set by `js/language.js`
LANGUAGES: Final = Path(__file__).with_name("languages")
_SPOKEN: Final = ("label", "info", "placeholder")
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?")
_PARTS: Final = re.compile(r"(, | · |: )")
_JS: Final = Path(__file__).with_name("js")


@cache
def tables() -> dict[str, dict[str, str]]:
    """English sentence -> sentence, by language."""
    return {
        path.stem: json.loads(path.read_text("utf-8")) for path in sorted(LANGUAGES.glob("*.json"))
    }


def translations() -> gr.I18n:
    """All tables for the mount; English says what it reads."""
    found = tables()
    english = {key: key for table in found.values() for key in table}
    return gr.I18n(en=english, **found)


def say(text: str) -> Any:
    """A text of ours in an update of a widget, for `gr.Button(say("Stop"))`."""
    return I18nData(text)


def translate_page(page: gr.Blocks) -> None:
    """Mark every text of the finished page that has a translation."""
    mark = translations()
    keys = set(mark.translations["en"])

    def marked(text: Any) -> Any:
        return mark(text) if isinstance(text, str) and text in keys else text

    script = (_JS / "dom.js").read_text("utf-8") + (_JS / "static.js").read_text("utf-8")
    for block in page.blocks.values():
        for name in _SPOKEN:
            if isinstance(getattr(block, name, None), str):
                setattr(block, name, marked(getattr(block, name)))
        if isinstance(block, gr.Button | gr.DownloadButton):
            block.value = marked(block.value)
        elif isinstance(block, gr.HTML) and isinstance(block.value, str):
            block.js_on_load = script


@dataclass(frozen=True, slots=True)
class Speech:
    """Says our sentences in one language, safe to stand in HTML.

    Attributes:
        language: its tag; "en" has no table.
        table: English sentence -> sentence.
    """

    language: str
    table: Mapping[str, str]

    def __call__(self, text: str) -> str:
        """The sentence; one put together of known parts is translated part by part."""
        if as_key(text) in self.table:
            return escape(self._known(text))
        return escape("".join(self._known(part) for part in _PARTS.split(text)))

    def _known(self, text: str) -> str:
        numbers = iter(_NUMBER.findall(text))
        sentence = self.table.get(text) or self.table.get(as_key(text))
        return text if sentence is None else re.sub("#", lambda _: next(numbers), sentence)


def chosen_language(request: Request) -> str:
    """What was chosen in the menu; empty: nothing, or nothing we speak."""
    chosen = cookie_in(request, COOKIE)
    return chosen if chosen in {"en", *tables()} else ""


def spoken_by(request: Request) -> Speech:
    """The language that was chosen, or that the browser asks for, as far as we speak it."""
    found = tables()
    wishes = f"{chosen_language(request)},{request.headers.get('accept-language', '')}"
    for wanted in wishes.split(","):
        language = wanted.partition(";")[0].strip().partition("-")[0].lower()
        if language == "en":
            break
        if language in found:
            return Speech(language, found[language])
    return Speech("en", {})


def as_key(text: str) -> str:
    """The key of a sentence in the tables."""
    return _NUMBER.sub("#", text.strip())
