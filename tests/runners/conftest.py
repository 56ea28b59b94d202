import os

import pytest

from tests.runners.standalone import Standalone, environment, missing
from tests.runners.telling import telling_logs


@pytest.fixture(scope="session")
def telling(sample_dataset):
    return telling_logs(sample_dataset)


@pytest.fixture(scope="session")
def cluster(tmp_path_factory):
    """A running cluster; without Java there is none, which CI must not overlook."""
    problem = missing()
    if problem:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"{problem}: no cluster")
    running = Standalone(tmp_path_factory.mktemp("cluster"))
    with environment(running.environment):
        try:
            running.start()
            yield running
        finally:
            try:
                stop_driver()
            finally:
                running.stop()


def stop_driver():
    from journey.runners import spark_session

    for session in spark_session._sessions.values():
        session.stop()
    spark_session._sessions.clear()
