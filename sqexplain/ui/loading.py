"""The library, imported once the frame of a page stands: torch alone takes seconds on a fresh server."""

import gc
import os
import threading
import time
from importlib import import_module, invalidate_caches

import streamlit as st

NEEDED = "sqexplain.ui.viewer_data"  # imports all that the first picture of a page takes
SENDING = 0.1  # seconds for the frame to leave: while a library is loaded, nothing else of the process gets far
_lock = threading.Lock()
_loaded = threading.Event()


def load() -> None:
    """Import what every page needs, with a note; at once on every run but the first of the server.

    Where a package cannot be imported, the page says so and stops; the next visit tries again.
    """
    if _loaded.is_set():
        return
    trouble = ""
    with st.spinner("Starting …"):
        time.sleep(SENDING)
        with _lock:  # of several visitors one imports, the others wait
            if not _loaded.is_set():
                trouble = _try()
    if trouble:
        st.error(trouble, icon=":material/error:")
        st.stop()


def _try() -> str:
    """Import; return what to do where a package is missing or broken, else ""."""
    try:
        _import()
    except (ImportError, OSError) as error:  # a library of the system that a package cannot find is an OSError
        package = (getattr(error, "name", None) or "").partition(".")[0]
        if package == "sqexplain":  # a fault of ours, which installing does not mend
            raise
        invalidate_caches()  # what is installed from now on is found
        which = f"the package `{package}`" if package else "a package"
        why = " ".join(str(error).replace("`", "'").split())
        return (
            f"The app cannot start because {which} cannot be loaded (`{why}`): run `pip install -r requirements.txt` "
            'or `pip install "sqexplain[app]"`, then open this page again.'
        )
    _loaded.set()
    return ""


def _import() -> None:
    """Import without looking for garbage: nothing of it is, and looking takes a seventh of the time.

    Before, torch is told that its threads sleep while they wait for each other. At first they spin, and where the cores
    have other work, another visitor's for one, a pass over a clip takes ten times as long.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # is read once, when torch is loaded
    looked = gc.isenabled()
    gc.disable()
    try:
        import_module("sqexplain.extras").require("app")  # plotly is imported by the first chart of a page
        import_module(NEEDED)
        gc.freeze()
    finally:
        if looked:
            gc.enable()
