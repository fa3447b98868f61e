"""What stands under every view: the command that makes it, and its table as a file."""

import streamlit as st

from sqexplain.figures.registry import FIGURES
from sqexplain.figures.table import Table
from sqexplain.ui.downloads import Download, buttons


def footer(name: str, table: Table | None) -> None:
    """Draw the command of a figure and, where there is a table, the button that downloads it as CSV."""
    st.code(FIGURES[name].command, "bash")
    if table is not None:
        buttons([Download("Table (CSV)", f"{name}.csv", table.csv)])
