"""The studio's page as it leaves us: its head, and the words of one language.

On a slow network the scripts of Gradio take many seconds, in which it shows nothing: the page
begins with a sign of life. Its widgets ask the browser for its language; where another was chosen
(`js/language.js`), a script answers instead. Who sends the address to somebody sends a preview of
us, not of Gradio.
"""

import json
import re
from pathlib import Path
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tryon.prefix import path_below
from tryon.ui import words
from tryon.ui.translate import Speech, chosen_language, spoken_by

WORDS_HERE: Final = "the words of one language"  # stands where Gradio would send all tables
_WAITING: Final = Path(__file__).with_name("waiting.css")
_ANSWER: Final = (
    "<script>for (const [name, value] of [['language', 'TAG'], ['languages', ['TAG']]]) "
    "Object.defineProperty(navigator, name, { value });</script>"
)
_AS_GRADIO_HAS_IT: Final = {"zh": "zh-CN"}
_CHINESE_GRADIO_KNOWS: Final = ("zh-cn", "zh-tw")
_PREVIEW: Final = re.compile(rb'<meta\s+(?:property="og|name="twitter):[^>]*>\s*')


class PageHead:
    """Middleware that rewrites the page for who asks.

    Args:
        app: what answers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer; other addresses as they are."""
        if scope["type"] != "http" or path_below(scope) not in ("", "/"):
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        held: list[Message] = []

        async def send_rewritten(message: Message) -> None:
            held.append(message)
            if message["type"] != "http.response.body" or message.get("more_body"):
                return
            start, *parts = held
            page = b"".join(part.get("body", b"") for part in parts)
            page = _rewritten(page, request)
            if page:  # of a HEAD there is none, and its length is not ours to say
                MutableHeaders(scope=start)["content-length"] = str(len(page))
            await send(start)
            await send({"type": "http.response.body", "body": page})

        await self._app(scope, receive, send_rewritten)


def _rewritten(page: bytes, request: Request) -> bytes:
    speech = spoken_by(request)
    head = _head_for(speech, _to_answer(request, speech)).encode()
    page = _PREVIEW.sub(b"", page).replace(b"<head>", b"<head>" + head, 1)
    return page.replace(json.dumps(WORDS_HERE).encode(), _table_of(speech).encode(), 1)


def _to_answer(request: Request, speech: Speech) -> str:
    """The language that a script answers with; empty: the browser is asked itself.

    Gradio reads the first wish alone and no Chinese but two; its widgets would stay English.
    """
    wish = re.split("[,;]", request.headers.get("accept-language", ""))[0].strip().lower()
    understood = _CHINESE_GRADIO_KNOWS if speech.language == "zh" else (speech.language, "en")
    is_understood = wish in understood or wish.partition("-")[0] in understood
    is_ours = speech.language != "en" and not is_understood
    return chosen_language(request) or (speech.language if is_ours else "")


def _head_for(speech: Speech, chosen: str) -> str:
    style = _WAITING.read_text("utf-8").replace("TITLE", speech(words.TITLE))
    answer = _ANSWER.replace("TAG", _AS_GRADIO_HAS_IT.get(chosen, chosen)) if chosen else ""
    preview = (("og:title", words.TITLE), ("og:description", words.LEAD), ("og:type", "website"))
    metas = "".join(f'<meta property="{name}" content="{speech(text)}">' for name, text in preview)
    return f"<style>{style}</style>{answer}{metas}"


def _table_of(speech: Speech) -> str:
    """For `js/dom.js` and for Gradio's widgets, as JSON that may stand in a script."""
    table = json.dumps({speech.language: dict(speech.table)}, ensure_ascii=False)
    return table.replace("<", "\\u003c")
