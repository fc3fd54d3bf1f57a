"""Jobs through Celery on Redis: messages carry ids, the table knows the rest.

A message may be lost (Redis was restarted), come late or twice: the sweep hands a job again, and a
delivery for a job that is not claimable is dropped. So Redis need not keep anything.
"""

import time
from collections.abc import Callable
from functools import cache
from typing import Final

from celery import Celery
from celery.worker import state
from kombu.exceptions import OperationalError
from redis import Redis
from redis.exceptions import RedisError

from tryon.errors import ServiceUnavailable
from tryon.jobs.job import HIGH, Job, JobState
from tryon.jobs.runner import Condition
from tryon.jobs.work import Worker

QUEUE: Final = "tryon"
AWAY_S: Final = 3.0  # after a failure to hand, until the next try
TASK: Final = "tryon.work"
_SEPARATOR: Final = "\x06\x16"  # kombu's, between the name of a queue and a priority
_STEPS: Final = (0, 3, 6, 9)  # kombu keeps one list for each; 0 goes first
_KILL_AFTER_S: Final = 30  # beyond the time limit, for a stage that never ends


def make_celery(redis_url: str, timeout_s: float, memory_mb: int) -> Celery:
    """The application, the same for those who hand and those who work."""
    app = Celery("tryon", broker=redis_url)
    app.conf.update(
        task_default_queue=QUEUE,
        task_ignore_result=True,
        task_serializer="json",
        accept_content=["json"],
        # What it takes for a killed worker to lose nothing: acknowledge at the end, give back what
        # a dead child had, take one message at a time.
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        broker_transport_options={
            "visibility_timeout": timeout_s + 2 * _KILL_AFTER_S,
            "unacked_restore_interval": 2,
            "unacked_restore_throttle": 1,
            "priority_steps": list(_STEPS),
            "queue_order_strategy": "priority",
            "socket_timeout": 10,  # longer than kombu blocks for the next message
            "socket_connect_timeout": 3,
            "max_retries": 1,
        },
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        worker_cancel_long_running_tasks_on_connection_loss=False,  # the job is claimed: finish it
        task_time_limit=timeout_s + _KILL_AFTER_S,
        worker_max_memory_per_child=memory_mb * 1024,
        worker_hijack_root_logger=False,
        worker_enable_remote_control=False,
        worker_send_task_events=False,
        event_queue_expires=60,
    )
    return app


class CeleryRunner:
    """Hands jobs to workers elsewhere."""

    def __init__(self, app: Celery, redis_url: str) -> None:
        self._app = app
        self._away_until = float("-inf")
        self._redis = Redis.from_url(redis_url, socket_timeout=3, socket_connect_timeout=3)

    def start(self) -> None:
        """Nothing: the workers are processes of their own."""

    def hand(self, job: Job) -> None:
        """Put its id in line; that of a job whose worker was lost in front of all others."""
        if time.monotonic() < self._away_until:  # nobody who submits waits for its timeouts
            raise ServiceUnavailable("queue: away a moment ago")
        urgency = HIGH if job.state is JobState.RUNNING else job.priority
        try:
            self._app.send_task(TASK, [job.id], queue=QUEUE, priority=HIGH - urgency, retry=False)
        except (OperationalError, RedisError, OSError) as exc:
            self._away_until = time.monotonic() + AWAY_S
            raise ServiceUnavailable(f"queue: {type(exc).__name__}") from exc

    def condition(self) -> Condition:
        """Always well: Celery kills children that are stuck."""
        return Condition()

    def num_waiting(self) -> int:
        """How many ids are in line, of all priorities."""
        names = [QUEUE, *(f"{QUEUE}{_SEPARATOR}{step}" for step in _STEPS[1:])]
        try:
            return sum(int(self._redis.llen(name)) for name in names)
        except (RedisError, OSError) as exc:
            raise ServiceUnavailable(f"queue: {type(exc).__name__}") from exc

    def stop(self, _grace_s: float) -> None:
        """Let go of the connections."""
        self._redis.close()
        self._app.close()


def run_celery_worker(app: Celery, num_processes: int, make_worker: Callable[[], Worker]) -> bool:
    """Do jobs until SIGTERM, which lets those at work end.

    Args:
        num_processes: jobs at once, each in a child of its own.
        make_worker: called in each child, because connections and models do not survive a fork.

    Returns:
        False when Celery gave up: a message that is none, a queue of another kind.
    """
    worker = cache(make_worker)

    def work(job_id: str) -> None:
        job = worker().claims.claim(job_id)
        if job is not None:
            worker().work(job)

    app.task(work, name=TASK)
    celery_worker = app.Worker(  # not `worker_main`, which keeps the exit status to itself
        queues=QUEUE, concurrency=num_processes, loglevel="WARNING", without_gossip=True,
        without_mingle=True, without_heartbeat=True,
    )  # fmt: skip
    celery_worker.start()
    return state.should_stop is not None  # a signal told it to
