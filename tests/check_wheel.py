"""Build the wheel, install it in a folder elsewhere and try it there: `python tests/check_wheel.py`.

The environment it goes into sees the packages of the one that runs this script, but not the checkout. Tried are the
version, a map of a photograph from the command line, and the first page of the app in a browser.
"""

import shutil
import socket
import subprocess
import sys
import sysconfig
import tempfile
import time
import urllib.request
import venv
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
PHOTOGRAPH = "import sqexplain as sx; from sqexplain.media import encode_png; from pathlib import Path; \
Path('photo.png').write_bytes(encode_png(sx.open_dataset('photographs')[0].frames[0]))"


def say(text: str) -> None:
    print(text, flush=True)


def run(*words: object, folder: Path) -> str:
    """Run a command in `folder` and return what it says; its failure ends the check."""
    say(f"$ {' '.join(map(str, words))}")
    done = subprocess.run(list(map(str, words)), cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{done.stdout}{done.stderr}FAILED with code {done.returncode}")
    return done.stdout.strip()


def build(folder: Path) -> Path:
    """Build the wheel of the checkout in `folder` and return its path."""
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", folder, ROOT, folder=folder)
    return next(folder.glob("*.whl"))


def install(wheel: Path, folder: Path) -> Path:
    """Install the wheel into a new environment below `folder` and return the folder of its commands."""
    home = folder / "venv"
    venv.create(home, with_pip=False, symlinks=True)
    commands = home / ("Scripts" if sys.platform == "win32" else "bin")
    own = Path(run(commands / "python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", folder=folder))
    # a path in a .pth file is searched, but .pth files there are not read: an editable install stays out of sight
    (own / "packages.pth").write_text(sysconfig.get_path("purelib") + "\n")
    words = ("--python", commands / "python", "install", "--quiet", "--no-deps", "--ignore-installed", wheel)
    run(sys.executable, "-m", "pip", *words, folder=folder)
    return commands


@contextmanager
def serving(commands: Path, folder: Path):
    """Run the app in `folder`, as a user starts it, and yield its address."""
    with socket.socket() as spot:
        spot.bind(("localhost", 0))
        port = spot.getsockname()[1]
    say(f"$ {commands / 'sqexplain'} app --port {port}")
    server = subprocess.Popen([commands / "sqexplain", "app", "--port", str(port)], cwd=folder, start_new_session=True)
    try:
        for _ in range(240):
            try:
                urllib.request.urlopen(f"http://localhost:{port}/_stcore/health", timeout=1)
                break
            except OSError:
                time.sleep(0.25)
        yield f"http://localhost:{port}"
    finally:
        subprocess.run(["pkill", "-TERM", "-g", str(server.pid)], check=False)
        server.wait(20)


def look(address: str) -> None:
    """Open the first page and wait until a map is drawn on it."""
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=arguments)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(address)
        page.locator(".panels .drawing").first.wait_for(timeout=120_000)
        assert page.locator("[data-testid=stException], [data-testid=stAlert]").count() == 0
        browser.close()


def check(folder: Path) -> None:
    """Build, install and try the wheel in `folder`."""
    wheel = build(folder)
    say(f"{wheel.name}: {wheel.stat().st_size / 1e6:.1f} MB")
    commands, elsewhere = install(wheel, folder), folder / "elsewhere"
    elsewhere.mkdir()
    command = commands / "sqexplain"
    say(run(command, "--version", folder=elsewhere))
    home = run(commands / "python", "-c", "import sqexplain; print(sqexplain.__file__)", folder=elsewhere)
    assert Path(home).is_relative_to(folder), f"{home} is not the installed package"
    run(commands / "python", "-c", PHOTOGRAPH, folder=elsewhere)
    run(command, "explain", "photo.png", "--model", "cifar10-resnet", "--method", "se", "--out", "o", folder=elsewhere)
    assert len(list((elsewhere / "o").glob("*.png"))) == 1, "no map was written"
    with serving(commands, elsewhere) as address:
        look(address)
    say("the wheel works: version, a map from the command line, the first page of the app")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        check(Path(place).resolve())
