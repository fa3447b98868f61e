"""Take the picture of the app that README shows: `python docs/take_screenshot.py`, with chromium on the path."""

import io
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from PIL import Image
from playwright import sync_api

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "docs" / "images" / "app.png"
VIEW = "explain?model=cifar10-resnet&gates=class&data=photographs&item=0&base=colour&map=magma"  # as a link has it
SIZE = {"width": 1440, "height": 900}
COLOURS = 256  # of the stored picture: a third of the bytes
SECONDS = 120  # until the server answers


def main() -> None:
    """Start the app, wait until the page has drawn, store what a visitor sees."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}"]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(f"http://localhost:{port}/_stcore/health")
        TARGET.parent.mkdir(exist_ok=True)
        TARGET.write_bytes(small(screenshot(f"http://localhost:{port}/{VIEW}")))
    finally:
        server.terminate()
        server.wait(10)


def wait_for(url: str) -> None:
    """Return once the server answers at `url`."""
    end = time.monotonic() + SECONDS
    while True:
        try:
            urllib.request.urlopen(url, timeout=2).close()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)
        else:
            return


def screenshot(url: str) -> bytes:
    """Return the page at `url` as PNG, once its pictures and charts are there."""
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport=SIZE)
        page.set_default_timeout(1000 * SECONDS)
        page.goto(url)
        page.locator(".panels .drawing").first.wait_for()
        page.wait_for_selector('[data-test-script-state="notRunning"]')
        page.wait_for_function("!document.querySelector('[data-testid=stSkeleton], [data-stale=true]')")
        page.wait_for_timeout(1500)  # the charts move into place
        found = page.screenshot()
        browser.close()
    return found


def small(png: bytes) -> bytes:
    """Return a PNG with a palette of `COLOURS`, dithered."""
    with Image.open(io.BytesIO(png)) as picture:
        whole = picture.convert("RGB")
    palette = whole.quantize(COLOURS, kmeans=4)
    found = io.BytesIO()
    whole.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG).save(found, "PNG", optimize=True)
    return found.getvalue()


if __name__ == "__main__":
    main()
