"""Write what the code already says into the places where people read it.

    python -m scripts.render_docs

README front matter (from `space.yaml`), README settings and `.env.example` (from `settings.py`),
`docs/errors.md` (from the error classes). A test holds all of them equal to the code.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from tryon.errors import TryOnError
from tryon.generation.reasons import NANO_REASONS, TIMEOUT_REASONS
from tryon.settings import Settings
from tryon.turning import TURNS

ROOT = Path(__file__).resolve().parent.parent
FENCE = "---\n"
NOT_FRONT_MATTER = ("variables", "secrets")  # for the Space's settings page

ERRORS_INTRO = """\
# What can go wrong

Every failure has a code that never changes, a sentence, and a remedy. The command line, the studio
and `error.json` show the same ones; a run may say more precisely what it found than the general
sentence here. This page is rendered from `tryon/errors.py` by `make docs`.

| Code | HTTP | What happened | What to do |
|---|---|---|---|
"""

REASONS_INTRO = """
`POSE_FAILED` of a photo that only has to be turned, `NANO_API_ERROR`, and `TIMEOUT` of the final
step also have a `reason`:

| Reason | Code | What happened | What to do |
|---|---|---|---|
"""


def rendered() -> dict[Path, str]:
    """Every file this script writes, as it should be."""
    readme = ROOT / "README.md"
    text = readme.read_text("utf-8")
    return {
        readme: front_matter() + between(without_front_matter(text), "settings", settings_table()),
        ROOT / ".env.example": env_example(),
        ROOT / "docs" / "errors.md": ERRORS_INTRO
        + "".join(error_rows())
        + REASONS_INTRO
        + "".join(reason_rows()),
    }


def front_matter() -> str:
    """The README block that Hugging Face reads, fences included."""
    space: dict[str, Any] = yaml.safe_load((ROOT / "space.yaml").read_text("utf-8"))
    shown = {key: value for key, value in space.items() if key not in NOT_FRONT_MATTER}
    return f"{FENCE}{yaml.safe_dump(shown, sort_keys=False, allow_unicode=True)}{FENCE}"


def without_front_matter(readme: str) -> str:
    """The text below the front matter."""
    return readme.split(FENCE, 2)[2] if readme.startswith(FENCE) else readme


def between(text: str, name: str, content: str) -> str:
    """`text` with `content` between the markers `<!-- name -->` and `<!-- /name -->`."""
    before, _, rest = text.partition(f"<!-- {name} -->\n")
    old, end, after = rest.partition(f"<!-- /{name} -->")
    if not end:
        raise ValueError(f"want the markers <!-- {name} --> and <!-- /{name} --> in {old[:40]!r}")
    return f"{before}<!-- {name} -->\n{content}{end}{after}"


def settings_table() -> str:
    """One line a setting, in the order of `settings.py`."""
    rows = "".join(
        f"| `{name.upper()}` | {f'`{default}`' if default else ''} | {field.description} |\n"
        for name, field, default in settings()
    )
    return "| Setting | Default | Meaning |\n|---|---|---|\n" + rows


def env_example() -> str:
    """Every setting, commented out, at its default."""
    lines = [
        "# Copy to .env and uncomment what you change. The environment goes before this file.\n"
    ]
    for name, field, default in settings():
        lines.append(f"\n# {field.description}\n#{name.upper()}={default}\n")
    return "".join(lines)


def settings() -> Iterator[tuple[str, FieldInfo, str]]:
    """Name, field, and default as one writes it into `.env`."""
    for name, field in Settings.model_fields.items():
        default = field.default
        if default is None or default is PydanticUndefined:
            default = ""
        yield name, field, str(default).lower() if isinstance(default, bool) else str(default)


def error_rows() -> Iterator[str]:
    """One line an error class, in the order of the code."""
    classes = error_classes(TryOnError, "tryon.errors")
    for error in classes:
        yield (
            f"| `{error.code}` | {error.http_status} | {error.default_message} "
            f"| {error.default_remedy} |\n"
        )


def reason_rows() -> Iterator[str]:
    """One line a reason."""
    for reason, message, remedy in TURNS.values():
        yield f"| `{reason}` | `POSE_FAILED` | {message} | {remedy} |\n"
    for code, reasons in (("NANO_API_ERROR", NANO_REASONS), ("TIMEOUT", TIMEOUT_REASONS)):
        for reason, (message, remedy) in reasons.items():
            yield f"| `{reason}` | `{code}` | {message} | {remedy} |\n"


def error_classes(base: type[TryOnError], module: str) -> Iterator[type[TryOnError]]:
    """Every class below `base` that stands in `module`."""
    for error in base.__subclasses__():
        if error.__module__ == module:
            yield error
        yield from error_classes(error, module)


def main() -> int:
    """Write what differs."""
    for path, text in rendered().items():
        if not path.exists() or path.read_text("utf-8") != text:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, "utf-8")
            print(f"rendered {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
