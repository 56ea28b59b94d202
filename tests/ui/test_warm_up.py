from journey.ui import warm_up


def test_the_questions_of_the_start_can_be_answered():
    warm_up._ask_something()
