from pathlib import Path

import pytest
from hypothesis import settings

# No deadline: the first call of a kernel may compile it.
settings.register_profile("quick", deadline=None, max_examples=15)
settings.register_profile("thorough", deadline=None, max_examples=300)
settings.load_profile("quick")


@pytest.fixture(scope="session")
def sample_dataset(tmp_path_factory):
    """The sample data as a data set, imported once; to be copied, not changed."""
    import journey

    directory = tmp_path_factory.mktemp("sample") / "Sample"
    files = Path(__file__).parents[1] / "sample_data"
    journey.read_touchpoints(
        *sorted(files.glob("*.csv")),
        *sorted(files.glob("costs/*.csv")),
        definitions=files / "definitions.toml",
        into=directory,
    )
    return directory
