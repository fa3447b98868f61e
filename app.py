"""Home: a result at once, what it shows, and the way to the pages."""

import streamlit as st

from sqexplain.ui import cache, stage, state, widgets
from sqexplain.ui.frame import cards, frame
from sqexplain.ui.showing import View

MODEL, GATES = "cifar10-resnet", "class"

frame("Home")
stage.settings()
state.share(*stage.SETTINGS)
st.markdown(
    "This is what a small net answers, and where it looked. **Drag the slider**: the SE map is the mean of the "
    "channels with the largest Squeeze-and-Excitation values, and it changes at once, beside GradCAM and others."
)
stage.show(View(cache.sample("photographs", 0), MODEL, GATES, None, widgets.DEFAULT))
cards()
