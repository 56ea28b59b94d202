"""What tests of pages share: a page opened, its words, its buttons and choices."""

import re
from pathlib import Path

from streamlit.testing.v1 import AppTest

APP = str(Path(__file__).parents[2] / "app.py")


def opened(page, data=None, *, state=(), **query):
    """Open a page, such as ``act/nurture``, on a data set, with parameters of its address."""
    app = AppTest.from_file(APP, default_timeout=90)
    for name, value in (({} if data is None else {"data": data}) | query).items():
        app.query_params[name] = value
    for name, value in dict(state).items():
        app.session_state[name] = value
    app.switch_page(f"pages/{page}.py")
    return checked(app.run())


def checked(app):
    """The same page, which did not break."""
    assert not app.exception
    return app


def flawless(app):
    """The same page, which neither broke nor says that something is wrong."""
    assert not checked(app).error
    return app


def written(app):
    """All words on a page, as Markdown that is to be shown."""
    parts = (*app.title, *app.header, *app.markdown, *app.caption, *app.info, *app.warning)
    return "\n".join(one.value for one in (*parts, *app.error))


def said(app):
    """All words on a page, as Markdown shows them."""
    return re.sub(r"\\(.)|\u2060", r"\1", written(app))


def button(app, words):
    """The button whose label begins so."""
    return next(one for one in app.button if one.label.startswith(words))


def press(app, words):
    """Press the button whose label begins so."""
    return flawless(button(app, words).click().run())


def choose(app, words):
    """Choose among the views of a page."""
    control = next(one for one in app.get("button_group") if words in one.options)
    return flawless(control.set_value(words).run())


def metrics(app):
    """Value by label of every figure."""
    return {one.label: one.value for one in app.metric}
