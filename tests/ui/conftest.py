import pytest

from journey.ui.cache import answers


@pytest.fixture(autouse=True)
def no_answers():
    """Nothing that another test asked is remembered: it may have put answers of its own."""
    answers.clear()
