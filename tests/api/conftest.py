"""One API for the tests that need no special one."""

from collections.abc import Iterator

import httpx
import pytest

from tests.fakes.api import ServedApi, running_api


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedApi]:
    """Open to its own machine, no keys."""
    with running_api(tmp_path_factory.mktemp("api"), max_upload_mb=10) as served:
        yield served


@pytest.fixture
def client(api: ServedApi) -> httpx.Client:
    """A program on the same machine."""
    return api.client()
