"""The connection to a Spark cluster, and what goes wrong with it in plain words."""

import os
import shutil
import socket
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as OutOfTimeError
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from subprocess import TimeoutExpired
from threading import Lock, Thread
from typing import Any, Final
from uuid import uuid4

from journey.errors import ClusterError
from journey.runners.spark_worker import PARTS_SCHEMA, SCHEMA, answers, merged, parts
from journey.version import VERSION

REACH_SECONDS: Final = 5
DYING_SECONDS: Final = 1
OPENING_RETRIES: Final = 4
"""Each after a longer pause, some seconds in all."""

_sessions: dict["Cluster", Any] = {}
_lock = Lock()

_KNOWN_FAULTS: Final = {
    "No module named 'journey'": (
        "The workers don't find Portolan. Put its folder on the PYTHONPATH of every worker."
    ),
    "No module named": (
        "The workers' Python lacks a package that Portolan needs. Install requirements.txt there."
    ),
    "PYTHON_VERSION_MISMATCH": (
        "The workers run another version of Python than this machine. Set PYSPARK_PYTHON to the "
        "same version everywhere."
    ),
    "Cannot run program": (
        "The workers don't find the Python they are to run. Set PYSPARK_PYTHON to its path."
    ),
    "SparkContext was shut down": (
        "The cluster ended the connection before it had answered. Ask again; a new one is opened."
    ),
    "stopped SparkContext": (
        "What listens there does not take this machine for one of its own. Is it a Spark master, "
        "of the same version of Spark as here and with the same spark.authenticate.secret?"
    ),
    "StatusCode.UNAVAILABLE": (
        "No server of Spark Connect answers there. It may be down, or take connections only with "
        "use_ssl=true, or only without; a master's address begins with spark://."
    ),
}
_JAVA_DIED: Final = (
    "Spark's Java on this machine ended before the cluster had answered; it may have run out of "
    "memory (spark.driver.memory). Ask again; it is started anew."
)
_GONE: Final = "INVALID_HANDLE.SESSION_"
"""What Spark Connect says of a session that it ended, or that a server before it had."""


@dataclass(frozen=True)
class Cluster:
    """The address of a cluster: its master, or a server of Spark Connect."""

    url: str

    @property
    def is_connect(self) -> bool:
        """Whether it is reached through Spark Connect."""
        return self.url.startswith("sc://")

    @property
    def name(self) -> str:
        """The address as it may be shown: without a token."""
        return self.url.partition("/;")[0]

    @property
    def hosts(self) -> list[tuple[str, int]]:
        """Hosts and ports, of which one must answer."""
        found: list[tuple[str, int]] = []
        for host in self.name.partition("://")[2].split(","):
            name, _, port = host.rpartition(":")
            if not name or not port.isdecimal():
                raise ClusterError(
                    f"{self.name!r} does not say which port. Give it as host:port, for example "
                    f"{'sc://head:15002' if self.is_connect else 'spark://head:7077'}."
                )
            found.append((name.strip("[]"), int(port)))
        return found


def session_of(cluster: Cluster) -> Any:
    """The session with a cluster, opened once for each process, and anew when it has ended.

    Raises
    ------
    ClusterError
        If PySpark or Java is missing, or the cluster can't be reached.
    """
    with _lock:
        if not _is_open(cluster):
            _check_installed(cluster)
            _check_reachable(cluster)
            _sessions[cluster] = _connected(cluster)
        return _sessions[cluster]


def of_shards(job: bytes, n_shards: int) -> Callable[[Any], Any]:
    """The frame of all shards' answers, given a session."""
    return lambda session: _shards(session, n_shards).mapInArrow(
        partial(answers, version=VERSION, job=job), SCHEMA
    )


def in_buckets(job: bytes, merge: bytes, n_shards: int, n_buckets: int) -> Callable[[Any], Any]:
    """The frame of the answers of all buckets that have any part, given a session."""
    ask = partial(parts, version=VERSION, job=job, n_buckets=n_buckets)

    def merge_bucket(table: Any) -> Any:
        return merged(table, merge)

    return lambda session: (
        _shards(session, n_shards)
        .mapInArrow(ask, PARTS_SCHEMA)
        .groupBy("bucket")
        .applyInArrow(merge_bucket, SCHEMA)
    )


def told_by_workers(cluster: Cluster, asked: Callable[[Any], Any], seconds: float) -> list[bytes]:
    """What the workers tell, in the order of shards or buckets.

    Raises
    ------
    ClusterError
        If the cluster can't be reached, its workers fail, or they don't answer in time.
    """
    try:
        try:
            rows = _rows(session_of(cluster), asked, seconds)
        except Exception as error:
            if _GONE not in str(error):
                raise
            _sessions.pop(cluster, None)
            rows = _rows(session_of(cluster), asked, seconds)
    except OutOfTimeError as error:
        raise ClusterError(
            f"The cluster did not answer in {seconds:g} seconds. Are its workers up, and are any "
            "of them free?"
        ) from error
    except ClusterError:
        raise
    except Exception as error:
        raise ClusterError(_JAVA_DIED if _lost_java(cluster) else _fault(error)) from error
    return [row["answer"] for row in sorted(rows, key=lambda row: row["shard"])]


def _rows(session: Any, asked: Callable[[Any], Any], seconds: float) -> list[dict[str, Any]]:
    """The rows of a frame; whoever waits no longer, for whatever reason, leaves no work behind."""
    tag = f"portolan-{uuid4().hex}"
    told: Future[list[dict[str, Any]]] = Future()
    try:
        Thread(target=_collect, args=(session, tag, asked, told), daemon=True).start()
        return told.result(timeout=seconds)
    except BaseException:
        if not told.done():
            session.interruptTag(tag)
        raise


def _shards(session: Any, n_shards: int) -> Any:
    """A row and a task for each shard."""
    return session.range(0, n_shards, 1, n_shards)


def _collect(
    session: Any,
    tag: str,
    asked: Callable[[Any], Any],
    told: "Future[list[dict[str, Any]]]",
) -> None:
    """In a thread of its own, so that whoever waits can give up."""
    try:
        session.addTag(tag)
        told.set_result(asked(session).toArrow().to_pylist())
    except Exception as error:  # noqa: BLE001 -- raised where it is waited for
        told.set_exception(error)
    finally:
        with suppress(Exception):  # a session may end while it is asked, and its tags with it
            session.removeTag(tag)


def _is_open(cluster: Cluster) -> bool:
    """Whether there is a session that goes on: without a master Spark ends its own."""
    session = _sessions.get(cluster)
    if session is None or cluster.is_connect:
        return session is not None and not session.is_stopped
    return not _is_stopped(session.sparkContext)


def _lost_java(cluster: Cluster) -> bool:
    """Whether Java ended; what it was asked breaks off a moment before it is gone."""
    session = None if cluster.is_connect else _sessions.get(cluster)
    java = session and _java_of(session.sparkContext)
    if java is None:
        return False
    with suppress(TimeoutExpired):
        java.wait(timeout=DYING_SECONDS)
    return java.poll() is not None


def _is_stopped(context: Any) -> bool:
    java = context._jsc  # noqa: SLF001 -- nothing public tells it
    return java is None or _has_died(context) or java.sc().isStopped()


def _java_of(context: Any) -> Any:
    """The process of Java that drives the cluster from here; none if it was there before us."""
    return getattr(context._gateway, "proc", None)  # noqa: SLF001 -- as above


def _has_died(context: Any) -> bool:
    java = _java_of(context)
    return java is not None and java.poll() is not None


def _end(context: Any) -> None:
    """Have Python know of a driver that ended, and of its Java if that died; else it goes on."""
    if _has_died(context):
        _java_of(context).stdin.close()  # held open for as long as it lives
        context._jsc = None  # noqa: SLF001 -- nobody is left who could be told to stop
        of_all = type(context)
        of_all._gateway = of_all._jvm = None  # noqa: SLF001 -- Java is started anew
    context.stop()


def _connected(cluster: Cluster) -> Any:
    try:
        return _connect(cluster) if cluster.is_connect else _classic(cluster)
    except ClusterError:
        raise
    except Exception as error:
        raise ClusterError(f"{cluster.name} can't be used: {_fault(error)}") from error


def _connect(cluster: Cluster) -> Any:
    from pyspark.sql.connect.client.retries import DefaultPolicy
    from pyspark.sql.connect.session import SparkSession

    session = SparkSession.builder.remote(cluster.url).create()
    patient = session.client.get_retry_policies()  # they go on for ten minutes
    session.client.set_retry_policies([DefaultPolicy(max_retries=OPENING_RETRIES)])
    try:
        _ = session.version  # the first that is asked of whatever listens there
    except Exception:
        session.release_session_on_close = False  # it has none of ours
        session.stop()
        raise
    session.client.set_retry_policies(patient)
    return session


def _classic(cluster: Cluster) -> Any:
    """A driver in this process; there can be one only."""
    from pyspark import SparkContext
    from pyspark.sql import SparkSession

    context: Any = getattr(SparkContext, "_active_spark_context", None)
    if context is not None and _is_stopped(context):
        _end(context)
    session = (
        SparkSession.builder.master(cluster.url)
        .appName("Portolan")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .getOrCreate()
    )
    master = session.sparkContext.master
    if master != cluster.url:
        raise ClusterError(
            f"This process is connected to {master} already, and can be to one cluster only. "
            f"Open {cluster.name} in another, or use Spark Connect."
        )
    return session


def _check_installed(cluster: Cluster) -> None:
    needed = ["pyspark", *(["grpc", "grpc_status", "zstandard"] if cluster.is_connect else [])]
    missing = [name for name in needed if find_spec(name) is None]
    if missing:
        raise ClusterError(
            f"{', '.join(missing)} is not installed, and a cluster is asked through it. "
            "Run: pip install -r requirements-cluster.txt"
        )
    java = os.environ.get("JAVA_HOME")
    if not cluster.is_connect and not java and shutil.which("java") is None:
        raise ClusterError(
            "Java is not found, and Spark runs on it. Install Java 17 or later, or set JAVA_HOME; "
            "Spark Connect (sc://…) needs none here."
        )


def _check_reachable(cluster: Cluster) -> None:
    """Spark itself would go on trying for minutes."""
    problem = "unknown"
    for host in cluster.hosts:
        try:
            socket.create_connection(host, timeout=REACH_SECONDS).close()
        except OSError as error:
            problem = str(error)
        else:
            return
    raise ClusterError(
        f"Nothing answers at {cluster.name} ({problem}). Is the cluster up, and is that its "
        "address as seen from this machine?"
    )


def _fault(error: Exception) -> str:
    """What is behind an error of Spark, in a line."""
    text = str(error).partition("\n: ")[2] or str(error)  # of Java errors Python's call comes first
    for sign, words in _KNOWN_FAULTS.items():
        if sign in text:
            return words
    text = text.partition('details = "')[2].partition('"\n')[0] or text  # of what gRPC says
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return f"The cluster failed: {lines[0][:500] if lines else type(error).__name__}"
