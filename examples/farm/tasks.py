"""The work of a farm: one task judges one submission.

A task is acknowledged when its report is there, not when it is taken (acks_late): one whose worker dies is given to another. The library
sees to it that the runs of a worker die with it, however that ends. Judging the same submission twice does no harm.

FARM_BROKER is the address of the Redis server."""

import dataclasses
import os
import tempfile
from pathlib import Path

from celery import Celery

from gosandbox.judge import Session, judge_submission, read_problem
from gosandbox.judge.workdir import clear

BROKER = os.environ.get("FARM_BROKER", "redis://127.0.0.1:6379/0")
# Seconds until the tasks of a worker that is gone are given to others; longer than the longest task, which would else be judged twice.
PATIENCE = int(os.environ.get("FARM_PATIENCE", "600"))

app = Celery("farm", broker=BROKER, backend=BROKER)
app.conf.update(
    task_acks_late=True, task_reject_on_worker_lost=True, worker_prefetch_multiplier=1, task_serializer="json", result_serializer="json",
    accept_content=["json"], broker_transport_options={"visibility_timeout": PATIENCE}, result_expires=3600,
    broker_connection_retry_on_startup=True, worker_hijack_root_logger=False, task_track_started=True)


@app.task(name="farm.judge")
def judge(problem: str, submission: str) -> dict:
    """Judges a file of a problem folder, which this machine must have too."""
    found = read_problem(problem, submission)
    path = next(p for p in found.submissions if p.name == submission)
    scratch = tempfile.mkdtemp(prefix="farm-")
    session = Session()
    try:
        os.chmod(scratch, 0o711 if session.as_nobody else 0o700)
        report = judge_submission(session, found, path, Path(scratch))
    finally:
        clear(scratch)
        os.rmdir(scratch)
    return {"submission": report.submission, "verdict": report.verdict.name, "expected": report.expected, "detail": report.detail,
            "cpu_ns": report.cpu_ns, "wall_ns": report.wall_ns, "memory": report.memory, "worker": os.getpid(),
            "outcomes": [dataclasses.asdict(o) | {"verdict": o.verdict.name} for o in report.outcomes]}
