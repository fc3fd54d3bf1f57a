"""Figures for Prometheus: those of jobs from SQL, the same in every process; HTTP from this one."""

from collections.abc import Callable, Iterator
from typing import Final

from fastapi import APIRouter, Response
from prometheus_client import CollectorRegistry, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, SummaryMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from tryon.jobs.figures import Figures

_BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class HttpSeconds:
    """How long answers took, by route."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._seconds = Histogram(
            "tryon_http_seconds", "Seconds to answer a request.", ["method", "route", "status"],
            buckets=_BUCKETS, registry=registry,
        )  # fmt: skip

    def add(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answer."""
        self._seconds.labels(method, route, str(status)).observe(seconds)


def add_stuck_threads(registry: CollectorRegistry, num_stuck: Callable[[], int]) -> None:
    """Those of this process; the others tell of theirs."""
    gauge = Gauge(
        "tryon_stuck_threads", "Threads in a stage that goes on after its job's time limit.",
        registry=registry,
    )  # fmt: skip
    gauge.set_function(num_stuck)


class JobFigures(Collector):
    """Asks the tables when it is scraped."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing: registering must not ask the database."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily | CounterMetricFamily | SummaryMetricFamily]:
        """Each scrape."""
        jobs = GaugeMetricFamily("tryon_jobs", "Jobs in the table.", labels=["state"])
        for state, num in self._figures.counts().items():
            jobs.add_metric([state.value], num)
        yield jobs
        yield GaugeMetricFamily(
            "tryon_queue_age_seconds", "How long the job that waits longest has been due.",
            value=self._figures.queue_age_s(),
        )  # fmt: skip
        totals = self._figures.totals()
        stages = SummaryMetricFamily(
            "tryon_stage_seconds", "Seconds of each stage of jobs done.", labels=["stage"]
        )
        outcomes = CounterMetricFamily(
            "tryon_jobs_ended", "Jobs ended: DONE or the code of the failure.", labels=["outcome"]
        )
        generators = CounterMetricFamily(
            "tryon_generator_runs", "Final pictures, by generator or the code of the failure.",
            labels=["outcome"],
        )  # fmt: skip
        for total in totals:
            if total.kind == "stage":
                stages.add_metric([total.label], total.num, total.seconds)
            else:
                family = outcomes if total.kind == "outcome" else generators
                family.add_metric([total.label], total.num)
        yield from (stages, outcomes, generators)


def make_router(registry: CollectorRegistry) -> APIRouter:
    """`GET /metrics`."""
    router = APIRouter(tags=["operation"])

    @router.get(
        "/metrics", response_class=Response, summary="Figures for Prometheus",
        responses={200: {"content": {"text/plain": {}}}},
    )  # fmt: skip
    def metrics() -> Response:
        """Needs a key when there are keys."""
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_PLAIN_0_0_4)

    return router
