"""How to make a view again: the Python and the command line that make the same maps."""

import shlex
from collections.abc import Mapping

import streamlit as st

from sqexplain.ui.page_model import View


def draw(view: View, settings: Mapping, key: str, note: str = "") -> None:
    """Draw the field with both; `note` is what else a reader has to know."""
    field = st.expander("Reproduce this view", key=key, on_change="rerun")
    if field.open:  # what colours the code is large and would hold up the first picture
        with field:
            st.code(python(view, settings), "python")
            st.code(command(view, settings), "bash", wrap_lines=True)
            if note:
                st.caption(note)


def python(view: View, settings: Mapping) -> str:
    """Return the Python that makes the maps of a view and saves them."""
    targets = [target for target in view.targets if target]
    options = {"target": targets[0] if len(targets) == 1 else targets, "scale": view.scale(settings)}
    more = "".join(f", {name}={value!r}" for name, value in options.items() if value)
    return (
        f"import sqexplain as sx\n\nclassifier = sx.load_model({view.model!r}, gates={view.gates!r})\n"
        f"{view.opening()}\nmethods = {view.texts(settings)!r}\n"
        f"for explanation in sx.explain(classifier, sample, methods{more}):\n"
        f'    explanation.save("out")'
    )


def command(view: View, settings: Mapping) -> str:
    """Return the command line that does the same with the sample as a file."""
    options = [("model", view.model), ("gates", view.gates), *(("method", text) for text in view.texts(settings))]
    options += [("target", ",".join(target for target in view.targets if target)), ("scale", view.scale(settings))]
    return shell("explain", view.file, *options, ("out", "out"))


def shell(verb: str, subject: str, *options: tuple[str, str | None]) -> str:
    """Return a command of ours; options without a value are left out."""
    words = ["python", "-m", "sqexplain", verb, subject]
    return shlex.join([*words, *(word for name, value in options if value for word in (f"--{name}", str(value)))])
