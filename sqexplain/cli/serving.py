"""`app`: start the pages on this machine."""

import subprocess
import sys
from typing import Annotated

from typer import Exit, Option


def app(port: Annotated[int, Option(help="Port on localhost.", min=1, max=65535)] = 8501) -> None:
    """Start the app on localhost; Ctrl-C stops it."""
    from sqexplain import locations

    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        str(locations.APP / "app.py"),
        "--server.address=localhost",
        f"--server.port={port}",
    ]
    # from the checkout, because streamlit reads .streamlit/config.toml in the folder it is started in
    raise Exit(subprocess.run(command, cwd=locations.APP, check=False).returncode)
