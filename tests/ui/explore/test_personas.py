from threading import Thread

import journey
from journey import charts
from journey.charts.numbers import READER
from journey.ui.explore.personas import drawn_later


def test_cards_are_drawn_for_the_reader_in_a_thread_that_knows_nothing_of_them(sample_dataset):
    told = journey.personas(journey.open_log(sample_dataset)).assign(goals="", motives="")
    held = READER.set("de")
    try:
        later, seen = drawn_later(told), charts.persona_cards(told).svg
    finally:
        READER.reset(held)
    drawn = []

    thread = Thread(target=lambda: drawn.append(later().svg))
    thread.start()
    thread.join()

    assert drawn == [seen]
    assert charts.persona_cards(told).svg != seen  # English writes its numbers otherwise
