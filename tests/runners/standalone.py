"""A real Spark cluster on loopback: one master, two workers, a server of Spark Connect."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parents[2]
START_SECONDS = 240  # a machine with other work takes its time
SETTINGS = """
spark.authenticate true
spark.authenticate.secret {secret}
spark.cores.max 2
spark.driver.memory 512m
spark.executor.cores 1
spark.executor.memory 512m
spark.sql.shuffle.partitions 4
spark.ui.enabled false
"""


def missing():
    """What is not there to run a cluster with; none if all is."""
    if find_spec("pyspark") is None:
        return "PySpark is not installed"
    if not os.environ.get("JAVA_HOME") and shutil.which("java") is None:
        return "Java is not installed"
    return None


class Standalone:
    """The processes of a cluster, each in a session of its own."""

    def __init__(self, folder):
        self.folder = folder
        self.processes = {}
        self.ports = dict(zip(("master", "connect"), free_ports(2), strict=True))
        (folder / "spark-defaults.conf").write_text(
            SETTINGS.format(secret=secrets.token_hex(16)), encoding="utf-8"
        )
        self.environment = {
            "SPARK_HOME": str(Path(find_spec("pyspark").origin).parent),
            "SPARK_CONF_DIR": str(folder),
            "SPARK_LOCAL_IP": "127.0.0.1",
            "SPARK_LOCAL_HOSTNAME": "127.0.0.1",
            "SPARK_PUBLIC_DNS": "127.0.0.1",
            "PYSPARK_PYTHON": sys.executable,
            "PYTHONPATH": str(ROOT),
        }

    @property
    def master(self):
        return f"spark://127.0.0.1:{self.ports['master']}"

    @property
    def connect(self):
        return f"sc://127.0.0.1:{self.ports['connect']}"

    def start(self):
        place = ("--host", "127.0.0.1", "--webui-port", "0")
        port = str(self.ports["master"])
        self._start("master", "org.apache.spark.deploy.master.Master", *place, "--port", port)
        wait_for_port(self.ports["master"])
        for name in ("worker 1", "worker 2"):
            self.start_worker(name)

    def start_worker(self, name):
        self._start(
            name,
            "org.apache.spark.deploy.worker.Worker",
            *("--host", "127.0.0.1", "--webui-port", "0", "-c", "2", "-m", "1g"),
            *("-d", str(self.folder / name), self.master),
        )

    def start_connect(self):
        self._start(
            "connect",
            "org.apache.spark.deploy.SparkSubmit",
            *("--class", "org.apache.spark.sql.connect.service.SparkConnectServer"),
            *("--conf", f"spark.connect.grpc.binding.port={self.ports['connect']}"),
            *("--conf", "spark.connect.grpc.binding.address=127.0.0.1"),
            *("--master", self.master, "spark-internal"),
        )
        wait_for_port(self.ports["connect"])

    def kill(self, name):
        """Kill a process and all that it started, as a machine dies."""
        self.kill_work_of(name)
        process = self.processes.pop(name)
        process.kill()
        process.wait(timeout=60)

    def kill_work_of(self, name):
        """Kill all that a process started; a worker's executors are started again by Spark."""
        for pid in descendants(self.processes[name].pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def stop(self):
        for name in list(self.processes)[::-1]:
            self.kill(name)

    def log(self, name):
        return (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    def _start(self, name, *arguments):
        program = Path(self.environment["SPARK_HOME"]) / "bin" / "spark-class"
        with (self.folder / f"{name}.log").open("wb") as log:
            self.processes[name] = subprocess.Popen(
                [str(program), *arguments],
                env=os.environ | self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )


@contextmanager
def environment(values):
    """Set environment variables for a while."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def free_ports(n_ports):
    """Ports that were free a moment ago."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(n_ports)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def wait_for_port(port):
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert time.monotonic() < deadline, f"nothing listens at {port}"
            time.sleep(0.1)
        else:
            return


def descendants(pid):
    """The processes that a process started, and those that these did."""
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(OSError):  # it may end meanwhile
            for child in map(int, (task / "children").read_text(encoding="utf-8").split()):
                found.append(child)
                found += descendants(child)
    return found
