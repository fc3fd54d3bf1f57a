"""Promises of the whole project: the docs say what the code does, and who may import whom."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml

from scripts import render_docs
from tryon.errors import TryOnError
from tryon.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted([ROOT / "app.py", *(ROOT / "tryon").rglob("*.py")])
MAX_LINES = 300

# What stages and geometry may know: arrays and pictures, and our words for them.
STAGES_MAY_IMPORT = {
    "numpy", "cv2", "PIL", "pi_heif", "scipy", "skimage", "pymatting",
    "tryon.stages", "tryon.geometry", "tryon.arrays", "tryon.errors", "tryon.anchors",
    "tryon.ports",
}  # fmt: skip
# The packages of the stages' parts; each may use those before it.
PARTS_OF_STAGES = (
    "loading", "body", "person", "old_clothes", "garment_cutout", "garment_shape", "placement",
    "warping", "scoring", "finishing",
)  # fmt: skip
OUTSIDE = {"os", "pathlib", "socket", "subprocess", "urllib", "http", "multiprocessing"}
# Our modules that are the inside of the house, seen from a page or the REST API.
PAGES_MUST_NOT_IMPORT = {
    "tryon.adapters",
    "tryon.bootstrap",
    "tryon.weights",
    "tryon.cli",
    "tryon.commands",
}


def id_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def modules_in(*folders: str) -> list[Path]:
    return [p for p in MODULES if id_of(p).startswith(tuple(f"tryon/{f}" for f in folders))]


def imports(path: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(module, names) of every import in a file, relative ones left out: we have none."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, ()) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{id_of(path)}: relative import"
            assert node.module is not None
            yield node.module, tuple(alias.name for alias in node.names)


def is_below(module: str, allowed: set[str]) -> bool:
    return any(module == name or module.startswith(f"{name}.") for name in allowed)


@pytest.mark.parametrize("path", MODULES, ids=id_of)
def test_a_module_is_one_thing(path: Path) -> None:
    """Past 300 lines it is two."""
    num_lines = len(path.read_text("utf-8").splitlines())

    assert num_lines <= MAX_LINES


@pytest.mark.parametrize("path", modules_in("stages/", "geometry.py"), ids=id_of)
def test_stages_know_arrays_and_pictures_only(path: Path) -> None:
    """A stage can be read and tested without the rest: no files, network, settings, vendors."""
    wrong = [
        module
        for module, _ in imports(path)
        if not is_below(module, STAGES_MAY_IMPORT)
        and (module.partition(".")[0] not in sys.stdlib_module_names or is_below(module, OUTSIDE))
    ]

    assert wrong == []


@pytest.mark.parametrize("package", PARTS_OF_STAGES)
def test_parts_of_a_stage_know_earlier_parts_only(package: str) -> None:
    """Whoever changes placement need not read scoring."""
    later = PARTS_OF_STAGES[PARTS_OF_STAGES.index(package) + 1 :]
    paths = modules_in(f"stages/{package}/")

    wrong = [
        (id_of(path), module)
        for path in paths
        for module, _ in imports(path)
        if is_below(module, {f"tryon.stages.{name}" for name in later})
    ]

    assert len(paths) > 1
    assert wrong == []


def test_every_part_of_a_stage_has_its_place_in_the_order() -> None:
    """A package nobody put in the order above would be free to use everything."""
    packages = {path.parent.name for path in (ROOT / "tryon/stages").glob("*/__init__.py")}

    assert packages == set(PARTS_OF_STAGES)


@pytest.mark.parametrize("path", modules_in("generation/"), ids=id_of)
def test_generation_knows_no_vendor_and_no_network(path: Path) -> None:
    """What is asked, preserved and checked holds for every generator alike."""
    allowed = STAGES_MAY_IMPORT | {"tryon.generation"}
    wrong = [
        module
        for module, _ in imports(path)
        if not is_below(module, allowed)
        and (module.partition(".")[0] not in sys.stdlib_module_names or is_below(module, OUTSIDE))
    ]

    assert wrong == []


@pytest.mark.parametrize("path", modules_in("ui/", "api/"), ids=id_of)
def test_pages_call_the_service_and_never_a_stage(path: Path) -> None:
    """From a stage module only its result type and constants are used: names in capitals."""
    wrong = [module for module, _ in imports(path) if is_below(module, PAGES_MUST_NOT_IMPORT)]
    wrong += [
        f"{module}.{name}"
        for module, names in imports(path)
        if is_below(module, {"tryon.stages", "tryon.pipeline"})
        for name in names
        if not name[0].isupper()
    ]

    assert wrong == []


@pytest.mark.parametrize(
    "path", [p for p in MODULES if not id_of(p).startswith(("tryon/ui/", "app.py"))], ids=id_of
)
def test_only_the_page_knows_gradio(path: Path) -> None:
    """The pipeline, the command line and the REST API run without it."""
    assert not [m for m, _ in imports(path) if is_below(m, {"gradio", "tryon.ui"})]


def test_no_two_modules_need_each_other() -> None:
    """Whoever reads one has an end to come to; imports for types count as well."""
    names = {
        id_of(p).removesuffix(".py").removesuffix("/__init__").replace("/", "."): p for p in MODULES
    }
    needs = {
        name: {
            needed
            for module, parts in imports(path)
            for needed in (module, *(f"{module}.{part}" for part in parts))
            if needed in names and needed != name
        }
        for name, path in names.items()
    }

    in_order = list(TopologicalSorter(needs).static_order())  # a circle raises, and names them

    assert in_order.index("tryon.errors") < in_order.index("tryon.pipeline")


def test_adapters_are_built_in_one_place() -> None:
    """Who wants another vendor changes `bootstrap.py`; fetching addresses is the exception."""
    users = {
        id_of(path)
        for path in MODULES
        if "tryon/adapters/" not in id_of(path)
        for module, _ in imports(path)
        if is_below(module, {"tryon.adapters"}) and module != "tryon.adapters.public_fetch"
    }

    assert users <= {"tryon/bootstrap.py", "tryon/bootstrap_jobs.py"}


def test_importing_loads_no_model_and_no_page() -> None:
    """`--help` stays fast, and a test or a worker does not pay for what it does not use."""
    names = [
        id_of(path).removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        for path in MODULES
        if not id_of(path).startswith("tryon/ui/")
        and not id_of(path).endswith(("__main__.py", "migrations/env.py"))  # run, never imported
    ]
    code = (
        "import importlib, os, socket, sys\n"
        "def no_network(*a, **k): raise AssertionError('a connection at import')\n"
        "socket.socket.connect = no_network\n"
        f"for name in {names!r}: importlib.import_module(name)\n"
        "print(*sorted({'mediapipe', 'rembg', 'onnxruntime', 'gradio'} & set(sys.modules)))\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr


def test_help_comes_without_picture_libraries() -> None:
    """They take most of a second to load, and a wrong option should be told at once."""
    code = (
        "import sys, tryon.cli\n"
        "tryon.cli.make_parser()\n"
        "print(*sorted({'cv2', 'PIL', 'scipy', 'skimage', 'sqlalchemy'} & set(sys.modules)))\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr


@pytest.mark.parametrize("path", list(render_docs.rendered()), ids=id_of)
def test_docs_say_what_the_code_says(path: Path) -> None:
    """Settings, errors and the Space's header; `make docs` brings them up to date."""
    assert path.read_text("utf-8") == render_docs.rendered()[path]


def test_every_error_is_documented_under_a_code_of_its_own() -> None:
    """Codes are a contract: unique, and none is missing from docs/errors.md."""
    in_code = [
        code
        for path in MODULES
        for code in re.findall(
            r'^    code(?:, http_status)? = "([A-Z_]+)"', path.read_text("utf-8"), re.MULTILINE
        )
    ]
    in_docs = re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs/errors.md").read_text(), re.MULTILINE)

    assert len(in_code) == len(set(in_code)) > 10
    assert sorted(in_docs) == sorted(in_code)


def test_every_documented_error_can_happen() -> None:
    """A code nobody ever sends is a case that clients would handle for nothing."""
    code = "\n".join(p.read_text("utf-8") for p in MODULES if id_of(p) != "tryon/errors.py")
    errors = render_docs.error_classes(TryOnError, "tryon.errors")

    assert [e.__name__ for e in errors if not re.search(rf"\b{e.__name__}\b", code)] == []


@pytest.mark.parametrize(
    "error", [*render_docs.error_classes(TryOnError, "tryon.errors")], ids=lambda e: e.code
)
def test_an_error_says_what_happened_and_what_to_do(error: type[TryOnError]) -> None:
    """Two sentences for people, and a status a client understands."""
    assert error.default_message.endswith(".")
    assert len(error.default_remedy) > 15
    assert 400 <= error.http_status < 600


def test_every_setting_has_a_word_for_people() -> None:
    """The description is what README and .env.example show."""
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_the_example_settings_are_valid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Uncommenting every line of .env.example gives the defaults."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    text = (ROOT / ".env.example").read_text("utf-8")
    env = tmp_path / ".env"
    env.write_text(re.sub(r"^#(?=[A-Z])(?=\w+=)", "", text, flags=re.MULTILINE), "utf-8")

    assert Settings(_env_file=env) == Settings(_env_file=None)


def test_the_space_runs_what_we_test() -> None:
    """The gradio that Hugging Face installs is the one pinned and installed here."""
    space = yaml.safe_load((ROOT / "space.yaml").read_text("utf-8"))
    requirements = (ROOT / "requirements.txt").read_text("utf-8").splitlines()

    assert f"gradio=={space['sdk_version']}" in requirements
    assert space["sdk_version"] == version("gradio")
    assert (ROOT / space["app_file"]).exists()
    assert len(space["short_description"]) <= 60  # Hugging Face refuses a longer one
    assert {name.lower() for name in (*space["variables"], *space["secrets"])} <= set(
        Settings.model_fields
    )


@pytest.mark.parametrize(
    "name", ["requirements.txt", "requirements-dev.txt", "requirements-scale.txt"]
)
def test_pins_agree_with_each_other(name: str) -> None:
    """requirements*.txt and constraints.txt are installed together."""
    pins = dict(re.findall(r"^([\w.-]+)==(\S+)$", read_lower("constraints.txt"), re.MULTILINE))
    wanted = re.findall(r"^([\w.-]+)(?:\[\w+\])?==(\S+)$", read_lower(name), re.MULTILINE)

    def key(project: str) -> str:
        return re.sub(r"[-_.]+", "-", project)

    pins = {key(project): pin for project, pin in pins.items()}
    assert wanted
    assert [(p, v, pins[key(p)]) for p, v in wanted if pins.get(key(p), v) != v] == []


def test_the_pictures_of_the_readme_are_there_and_small() -> None:
    """A page that loads slowly is not read; `make screenshots` makes them."""
    shown = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", (ROOT / "README.md").read_text("utf-8"))

    assert len(shown) >= 2
    assert [name for name in shown if (ROOT / name).stat().st_size > 400_000] == []


def test_opencv_is_installed_once() -> None:
    """opencv-python beside opencv-contrib-python overwrites its files."""
    assert re.findall(r"^opencv[\w-]*", read_lower("constraints.txt"), re.MULTILINE) == [
        "opencv-contrib-python"
    ]


def test_no_file_names_a_machine_or_a_package_registry() -> None:
    """What we commit works anywhere: no absolute paths of a machine, no index of ours."""
    hosts = [".".join(parts) for parts in (("pypi", "org"), ("pythonhosted", "org"),
             ("npmjs", "org"), ("debian", "org"), ("proxy", "golang", "org"))]  # fmt: skip
    pattern = re.compile(
        "|".join(map(re.escape, hosts)) + r"|(?<![\w.~])/(?:home|root|Users|work|mnt|opt)/\w"
    )

    assert [
        f"{id_of(path)}:{number}: {line.strip()[:80]}"
        for path in committed_text_files()
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if pattern.search(line)
    ] == []


def read_lower(name: str) -> str:
    return (ROOT / name).read_text("utf-8").lower()


def committed_text_files() -> Iterator[Path]:
    """Tracked files, or all of a folder without git, that are text."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode == 0:
        paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    else:
        paths = [*ROOT.glob("*.*"), *MODULES, *(ROOT / "tests").rglob("*.py")]
    for path in paths:
        if path.is_file() and b"\0" not in path.read_bytes()[:4096]:
            yield path
