"""The choices of the page "Distributions": the form of the values, a model with its gates, a class or attribute."""

from typing import Any

import streamlit as st

from sqexplain.figures.table import Table
from sqexplain.ui import link_state
from sqexplain.ui.words import plain

FORMS = {"centred": "centred, as in the paper", "raw": "raw"}
FIRST = "cifar10-resnet/paper"
WHOLE = "all"
FORM_HELP = """**centred**: each SE value minus the mean of its vector, as the paper's figure 3 shows them. \
**raw**: the values themselves, between 0 and 1."""
GATES_HELP = """**paper**: the block is trained with the model, as published. **sparse**: the model is frozen and the \
block closes as many gates as it can. **class**: the same, with one vector for each class or attribute."""
CHOICES = ("form", "distribution", "group")  # what the link carries


def choose_form() -> str:
    """Draw the switch between centred and raw values."""
    looks: dict[str, Any] = {"format_func": FORMS.get, "required": True, "help": FORM_HELP}
    return link_state.choose(st.segmented_control, "SE values", "form", list(FORMS), **looks)


def choose_model(table: Table) -> str:
    """Draw the choice of a model with its gates; return "model/gates"."""
    titles = {f"{model}/{gates}": title for model, gates, title in table.distinct("model", "gates", "title")}
    first = FIRST if FIRST in titles else None
    looks = {"format_func": lambda name: f"{titles[name]} · {name.rpartition('/')[2]}", "help": GATES_HELP}
    return link_state.choose(st.selectbox, "Model and gates", "distribution", list(titles), first, **looks)


def choose_group(rows: Table) -> str:
    """Draw the choice of a class or attribute of a model; "" for all of them."""
    names = [WHOLE, *(name for name in rows.values("group") if name)]
    text = "The values of the samples that are classified as this class, or that have this attribute."
    if st.session_state.get("group", WHOLE) not in names:
        st.session_state["group"] = st.session_state["w_group"] = WHOLE  # that of another model
    name = link_state.choose(st.selectbox, "Class or attribute", "group", names, WHOLE, format_func=plain, help=text)
    return "" if name == WHOLE else name
