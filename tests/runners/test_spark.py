"""The same answers from a cluster as from threads, and clear words when it can't answer."""

import json
import shutil
import threading
import time
from functools import partial

import networkx as nx
import numpy as np
import pandas as pd
import pytest

import journey
from journey.costs import COSTS_FILE
from journey.errors import (
    ClusterError,
    ColumnNotFoundError,
    StoreError,
    UnreadableFileError,
)
from journey.runners import cases, spark, spark_session, spark_worker
from tests.ingest.cluster.exports import (
    BY_FILE,
    COLUMNS,
    OF_EACH_OTHER,
    files_of,
    write_exports,
)
from tests.runners.questions import ANALYSES, OF_THE_ODD, OF_THE_SAMPLE, fails, pid_of_shard
from tests.runners.standalone import descendants, free_ports
from tests.stores import save
from tests.strategies import seeded

pytestmark = pytest.mark.filterwarnings(
    "ignore:PySpark does not yet fully support pandas:FutureWarning"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Data sets of one log, cut into some numbers of shards; a space, as names have."""
    place = tmp_path_factory.mktemp("data sets")
    for rows_per_shard in (None, 400, 150):
        log = seeded(31).log(rows_per_shard)
        save(log, place / f"of {len(log.store.shards)}")
    return place


def opened(cluster, directory):
    return journey.open_log(f"{cluster.master}{directory}")


def narrowings():
    """The log as it is, and by steps of every kind."""
    return {
        "all": lambda log: log,
        "narrowed": lambda log: (
            log.between("1970-01-20", "1970-10-20")
            .where(industry=["Software", None], outcome=["won", "stalled", "lost"])
            .exclude("Parked")
            .group({"Talk": ["Call", "Demo"]})
            .collapse()
        ),
    }


def same(found, wanted):
    """Integers and texts exactly, what is computed of them to nine digits."""
    if isinstance(wanted, pd.DataFrame):
        pd.testing.assert_frame_equal(found, wanted, check_exact=False, rtol=1e-9, atol=1e-12)
        for name in wanted.select_dtypes("integer"):
            assert (found[name] == wanted[name]).all(), name
    elif isinstance(wanted, np.ndarray):
        np.testing.assert_allclose(found, wanted)
    elif isinstance(wanted, nx.Graph):
        assert nx.utils.graphs_equal(found, wanted)
    else:
        assert found == wanted


@pytest.mark.parametrize("narrow", narrowings().values(), ids=narrowings())
@pytest.mark.parametrize("question", ANALYSES.values(), ids=ANALYSES)
def test_every_analysis_answers_as_threads_do(cluster, folder, question, narrow):
    directory = next(folder.glob("of [4-9]"))
    here, there = narrow(journey.open_log(directory)), narrow(opened(cluster, directory))
    same(question(there), question(here))


@pytest.fixture(scope="module")
def telling_folder(tmp_path_factory, telling, sample_dataset):
    """The other logs, of which those questions have an answer that the seeded ones leave empty."""
    place = tmp_path_factory.mktemp("telling")
    for name, questions in (("sample", OF_THE_SAMPLE), ("odd", OF_THE_ODD)):
        save(telling(min(questions)), place / name)
    shutil.copy(sample_dataset / COSTS_FILE, place / "sample")
    return place


@pytest.mark.parametrize("name", sorted(OF_THE_SAMPLE | OF_THE_ODD))
def test_what_seeded_logs_leave_empty_is_the_same_of_others(cluster, telling_folder, name):
    directory = telling_folder / ("sample" if name in OF_THE_SAMPLE else "odd")
    wanted = ANALYSES[name](journey.open_log(directory))
    assert not isinstance(wanted, pd.DataFrame) or not wanted.empty
    same(ANALYSES[name](opened(cluster, directory)), wanted)


@pytest.mark.parametrize("name", ["outcomes", "stalled", "segments by touch", "shared instants"])
def test_the_number_of_shards_changes_nothing(cluster, folder, name):
    whole = ANALYSES[name](journey.open_log(folder / "of 1"))
    for directory in folder.iterdir():
        same(ANALYSES[name](opened(cluster, directory)), whole)


def test_the_log_itself_says_the_same(cluster, folder):
    directory = folder / "of 1"
    here, there = journey.open_log(directory), opened(cluster, directory)
    for name in ("n_touchpoints", "n_journeys", "touchpoint_types", "first_at", "last_at", "as_of"):
        assert getattr(there, name) == getattr(here, name), name
    assert there.fingerprint == here.fingerprint
    assert there.filter_values("industry") == here.filter_values("industry")


def told_bytes(monkeypatch, ask):
    """How many bytes of answers reach the driver."""
    sizes = []

    def read(told):
        sizes.append(len(told))
        return spark_worker.read_answer(told)

    with monkeypatch.context() as patched:
        patched.setattr(spark, "read_answer", read)
        ask()
    return sum(sizes)


def many(n_journeys):
    """Journeys on ten days, of few types and values, however many they are."""
    chance = np.random.default_rng(5)
    n_touches = 5 * n_journeys
    frame = pd.DataFrame(
        {
            "account_id": [f"account {number:05}" for number in np.repeat(range(n_journeys), 5)],
            "touchpoint": chance.choice(["Ad", "Mail", "Demo", "Won"], n_touches),
            "channel": chance.choice(["Ads", "Field"], n_touches),
            "value": chance.choice([100.0, 200.0], n_touches),
            "occurred_at": pd.Timestamp("2026-01-01")
            + pd.to_timedelta(chance.integers(10, size=n_touches), unit="D"),
        }
    )
    industries = pd.DataFrame({"account_id": frame["account_id"].unique(), "industry": "Retail"})
    return journey.from_frame(
        frame,
        accounts=industries,
        definitions=seeded(31).definitions,
        rows_per_shard=-(-n_touches // 2),
    )


def test_answers_do_not_grow_with_touchpoints(cluster, tmp_path, monkeypatch):
    logs = []
    for name, n_journeys in (("few", 1_000), ("many", 10_000)):
        save(many(n_journeys), tmp_path / name)
        logs.append(opened(cluster, tmp_path / name))
    few, more = logs
    for name in ("outcomes", "months", "most at risk", "segments by touch", "moves"):
        sizes = [told_bytes(monkeypatch, partial(ANALYSES[name], log)) for log in (few, more)]
        # Counts of more digits and a few more cells, where ten times the touchpoints are.
        assert sizes[1] <= 1.25 * sizes[0] + 1_000, (name, sizes)


def as_on_one_machine(exports, target):
    return journey.read_touchpoints(*exports, columns=COLUMNS | BY_FILE, into=target)


def test_files_become_the_log_that_one_machine_makes(cluster, tmp_path):
    exports = write_exports(tmp_path / "exports")
    here = as_on_one_machine(exports, tmp_path / "here")
    there = journey.read_touchpoints(
        tmp_path / "exports",
        columns=COLUMNS | BY_FILE,
        into=f"{cluster.master}{tmp_path / 'there'}",
    )
    assert there.fingerprint == here.fingerprint
    assert there.report == here.report
    assert {path.name for path in tmp_path.iterdir()} == {"exports", "here", "there"}
    same(journey.outcomes(there), journey.outcomes(here))


def test_files_that_tell_of_each_other_become_it_too(cluster, tmp_path):
    files = files_of(tmp_path / "files", OF_EACH_OTHER)
    here = journey.read_touchpoints(*files)
    there = journey.read_touchpoints(*files, into=f"{cluster.master}{tmp_path / 'there'}")
    assert there.fingerprint == here.fingerprint
    assert there.report.files == here.report.files
    assert {*there.report.notes} == {*here.report.notes}


def test_work_killed_in_the_middle_of_an_import_costs_time_only(cluster, tmp_path):
    exports = write_exports(tmp_path / "exports")
    here = as_on_one_machine(exports, tmp_path / "here")
    target, logs = f"{cluster.master}{tmp_path / 'there'}", []

    def import_there():
        columns = COLUMNS | BY_FILE
        logs.append(journey.read_touchpoints(*exports, columns=columns, into=target))

    importing = threading.Thread(target=import_there)
    importing.start()
    deadline = time.monotonic() + 240
    while not list(tmp_path.glob(".there.import.*/tasks/*")) and time.monotonic() < deadline:
        time.sleep(0.02)
    cluster.kill_work_of("worker 2")  # more files than cores: it is in the middle of one
    importing.join(timeout=480)
    (there,) = logs
    assert there.fingerprint == here.fingerprint
    assert there.report == here.report
    assert {path.name for path in tmp_path.iterdir()} == {"exports", "here", "there"}


def test_files_that_no_worker_sees_are_told(cluster, tmp_path):
    with pytest.raises(UnreadableFileError, match=r"workers of the cluster see no file 'a\.csv'"):
        journey.read_touchpoints(tmp_path / "a.csv", into=f"{cluster.master}{tmp_path / 'there'}")


def test_columns_that_are_not_there_are_told_and_nothing_is_left(cluster, tmp_path):
    (tmp_path / "a.csv").write_text("who,when,what\na,2026-01-01,Ad\n")
    with pytest.raises(ColumnNotFoundError, match="'wo'"):
        journey.read_touchpoints(
            tmp_path / "a.csv",
            columns={"account_id": "who", "channel": "wo"},
            into=f"{cluster.master}{tmp_path / 'there'}",
        )
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


def test_journeys_of_another_case_are_sorted_by_the_workers(cluster, folder, monkeypatch):
    monkeypatch.setattr(cases, "ROWS_MOST", 200)
    directory = next(folder.glob("of [4-9]"))
    here = journey.open_log(directory).by("session", gap="288h")
    there = opened(cluster, directory).by("session", gap="288h")
    assert (there.fingerprint, there.n_without_case) == (here.fingerprint, here.n_without_case)
    assert there.runner.n_shards > 2
    same(journey.journeys(there), journey.journeys(here))
    with pytest.raises(ColumnNotFoundError, match="'opportunity_id' not found"):
        there.by("opportunity").touchpoint_types  # noqa: B018 - reading it asks the shards


def test_nothing_at_the_address_is_told_at_once():
    (port,) = free_ports(1)
    with pytest.raises(ClusterError, match=f"Nothing answers at spark://127.0.0.1:{port}"):
        journey.read_touchpoints("a.csv", into=f"spark://127.0.0.1:{port}/data/Spring")
    with pytest.raises(ClusterError, match=f"Nothing answers at spark://127.0.0.1:{port}"):
        journey.open_log(f"spark://127.0.0.1:{port}/data/Spring")


def test_no_data_set_there_is_told_by_the_worker(cluster, tmp_path):
    with pytest.raises(StoreError, match="no readable data set at 'Spring'"):
        opened(cluster, tmp_path / "Spring")


def copied(folder, tmp_path):
    return shutil.copytree(folder / "of 1", tmp_path / "copy")


def test_a_missing_shard_is_named(cluster, folder, tmp_path):
    directory = copied(folder, tmp_path)
    log = opened(cluster, directory)
    (directory / "touchpoints-0.arrow").unlink()
    with pytest.raises(StoreError, match=r"touchpoints-0.arrow of the data set 'copy' is missing"):
        journey.outcomes(log)


def test_a_data_set_replaced_meanwhile_is_noticed(cluster, folder, tmp_path):
    directory = copied(folder, tmp_path)
    log = opened(cluster, directory)
    manifest = directory / "store.json"
    content = json.loads(manifest.read_text(encoding="utf-8"))
    manifest.write_text(json.dumps(content | {"fingerprint": "other"}), encoding="utf-8")
    with pytest.raises(StoreError, match=r"'copy' on the cluster was replaced .* Open it again"):
        journey.outcomes(log)


def test_another_format_of_data_sets_is_told(cluster, folder, tmp_path):
    directory = copied(folder, tmp_path)
    manifest = directory / "store.json"
    content = json.loads(manifest.read_text(encoding="utf-8"))
    manifest.write_text(json.dumps(content | {"version": 99}), encoding="utf-8")
    with pytest.raises(StoreError, match=r"was written in format 99; this version reads \d+"):
        opened(cluster, directory)


def test_another_portolan_on_the_workers_is_told(cluster, folder, monkeypatch):
    monkeypatch.setattr(spark_session, "VERSION", "0.0.1")
    with pytest.raises(ClusterError, match=r"This is Portolan 0.0.1, but a worker .* Install the"):
        opened(cluster, folder / "of 1")


def test_a_mistake_in_a_question_is_told_with_its_place(cluster, folder):
    with pytest.raises(ClusterError, match=r"(?s)could not answer: .*in fails.*ZeroDivisionError"):
        opened(cluster, folder / "of 1").ask(fails)


def test_a_cluster_without_a_free_worker_is_given_up(cluster, folder, monkeypatch):
    monkeypatch.setattr(spark, "OPENING_SECONDS", 0.001)
    with pytest.raises(ClusterError, match=r"did not answer in 0.001 seconds. Are its workers up"):
        opened(cluster, folder / "of 1")


def test_another_cluster_in_the_same_process_is_refused(cluster, folder):
    opened(cluster, folder / "of 1")
    other = f"spark://localhost:{cluster.ports['master']}"
    with pytest.raises(ClusterError, match="to one cluster only"):
        journey.open_log(f"{other}{folder / 'of 1'}")


def test_a_connection_that_spark_ended_is_opened_anew(cluster, folder):
    log = opened(cluster, folder / "of 1")
    session = spark_session.session_of(spark_session.Cluster(cluster.master))
    session.sparkContext._jsc.sc().stop()  # as it does itself when its master is gone
    same(journey.outcomes(log), journey.outcomes(journey.open_log(folder / "of 1")))


def test_java_that_dies_in_mid_question_is_told_and_started_anew(cluster, folder, tmp_path):
    log, told = opened(cluster, folder / "of 1"), []
    session = spark_session.session_of(spark_session.Cluster(cluster.master))

    def ask():
        try:
            log.ask(partial(pid_of_shard, folder=str(tmp_path)))
        except ClusterError as error:
            told.append(str(error))

    asking = threading.Thread(target=ask)
    asking.start()
    deadline = time.monotonic() + 120
    while not list(tmp_path.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.05)
    session.sparkContext._gateway.proc.kill()
    asking.join(timeout=120)
    (words,) = told
    assert "ended before the cluster had answered" in words
    assert "Ask again" in words
    (tmp_path / "go").touch()
    same(journey.outcomes(log), journey.outcomes(journey.open_log(folder / "of 1")))


def test_spark_connect_answers_too_and_anew_when_its_server_forgot_us(cluster, folder):
    cluster.start_connect()
    directory = next(folder.glob("of [4-9]"))
    here, there = journey.open_log(directory), journey.open_log(f"{cluster.connect}{directory}")
    for name in ("summary", "shared instants", "most at risk"):
        same(ANALYSES[name](there), ANALYSES[name](here))
    session = spark_session.session_of(spark_session.Cluster(cluster.connect))
    session.client.release_session()  # as it does itself after an hour without a question
    same(journey.outcomes(there), journey.outcomes(here))


@pytest.mark.filterwarnings("ignore:.*RETRIES_EXCEEDED:UserWarning")
def test_a_master_is_no_server_of_spark_connect(cluster):
    address = f"sc://127.0.0.1:{cluster.ports['master']}"
    with pytest.raises(ClusterError, match=f"{address} can't be used: No server of Spark Connect"):
        journey.open_log(f"{address}/data/Spring")


def test_a_worker_killed_in_mid_question_costs_time_only(cluster, folder, tmp_path):
    directory = next(folder.glob("of [4-9]"))
    log, answers = opened(cluster, directory), []
    wanted = [shard.n_touchpoints for shard in journey.open_log(directory).store.shards]
    question = partial(pid_of_shard, folder=str(tmp_path))
    asking = threading.Thread(target=lambda: answers.extend(log.ask(question)))
    asking.start()
    deadline = time.monotonic() + 120
    while len(list(tmp_path.iterdir())) < 2 and time.monotonic() < deadline:
        time.sleep(0.1)
    answering = {int(mark.name.rpartition("-")[2]) for mark in tmp_path.iterdir()}
    hit = answering & set(descendants(cluster.processes["worker 1"].pid))
    assert hit, "no shard was asked on the worker to be killed"
    cluster.kill("worker 1")
    (tmp_path / "go").touch()
    asking.join(timeout=240)
    assert answers == wanted
    assert len(list(tmp_path.iterdir())) > len(wanted) + 1  # a shard was asked twice
