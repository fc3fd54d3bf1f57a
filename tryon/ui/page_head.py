"""What the page begins with, before any script of Gradio has come: a sign of life, a language.

On a slow network the scripts take many seconds, in which Gradio shows nothing. Its widgets ask the
browser for its language; where another was chosen (`js/language.js`), a script answers instead.
"""

from pathlib import Path
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tryon.prefix import path_below
from tryon.ui import words
from tryon.ui.translate import chosen_language, spoken_by

_WAITING: Final = Path(__file__).with_name("waiting.css")
_ANSWER: Final = (
    "<script>for (const [name, value] of [['language', 'TAG'], ['languages', ['TAG']]]) "
    "Object.defineProperty(navigator, name, { value });</script>"
)
_AS_GRADIO_HAS_IT: Final = {"zh": "zh-CN"}


class PageHead:
    """Middleware that puts both at the head of the page.

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
        head = _head_for(Request(scope)).encode()
        held: list[Message] = []

        async def send_with_head(message: Message) -> None:
            held.append(message)
            if message["type"] != "http.response.body" or message.get("more_body"):
                return
            start, *parts = held
            page = b"".join(part.get("body", b"") for part in parts)
            page = page.replace(b"<head>", b"<head>" + head, 1)
            if page:  # of a HEAD there is none, and its length is not ours to say
                MutableHeaders(scope=start)["content-length"] = str(len(page))
            await send(start)
            await send({"type": "http.response.body", "body": page})

        await self._app(scope, receive, send_with_head)


def _head_for(request: Request) -> str:
    title = spoken_by(request)(words.TITLE)
    chosen = chosen_language(request)
    answer = _ANSWER.replace("TAG", _AS_GRADIO_HAS_IT.get(chosen, chosen)) if chosen else ""
    style = _WAITING.read_text("utf-8").replace("TITLE", title)
    return f"<style>{style}</style>{answer}"
