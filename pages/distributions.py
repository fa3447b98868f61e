"""Distributions: how the SE values of every model are distributed, and which channels they select for a sample."""

from sqexplain.ui.layout import frame

frame("Distributions")

import streamlit as st

from sqexplain.figures.values import Values
from sqexplain.ui import link_state
from sqexplain.ui.paper import cache
from sqexplain.ui.paper.footer import footer
from sqexplain.ui.values import brushing, choices, multiples, one, sources

table = cache.table(Values.name)
if table is None:
    st.info("The SE values are not measured yet. This command measures them:", icon=":material/hourglass_empty:")
    footer(Values.name, None)
    st.stop()
with st.sidebar:
    form = choices.choose_form()
    name = choices.choose_model(table)
    model, _, gates = name.partition("/")
    rows = table.where(model=model, gates=gates)
    group = choices.choose_group(rows)
st.markdown(f"**How are the SE values of our models distributed?** {multiples.summary(table)}")
multiples.draw(table, form, name)
one.draw(rows, form, group)
footer(Values.name, table)
brushing.draw(name, group)
link_state.share(*choices.CHOICES, *sources.CHOICES, *brushing.ENDS)
