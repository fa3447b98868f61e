"""Explain: one picture, any model, every method side by side."""

from sqexplain.ui.layout import frame

frame("Explain")

import streamlit as st

from sqexplain.ui import charts, choices, link_state, reproduction, sources, view_settings, viewer_page
from sqexplain.ui.downloads import buttons, picture_files
from sqexplain.ui.page_model import View

with st.sidebar:
    model, gates = choices.EXPLAIN.choose_model()
    target = choices.choose_target(model)
    methods = choices.EXPLAIN.choose_methods(gates)
selection = sources.choose_picture()
settings = view_settings.read()
link_state.share(*choices.EXPLAIN.names, "target", *sources.CHOICES, *view_settings.VIEWER)

if selection is None:
    st.stop()
if not methods:
    viewer_page.choose_something()
    st.stop()
view = View(selection, model, gates, methods, (target,))
if not viewer_page.show(view, "explain", first=True):  # the charts are heavy for a browser; the pictures come first
    st.stop()

rows = view.rows(settings)
left, right = st.columns(2, gap="large")
with left:
    st.markdown("**Predictions**", help="Softmax of the logits: the probability of each class.")
    charts.predictions(rows[0].reading)
with right:
    charts.agreement(rows[0].explanations)
st.markdown("**Download**")
buttons(picture_files(view, rows, settings))
reproduction.draw(view, settings, "lines")
