"""A client of the REST API: submit, watch, fetch. Needs httpx and nothing else of this project.

from tryon.client import TryOnClient

with TryOnClient("http://127.0.0.1:8000", api_key="...") as client:
    job = client.submit("me.jpg", "shirt.png", mode="draft")
    done = client.wait(job, on_progress=lambda status: print(status.stage, status.progress))
    client.save_result(done, "result.png")
"""

import json
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

import httpx

Source: TypeAlias = str | Path | bytes
"""A picture: path, http(s) address, or the bytes of a file."""
Anchors: TypeAlias = Mapping[str, Any]  # the document of an `anchors.json`, perhaps edited

ENDED: Final = frozenset({"DONE", "FAILED", "CANCELLED"})
POLL_S: Final = 0.5  # at first; a client that has waited for long asks less often
LONGEST_POLL_S: Final = 5.0
TRIES: Final = 4  # of a request that met a network problem or a service that is busy
FIRST_PAUSE_S: Final = 0.5
LONGEST_PAUSE_S: Final = 30.0
_AGAIN: Final = frozenset({429, 502, 503, 504})


class TryOnFailed(Exception):
    """The service said no, or a job failed.

    Attributes:
        code: never changes; docs/errors.md has all of them. `UNREACHABLE` and `NO_ANSWER` are ours.
        message: what happened, for people.
        remedy: what to do about it, for people.
        job_id: the job it is about, where there is one.
    """

    def __init__(self, code: str, message: str, remedy: str, job_id: str | None = None) -> None:
        self.code = code
        self.message = message
        self.remedy = remedy
        self.job_id = job_id
        super().__init__(f"{code}: {message} {remedy}")


@dataclass(frozen=True, slots=True)
class JobStatus:
    """Where a job stands. The fields are those of `GET /api/tryon/status/{job_id}`."""

    job_id: str
    status: Literal["QUEUED", "RUNNING", "DONE", "FAILED", "CANCELLED"]
    queue_position: int | None
    mode: str
    stage: str | None
    progress: float
    attempt: int
    result_image_url: str | None
    quality_score: float | None
    retry_count: int
    generator: str | None
    warnings: tuple[str, ...]
    created_at: str
    completed_at: str | None
    error_code: str | None
    error_message: str | None
    remedy: str | None
    error_stage: str | None
    error_reason: str | None

    @property
    def has_ended(self) -> bool:
        """Whether it is DONE, FAILED or CANCELLED."""
        return self.status in ENDED

    @staticmethod
    def from_json(document: Mapping[str, Any]) -> "JobStatus":
        """From an answer; fields a newer service may have added are left out."""
        known: dict[str, Any] = {one.name: document.get(one.name) for one in fields(JobStatus)}
        return JobStatus(**known | {"warnings": tuple(document.get("warnings") or ())})


class TryOnClient:
    """Talks to one service. Safe to use from several threads; close it at the end.

    Network problems, 429 and 503 are tried again with growing pauses; a submission carries an
    Idempotency-Key, so trying again never makes a second job.

    Args:
        base_url: of the service.
        api_key: None where it needs none.
        timeout_s: for one request.
        transport: for tests.
    """

    def __init__(
        self,
        base_url: str,
        api_key: str | None = None,
        timeout_s: float = 60.0,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        headers = {"X-API-Key": api_key} if api_key else {}
        self._http = httpx.Client(
            base_url=base_url, headers=headers, timeout=timeout_s, transport=transport
        )

    def __enter__(self) -> "TryOnClient":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def submit(
        self,
        person: Source,
        garment: Source | list[Source] | tuple[Source, ...],
        *,
        mode: Literal["draft", "final"] = "final",
        garment_type: str | list[str] | tuple[str, ...] | None = None,
        anchors: Anchors | list[Anchors] | None = None,
        idempotency_key: str | None = None,
        **fields: object,
    ) -> str:
        """Put a try-on in line.

        Args:
            person: the photo of a person.
            garment: the photo of a garment; of an outfit, a list of files, or one of addresses.
            mode: how far to go.
            garment_type: None to detect; of an outfit, a list in the order of the garments.
            anchors: points set by hand; of an outfit, a list in the order of the garments.
            idempotency_key: None for a new one; your order's id makes repeated calls one job.
            fields: any other field of `POST /api/tryon/submit`, such as `tuck` or `priority`.

        Returns:
            The id of the job.

        Raises:
            TryOnFailed: it was not taken.
        """
        data: dict[str, Any] = {name: _text(value) for name, value in fields.items()}
        data["mode"] = mode
        data["garment_type"] = _listed(garment_type)
        data["anchors"] = [json.dumps(one) for one in _listed(anchors)]
        files: list[tuple[str, tuple[str, bytes]]] = []
        named = [("user_image", person), *(("product_image", one) for one in _listed(garment))]
        for name, source in named:
            if isinstance(source, str) and source.lower().startswith(("http://", "https://")):
                data.setdefault(f"{name}_url", []).append(source)
            else:
                content = source if isinstance(source, bytes) else Path(source).read_bytes()
                files.append((name, (name, content)))
        headers = {"Idempotency-Key": idempotency_key or str(uuid.uuid4())}
        answer = self._ask("POST", "/api/tryon/submit", data=data, files=files, headers=headers)
        return str(answer.json()["job_id"])

    def status(self, job_id: str) -> JobStatus:
        """Where a job stands; raises TryOnFailed when there is no such job of yours."""
        return JobStatus.from_json(self._ask("GET", f"/api/tryon/status/{job_id}").json())

    def wait(
        self,
        job_id: str,
        on_progress: Callable[[JobStatus], None] = lambda _status: None,
        timeout_s: float | None = None,
    ) -> JobStatus:
        """Until the job is DONE.

        Args:
            on_progress: told of every change.
            timeout_s: None to wait as long as it takes.

        Raises:
            TryOnFailed: the job failed or was cancelled (with its code), or `NO_ANSWER` after
                `timeout_s`; the job goes on then.
        """
        start, told = time.monotonic(), None
        while True:
            status = self.status(job_id)
            if status != told:
                on_progress(status)
                told = status
            if status.has_ended:
                break
            waited_s = time.monotonic() - start
            if timeout_s is not None and waited_s > timeout_s:
                raise TryOnFailed(
                    "NO_ANSWER", f"The job had not ended after {timeout_s:g} seconds.",
                    "It goes on: ask for its status later.", job_id,
                )  # fmt: skip
            time.sleep(min(LONGEST_POLL_S, max(POLL_S, waited_s / 20)))
        if status.status != "DONE":
            raise TryOnFailed(
                status.error_code or status.status,
                status.error_message or "The job was cancelled.",
                status.remedy or "Submit it again.",
                job_id,
            )
        return status

    def result(self, job: str | JobStatus) -> bytes:
        """The picture, a PNG; raises TryOnFailed unless the job is DONE."""
        return self._ask("GET", f"/results/{_id_of(job)}.png").content

    def save_result(self, job: str | JobStatus, path: str | Path) -> Path:
        """Write the picture to a file; raises TryOnFailed unless the job is DONE."""
        target = Path(path)
        target.write_bytes(self.result(job))
        return target

    def artifacts(self, job: str | JobStatus) -> tuple[str, ...]:
        """Names of the files of its stages."""
        return tuple(self._ask("GET", f"/api/tryon/artifacts/{_id_of(job)}").json()["names"])

    def artifact(self, job: str | JobStatus, name: str) -> bytes:
        """One of them, for example `anchors.json`."""
        return self._ask("GET", f"/api/tryon/artifacts/{_id_of(job)}/{name}").content

    def jobs(self) -> Iterator[JobStatus]:
        """All your jobs, newest first."""
        before: str | None = None
        while True:
            params = {"before": before} if before else {}
            page = self._ask("GET", "/api/tryon/jobs", params=params).json()
            yield from map(JobStatus.from_json, page["jobs"])
            before = page["next"]
            if before is None:
                return

    def remove(self, job: str | JobStatus) -> Literal["CANCELLED", "ERASED"]:
        """Stop a job that has not ended, erase one that has; its files go at once."""
        answer = self._ask("DELETE", f"/api/tryon/{_id_of(job)}").json()
        status: Literal["CANCELLED", "ERASED"] = answer["status"]
        return status

    def _ask(self, method: str, path: str, **request: Any) -> httpx.Response:
        """One request, tried again where that may help."""
        pause_s = FIRST_PAUSE_S
        for tries_left in reversed(range(TRIES)):
            try:
                answer = self._http.request(method, path, **request)
            except httpx.TransportError as exc:
                # Removing twice does more than once, so only a request that never left is repeated.
                may_have_left = method == "DELETE" and not isinstance(exc, httpx.ConnectError)
                if may_have_left or not tries_left:
                    raise TryOnFailed(
                        "UNREACHABLE", f"{self._http.base_url} does not answer.",
                        "Check the address and that the service runs.",
                    ) from exc  # fmt: skip
            else:
                if answer.status_code not in _AGAIN or not tries_left:
                    break
                wait = answer.headers.get("retry-after", "")
                pause_s = max(pause_s, float(wait) if wait.isdecimal() else 0.0)
            time.sleep(min(pause_s, LONGEST_PAUSE_S))
            pause_s *= 2
        return _good(answer, self._http.timeout)


def _good(answer: httpx.Response, timeout: httpx.Timeout) -> httpx.Response:
    """The answer, or what lies behind it in an object store, which must not see the key."""
    if answer.is_redirect:
        return _good(httpx.get(answer.headers["location"], timeout=timeout), timeout)
    if answer.is_success:
        return answer
    try:
        body = answer.json()
        code, message, remedy = body["code"], body["message"], body["remedy"]
        job_id = body.get("job_id")
    except (ValueError, KeyError, TypeError):
        code, message = "NO_ANSWER", f"{answer.url.host} answered {answer.status_code}."
        remedy, job_id = "Is this the address of a try-on service?", None
    raise TryOnFailed(code, message, remedy, job_id)


def _listed(given: Any) -> list[Any]:
    return list(given) if isinstance(given, list | tuple) else [] if given is None else [given]


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _id_of(job: str | JobStatus) -> str:
    return job if isinstance(job, str) else job.job_id
