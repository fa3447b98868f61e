"""Explain: one picture, any model, every method side by side."""

import streamlit as st

from sqexplain.ui import charts, choices, downloads, link_state, viewer_page
from sqexplain.ui.layout import frame
from sqexplain.ui.viewer_data import View

frame("Explain")
with st.sidebar:
    model, gates = choices.choose_model()
    target = choices.choose_target(model)
    methods = choices.choose_methods(gates)
sample, source = choices.choose_sample()
settings = viewer_page.settings()
link_state.share(*choices.CHOICES, *viewer_page.SETTINGS)

if sample is None:
    st.stop()
if not methods:
    st.info("Choose at least one method in the left bar.", icon=":material/arrow_back:")
    st.stop()
view = View(sample, model, gates, target, methods)
if not viewer_page.show(view, "explain", first=True):  # the charts are heavy for a browser; the pictures come first
    st.stop()

explanations = view.explanations(settings)
left, right = st.columns(2, gap="large")
with left:
    st.markdown("**What the net answers**", help="Softmax of the logits: how the net spreads 100 % over its classes.")
    charts.predictions(view.reading)
with right:
    st.markdown("**Agreement of the maps** (rank correlation ρ)", help="1: same order of places; 0: unrelated.")
    charts.agreement(explanations)
st.markdown("**Take it with you**")
downloads.downloads(view, settings)
lines = st.expander("Reproduce this view", key="lines", on_change="rerun")
if lines.open:  # what colours the code is large and would hold up the first picture
    with lines:
        downloads.reproduction(view, settings, source)
