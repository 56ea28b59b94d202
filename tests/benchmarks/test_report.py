import pytest
import results as kept
from agreement import disagreements
from growth import growths
from plan import skipped
from report import document
from scale import (
    ROWS_PER_SHARD,
    Overhead,
    cluster_for,
    overhead_of,
    scale_document,
    waiting_seconds,
)
from targets import targets_table
from words import TIMES

from journey.ingest.cluster.importing import ROWS_PER_SHARD_MOST

MACHINE = {"processor": "P", "n_cores": 2, "memory_gb": 8, "system": "Linux", "python": "3.11"}


def digest(text):
    return {"n": 1, "sum": 1.0, "hash": text, "values": {}}


def cell(*seconds, counts="a"):
    return {"seconds": list(seconds), "peak_bytes": 10**8, "counts": {"moves": digest(counts)}}


def result(n_touchpoints, cells):
    engines = {engine for of_task in cells.values() for engine in of_task}
    loaded = {"seconds": 1.0, "versions": {"numpy": "2"}, "tasks": list(cells)}
    return {
        "n_touchpoints": n_touchpoints,
        "n_types": 40,
        "measured_at": "2026-01-02T03:04+00:00",
        "load_before": 0.5,
        "machine": MACHINE,
        "bytes": {
            "disk": 20 * n_touchpoints,
            "kernels": 5 * n_touchpoints,
            "n_shards": 4,
            "answer_bytes": 25_000,
        },
        "loads": dict.fromkeys(engines, loaded),
        "cells": cells,
        "imports": {},
    }


def lines_with(text, words):
    return [line for line in text.splitlines() if words in line]


def test_an_aim_is_met_or_missed_by_the_medians_of_one_run():
    # Medians: Portolan 2 ms; floor 1 ms (twice, the aim is 4); retentioneering 500 ms (250 times,
    # the aim is 300).
    cells = {
        "moves": {"portolan": cell(0.001, 0.002, 0.9), "retentioneering_engine": cell(0.5)},
        "histogram": {"floor": cell(0.001)},
    }
    table = targets_table([result(1_000_000, cells)])
    assert lines_with(table, "histogram")[0].endswith("| met |")
    assert f"| 2.0 {TIMES}" in lines_with(table, "histogram")[0]
    assert lines_with(table, "than retentioneering")[0].endswith(f"| 250 {TIMES} | **missed** |")
    assert lines_with(table, "than ChannelAttribution")[0].endswith("| — | not measured |")


def test_growth_is_the_ratio_of_medians_between_sizes():
    small = result(100, {"moves": {"portolan": cell(1.0, 2.0, 9.0)}})
    large = result(1_000, {"moves": {"portolan": cell(26.0)}})
    assert growths([small, large])["moves"] == [13.0]
    text, _ = document([small, large])
    assert lines_with(text, "| moves with counts | **13** |")
    assert lines_with(targets_table([small, large]), "t(10N)")[0].endswith("| **missed** |")


def test_what_fails_or_is_not_asked_says_why():
    cells = {"moves": {"portolan": cell(0.001), "pandas_engine": {"error": "longer than 9 s"}}}
    found = result(1_000_000, cells)
    found["loads"]["pm4py_engine"] = {"skipped": "not asked: too slow"}
    text, _ = document([found])
    assert lines_with(text, "- plain pandas fails at moves with counts: `longer than 9 s`")
    assert lines_with(text, "- pm4py is not asked: too slow")
    assert "fails" in lines_with(text, "| moves with counts |")[0]


def test_engines_that_count_differently_are_told():
    cells = {"moves": {"portolan": cell(1.0), "pandas_engine": cell(1.0, counts="b")}}
    found = disagreements(result(1_000, cells))
    assert len(found) == 1
    assert "moves of plain pandas" in found[0]
    assert document([result(1_000, cells)])[1] == found


def test_slow_peers_are_asked_at_large_sizes_only_if_wished():
    ask = {"has_many_types": False, "with_slow": False}
    assert skipped("pm4py_engine", 1_000_000, **ask) is None
    assert "--slow-peers" in skipped("pm4py_engine", 10_000_000, **ask)
    assert skipped("pm4py_engine", 10_000_000, **{**ask, "with_slow": True}) is None
    assert skipped("polars_engine", 10_000_000, **ask) is None
    assert "memory" in skipped("polars_engine", 100_000_000, **{**ask, "with_slow": True})
    assert skipped("portolan", 100_000_000, **ask) is None


def test_scale_goes_by_its_formula():
    # 5 bytes and 2 cores x 0.5 s / 10⁷ = 100 ns a touchpoint. A billion: 5 GB, 500 shards, 100
    # core-seconds; for 2 s 50 cores are needed, by fours 52.
    base = result(10_000_000, {"map_page": {"portolan": cell(0.5)}})
    cluster = cluster_for(10**9, base)
    assert (cluster.kernel_bytes, cluster.n_shards, cluster.n_cores) == (5e9, 500, 52)
    overhead = Overhead(0.6, 0.002, "guessed")
    # 100 / 52 + 0.6 + 500 x (2 ms + 25 kB / 100 MB/s)
    waiting = waiting_seconds(cluster, 100, 25_000, overhead)
    assert waiting == pytest.approx(100 / 52 + 0.6 + 500 * 0.00225)
    text = scale_document([base], overhead)
    assert "| all questions of the journey map, filtered | 100 | 100 |" in text
    assert "guessed" in text


def test_scale_counts_the_shards_that_a_cluster_writes():
    assert ROWS_PER_SHARD == ROWS_PER_SHARD_MOST


def test_what_a_cluster_adds_is_a_line_through_few_and_many_shards():
    # 0.5 s at 4 shards, 0.9 s at 24: 20 ms for each shard, 0.42 s for the question itself.
    few, many = ({"n_shards": n, "first": 7.0, "more": more} for n, more in ((4, 0.5), (24, 0.9)))
    found = overhead_of([few, many])
    assert found.task_seconds == pytest.approx(0.02)
    assert found.fixed_seconds == pytest.approx(0.42)
    assert overhead_of([few]) == overhead_of([])


def test_results_are_kept_and_read_again_smallest_first(tmp_path, monkeypatch):
    monkeypatch.setattr(kept, "RESULTS", tmp_path)
    for n_touchpoints in (1_000, 100):
        kept.write(result(n_touchpoints, {}))
    assert [found["n_touchpoints"] for found in kept.read_all()] == [100, 1_000]
    assert len(list(tmp_path.iterdir())) == 2
