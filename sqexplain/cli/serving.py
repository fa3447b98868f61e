"""`app`: start the pages on this machine."""

import subprocess
import sys
from pathlib import Path
from typing import Annotated

from typer import Exit, Option

HOME = Path(__file__).parents[2]


def app(port: Annotated[int, Option(help="Port on localhost.", min=1, max=65535)] = 8501) -> None:
    """Start the app on localhost; Ctrl-C stops it."""
    page = HOME / "app.py"
    if not page.exists():
        raise ValueError(f"there is no '{page}'; start the app from a checkout of the repository")
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        str(page),
        "--server.address=localhost",
        f"--server.port={port}",
    ]
    # from the checkout, because streamlit reads .streamlit/config.toml in the folder it is started in
    raise Exit(subprocess.run(command, cwd=HOME, check=False).returncode)
