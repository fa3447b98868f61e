"""The view "Side by side": the sheet that the command writes, for a model and a seed that draws its samples."""

from functools import partial

import streamlit as st

from sqexplain.figures.base import FigureSettings
from sqexplain.figures.captions import caption
from sqexplain.figures.grid import Grid, data_name
from sqexplain.figures.table import Table
from sqexplain.models import MODELS
from sqexplain.progress import Progress
from sqexplain.ui import link_state
from sqexplain.ui.cache import HOUR, MINUTE
from sqexplain.ui.downloads import Download, buttons

CHOICES = ("sheet", "seed")  # what belongs into the link
FIRST = "cifar10-resnet"
LAST = 9999
FORMATS = ("pdf", "png")
SEED_HELP = "The samples are drawn at random from the test set, so nobody can pick them; each seed draws others."


def draw() -> None:
    """Draw the choice of a model and a seed, the sheet, its files, and the models that wait for their data."""
    there, waiting = known()
    left, middle, right = st.columns([3, 1, 1], vertical_alignment="bottom")
    with left:
        first = FIRST if FIRST in there else None
        model = link_state.choose(st.selectbox, "Model and samples", "sheet", list(there), first, format_func=there.get)
    with middle:
        seed = link_state.choose_number(st.number_input, "Seed", "seed", 0, 0, LAST, help=SEED_HELP)
    following = partial(st.session_state.__setitem__, "seed", (seed + 1) % (LAST + 1))
    right.button("Next seed", icon=":material/casino:", width="stretch", on_click=following)
    table = kept_table(model, seed)
    st.image(kept_file(model, seed, "png"), alt=f"Maps side by side, {model}, seed {seed}. {caption([table])}")
    st.caption(caption([table]))
    st.code(f"{Grid().command} --seed {seed}", "bash")
    _files(model, seed, table)
    for name, why in waiting.items():
        st.caption(f":material/hourglass_empty: {MODELS[name].title} waits for its data: {why}.")


@st.cache_resource(ttl=MINUTE, show_spinner=False)  # every data set is opened for it: slow where one is large
def known() -> tuple[dict[str, str], dict[str, str]]:
    """Return what a reader calls each model whose samples can be drawn, and why the others wait."""
    figure, settings = Grid(), FigureSettings()
    there = {name: f"{MODELS[name].title} · {data_name(settings, name)}" for name in figure.parts(settings)}
    return there, figure.waiting(settings)


@st.cache_resource(max_entries=8, ttl=HOUR, show_spinner="Drawing the maps …")
def kept_table(model: str, seed: int) -> Table:
    """Return the maps of the samples that a seed draws."""
    rows = list(Grid().measure(FigureSettings(seed=seed), model))
    return next(row for row in rows if not isinstance(row, Progress))


@st.cache_resource(max_entries=8, ttl=HOUR, show_spinner="Drawing the sheet …")
def kept_file(model: str, seed: int, format: str) -> bytes:
    """Return the file of the sheet."""
    return next(Grid().draw(read_again(kept_table(model, seed)), format, FigureSettings(seed=seed)))[1]


def read_again(table: Table) -> Table:
    """Return the table as it is read from its file: every cell is text, which the drawing starts from."""
    return Table.parse(table.csv())


def _files(model: str, seed: int, table: Table) -> None:
    stem = f"grid-{model}-{seed}"
    drawn = [
        Download(format.upper(), f"{stem}.{format}", partial(kept_file, model, seed, format)) for format in FORMATS
    ]
    buttons([*drawn, Download("Maps (CSV)", f"{stem}.csv", table.csv)])
