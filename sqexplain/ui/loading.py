"""The library, imported once the frame of a page stands: torch alone takes seconds on a fresh server."""

import gc
import os
import threading
import time
from importlib import import_module

import streamlit as st

NEEDED = "sqexplain.ui.viewer_data"  # imports all that the first picture of a page takes
SENDING = 0.1  # seconds for the frame to leave: while a library is loaded, nothing else of the process gets far
_lock = threading.Lock()
_loaded = threading.Event()


def load() -> None:
    """Import what every page needs, with a note; at once on every run but the first of the server."""
    if _loaded.is_set():
        return
    with st.spinner("Starting …"):
        time.sleep(SENDING)
        with _lock:  # of several visitors one imports, the others wait
            if not _loaded.is_set():
                _import()
                _loaded.set()


def _import() -> None:
    """Import without looking for garbage: nothing of it is, and looking takes a seventh of the time.

    Before, torch is told that its threads sleep while they wait for each other. At first they spin, and where the cores
    have other work, another visitor's for one, a pass over a clip takes ten times as long.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # is read once, when torch is loaded
    looked = gc.isenabled()
    gc.disable()
    try:
        import_module(NEEDED)
        gc.freeze()
    finally:
        if looked:
            gc.enable()
