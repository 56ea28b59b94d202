"""What goes wrong with a cluster, in words; nothing here needs one."""

import importlib.util
import pickle
import shutil
from threading import Event
from types import SimpleNamespace

import pytest

from journey import load
from journey.errors import ClusterError, StoreError
from journey.runners import spark_session
from journey.runners.spark import split_address
from journey.runners.spark_session import Cluster, _fault, _rows, session_of
from journey.runners.spark_worker import Job, _answer
from journey.version import VERSION
from tests.examples import small_log
from tests.stores import save

ADDRESS = "spark://127.0.0.1:9"


def test_several_masters_and_ipv6_are_understood():
    assert Cluster("spark://a:7077,b:7078").hosts == [("a", 7077), ("b", 7078)]
    assert Cluster("sc://[::1]:15002").hosts == [("::1", 15002)]


def test_a_token_is_passed_on_and_never_shown():
    cluster, directory = split_address("sc://head:15002/;use_ssl=true;token=secret/data/Spring")
    assert (cluster.url, directory) == (
        "sc://head:15002/;use_ssl=true;token=secret",
        "/data/Spring",
    )
    assert cluster.name == "sc://head:15002"


@pytest.mark.parametrize("path", ["/data/Spring 2026", "/data/Ελλάδα", "/a;b/c%20d"])
def test_a_path_is_taken_as_it_is(path):
    assert split_address(f"spark://head:7077{path}")[1] == path


@pytest.mark.parametrize("address", ["spark://", "spark:///data", "sc://head:1", "spark://h:1/"])
def test_half_an_address_is_refused(address):
    with pytest.raises(ClusterError, match="Give spark://host:7077/path/to/data set"):
        split_address(address)


def test_missing_packages_are_named_with_the_way_to_get_them(monkeypatch):
    monkeypatch.setattr(spark_session, "find_spec", lambda _: None)
    with pytest.raises(ClusterError, match=r"pyspark is not .* -r requirements-cluster.txt"):
        session_of(Cluster(ADDRESS))
    with pytest.raises(ClusterError, match=r"pyspark, grpc, grpc_status, zstandard is not"):
        session_of(Cluster("sc://127.0.0.1:9"))


def test_missing_java_is_told(monkeypatch):
    monkeypatch.setattr(spark_session, "find_spec", importlib.util.find_spec)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(ClusterError, match="Java is not found"):
        session_of(Cluster(ADDRESS))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ModuleNotFoundError: No module named 'journey'", "don't find Portolan"),
        ("ModuleNotFoundError: No module named 'numba'", "lacks a package"),
        ("[PYTHON_VERSION_MISMATCH] Python in worker has", "another version of Python"),
        ('Cannot run program "python3.11": error=2', "don't find the Python"),
        ("\n  Job aborted.\n  at java.lang", "The cluster failed: Job aborted."),
        (
            "An error occurred while calling o1.\n: java.lang.Broken: No room.\n\tat java.lang",
            "The cluster failed: java.lang.Broken: No room.",
        ),
        (
            "An error occurred.\n: java.lang.Broken: Cannot call methods on a stopped SparkContext",
            "same version of Spark as here and with the same spark.authenticate.secret",
        ),
        ("Job 1 cancelled because SparkContext was shut down", "Ask again; a new one is opened"),
        (
            '<_InactiveRpcError:\n\tstatus = StatusCode.UNAUTHENTICATED\n\tdetails = "No token"\n',
            "The cluster failed: No token",
        ),
        ("<_MultiThreadedRendezvous:\n\tstatus = StatusCode.UNAVAILABLE\n", "use_ssl=true"),
        ("", "The cluster failed: RuntimeError"),
    ],
)
def test_faults_of_spark_are_told_in_a_line(text, words):
    told = _fault(RuntimeError(text))
    assert words in told
    assert "\n" not in told


def test_a_question_of_a_module_that_workers_lack_is_told():
    job = pickle.dumps(Job(None, None, b"cnot_there\nask\n."))
    _, error = _answer(VERSION, job, 0)
    assert "does not find the module 'not_there'" in str(error)
    assert "PYTHONPATH of every worker" in str(error)


def test_a_data_set_that_only_this_machine_sees_is_told(tmp_path, monkeypatch):
    said = ["There is no readable data set at 'Spring'."]
    seen = [False]

    def ask(_cluster, _directory, question):
        if question is load._is_there:
            return seen[0]
        raise StoreError(said[0])

    monkeypatch.setattr(load, "ask_directory", ask)
    address = f"{ADDRESS}{tmp_path / 'Spring'}"
    with pytest.raises(StoreError, match=r"^There is no readable data set at 'Spring'\.$"):
        load.open_log(address)
    save(small_log([("a", 0.0, "Ad")]), tmp_path / "Spring")
    with pytest.raises(
        StoreError, match=r"This machine sees .*, but a worker .* all of them mount"
    ):
        load.open_log(address)
    said[0], seen[0] = "written in format 3; this version reads 1 to 2.", True
    with pytest.raises(StoreError, match=r"^written in format 3"):
        load.open_log(address)


def test_whoever_waits_no_longer_leaves_no_work_behind(monkeypatch):
    stopped = Event()
    session = SimpleNamespace(
        addTag=lambda _: None, removeTag=lambda _: None, interruptTag=lambda _: stopped.set()
    )

    def asked(_):
        stopped.wait(30)
        raise RuntimeError

    class LetGo(spark_session.Future):
        def result(self, **_):
            raise KeyboardInterrupt

    monkeypatch.setattr(spark_session, "Future", LetGo)
    with pytest.raises(KeyboardInterrupt):
        _rows(session, asked, 30)
    assert stopped.is_set()
