"""The OpenAPI document tells the truth: every odd request gets an answer it describes."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode, checks

from tests.fakes.api import ServedApi, running_api
from tests.fakes.jobs import FakeDresser

DOCUMENT = Path(__file__).parents[2] / "docs/api.md"
ADDRESSES = (
    ("POST", "/api/tryon/submit"),
    ("GET", "/api/tryon/status/{job_id}"),
    ("GET", "/api/tryon/status/{job_id}/events"),
    ("GET", "/api/tryon/jobs"),
    ("DELETE", "/api/tryon/{job_id}"),
    ("GET", "/api/tryon/result/{job_id}"),
    ("GET", "/results/{job_id}.png"),
    ("GET", "/api/tryon/artifacts/{job_id}"),
    ("GET", "/api/tryon/artifacts/{job_id}/{name}"),
    ("GET", "/metrics"),
    ("GET", "/health"),
    ("GET", "/ready"),
)
PLAIN = (("GET", "/health"), ("GET", "/ready"))  # nothing in them can be odd
CHECKS = (
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedApi]:
    """With model files to be ready; nobody does the jobs."""
    with running_api(tmp_path_factory.mktemp("api"), FakeDresser(), job_workers=0) as served:
        yield served


@pytest.fixture(scope="module")
def document(served: ServedApi) -> schemathesis.schemas.BaseSchema:
    """As served."""
    return schemathesis.openapi.from_url(f"{served.url}/openapi.json")


def test_every_address_is_tested_here(document: schemathesis.schemas.BaseSchema) -> None:
    """A new one joins the list below."""
    assert {(one.ok().method.upper(), one.ok().path) for one in document.get_all_operations()} == (
        set(ADDRESSES)
    )


@pytest.mark.parametrize(
    ("mode", "method", "path"),
    [
        *((GenerationMode.POSITIVE, *address) for address in ADDRESSES),
        *((GenerationMode.NEGATIVE, *address) for address in ADDRESSES if address not in PLAIN),
    ],
    ids=str,
)
def test_every_answer_is_one_of_those_described(
    document: schemathesis.schemas.BaseSchema, mode: GenerationMode, method: str, path: str
) -> None:
    """No 5xx, no status, type or shape that the document does not name."""
    operation = document[path][method]

    @settings(
        max_examples=25, deadline=None, derandomize=True, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(operation.as_strategy(generation_mode=mode))
    def ask(case: schemathesis.Case) -> None:
        case.call_and_validate(checks=CHECKS)

    ask()


def test_every_address_has_an_example(document: schemathesis.schemas.BaseSchema) -> None:
    """The failures' shape and the main answers show what they look like."""
    shapes = document.raw_schema["components"]["schemas"]

    assert {name for name in ("ErrorBody", "Submitted", "Status") if "example" in shapes[name]} == {
        "ErrorBody", "Submitted", "Status",
    }  # fmt: skip


def test_every_failure_is_shown_as_it_comes(document: schemathesis.schemas.BaseSchema) -> None:
    """In the one shape; a client made from the document knows each code."""
    examples = [
        (code, example["value"])
        for path in document.raw_schema["paths"].values()
        for operation in path.values()
        for response in operation["responses"].values()
        for kind in response.get("content", {}).values()
        for code, example in kind.get("examples", {}).items()
    ]

    assert {code for code, _ in examples} >= {"JOB_ERASED", "QUEUE_FULL", "STORAGE_ERROR"}
    for code, value in examples:
        assert (set(value), value["code"]) == ({"code", "message", "remedy", "job_id"}, code)


def test_the_table_of_failures_in_the_documents_is_complete(
    document: schemathesis.schemas.BaseSchema,
) -> None:
    """docs/api.md names every status and code that an address may answer with."""
    described = {
        (status, code)
        for path in document.raw_schema["paths"].values()
        for operation in path.values()
        for status, response in operation["responses"].items()
        if status >= "400"
        for kind in response.get("content", {}).values()
        for code in kind.get("examples", {})
    }
    rows = re.findall(r"^\| (\d{3}) \| (`[A-Z_`, ]+) \|", DOCUMENT.read_text("utf-8"), re.MULTILINE)
    told = {(status, code) for status, codes in rows for code in re.findall(r"[A-Z_]+", codes)}

    assert told == described
