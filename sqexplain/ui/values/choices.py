"""What the page "Distributions" is asked for: the form of the values, one net with its gates, a class or attribute."""

import streamlit as st

from sqexplain.figures.table import Table
from sqexplain.ui import link_state
from sqexplain.ui.words import plain

FORMS = {"centred": "centred, as in the paper", "raw": "raw"}
FIRST = "cifar10-resnet/paper"
WHOLE = "all"
FORM_HELP = """**centred**: each SE value minus the mean of its vector, as the paper's figure 3 shows them. \
**raw**: the values themselves, between 0 and 1."""
GATES_HELP = """**paper**: the block learned with the net, as published. **sparse**: the net is frozen and the block \
closes as many gates as it can. **class**: the same with one vector for each class or attribute."""
CHOICES = ("form", "distribution", "group")  # what the link carries


def choose_form() -> str:
    """Draw the switch between centred and raw values."""
    looks = {"format_func": FORMS.get, "required": True, "help": FORM_HELP}
    return link_state.choose(st.segmented_control, "SE values", "form", list(FORMS), **looks)


def choose_net(table: Table) -> str:
    """Draw the choice of a net with its gates; return "net/gates"."""
    titles = {f"{model}/{gates}": title for model, gates, title in table.distinct("model", "gates", "title")}

    def shown(name: str) -> str:
        return f"{titles[name]} · {name.rpartition('/')[2]}"

    first = FIRST if FIRST in titles else None
    return link_state.choose(
        st.selectbox, "Net and gates", "distribution", list(titles), first, format_func=shown, help=GATES_HELP
    )


def choose_group(rows: Table) -> str:
    """Draw the choice of a class or attribute of a net; "" for all of them."""
    names = [WHOLE, *(name for name in rows.values("group") if name)]
    told = "The values of the samples that the net takes for this class, or that have this attribute."
    if st.session_state.get("group", WHOLE) not in names:
        st.session_state["group"] = st.session_state["w_group"] = WHOLE  # that of another net
    name = link_state.choose(st.selectbox, "Class or attribute", "group", names, WHOLE, format_func=plain, help=told)
    return "" if name == WHOLE else name
