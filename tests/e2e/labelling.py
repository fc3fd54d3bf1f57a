"""The labelling screen for tests: a server one can kill, a project on it, what a reviewer does."""

import sys
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.fakes.review_server import open_review
from tests.servers import Process, free_port
from tryon.review.records import Given, Project
from tryon.review.service import Review


class Server:
    """The review in a process of its own, which can be killed and started again."""

    def __init__(self, folder: Path, is_real: bool = False) -> None:
        self.port = free_port()
        self.review = open_review(folder)
        command = [sys.executable, "-m", "tests.fakes.review_server", str(self.port), str(folder)]
        command += ["--real"] if is_real else []
        self._process = Process(command, self.port, folder / "server.log")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/review/"

    def start(self) -> None:
        """Serve; returns when it answers."""
        self._process.start()

    def kill(self) -> None:
        """Pull the plug."""
        self._process.kill()


@dataclass
class Studio:
    """One project on the server, and a look behind it."""

    server: Server
    project: Project
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return self.server.url

    @property
    def review(self) -> Review:
        return self.server.review

    def invite(self, name: str, is_lead: bool = False) -> None:
        self.tokens[name] = self.review.projects.invite(self.project, name, is_lead)[1]

    def labels(self) -> list[Given]:
        return self.review.disputes.labels(self.project)


def saved(page: Page) -> None:
    """Everything is on the server."""
    expect(page.locator(".save-state")).to_have_text("Saved")


def ready(page: Page) -> str:
    """An item is on the screen; its turn."""
    expect(page.locator(".pane[data-picture=draft].is-loaded")).to_have_count(1)
    return str(page.locator(".desk-screen").get_attribute("data-turn"))


def next_item(page: Page) -> None:
    """Hand in, and see another item."""
    before = ready(page)
    page.keyboard.press("Enter")
    expect(page.locator(".desk-screen")).not_to_have_attribute("data-turn", before)
