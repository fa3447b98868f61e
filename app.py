"""Home: a result at once, what it shows, and the way to the pages."""

from sqexplain.ui.layout import frame

frame("Home")

import streamlit as st

from sqexplain.ui import cache, choices, link_state, view_settings, viewer_page
from sqexplain.ui.layout import cards
from sqexplain.ui.page_model import Selection, View

MODEL, GATES, SAMPLE = "cifar10-resnet", "class", ("photographs", 0)
STEPS = (
    "**1 · Channels.** The last feature map of a network has many channels; each responds to other parts of a picture.",
    "**2 · Values.** A Squeeze-and-Excitation block gives each channel a value between 0 and 1: how much it counts.",
    "**3 · Map.** The mean of the few channels with the largest values is the heatmap. No gradient, no second pass.",
)

view_settings.read()
link_state.share(*view_settings.VIEWER)
st.markdown("What does this model see, and where did it look? **Drag the slider**: the SE map changes at once.")
selection = Selection(cache.sample(*SAMPLE), SAMPLE)
viewer_page.show(View(selection, MODEL, GATES, choices.DEFAULT), "home")
for column, step in zip(st.columns(len(STEPS)), STEPS, strict=True):
    column.markdown(step)
cards()
