"""Where the studio is on its site: the path a proxy serves it at, and what a request asks below it.

A server started with a `root_path` puts it before the path of every request, as ASGI has it.
"""

from collections.abc import Mapping
from typing import Any


def prefix_of(scope: Mapping[str, Any]) -> str:
    """What stands before every path of the studio: empty, or like `/studio`."""
    return str(scope.get("root_path", "")).rstrip("/")


def path_below(scope: Mapping[str, Any]) -> str:
    """The path of a request without the prefix, as our routes are named."""
    path, prefix = str(scope["path"]), prefix_of(scope)
    is_below = path == prefix or path.startswith(f"{prefix}/")
    return path[len(prefix) :] if is_below else path
