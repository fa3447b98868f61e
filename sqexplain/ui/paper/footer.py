"""What stands under every view: the command that makes it, and its table as a file."""

import streamlit as st

from sqexplain.figures.registry import FIGURES
from sqexplain.figures.table import Table


def foot(name: str, table: Table | None) -> None:
    """Draw the command of a figure and, where there is a table, the field that downloads it as CSV."""
    st.code(FIGURES[name].command, "bash")
    if table is not None:
        st.download_button(
            "Table (CSV)", table.csv(), f"{name}.csv", "text/csv", icon=":material/download:", on_click="ignore"
        )
