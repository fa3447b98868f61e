"""One browser, and one server of the app, for every test that looks at the pages as people do."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright import sync_api

ROOT = Path(__file__).parents[1]
CHROMIUM = shutil.which("chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
ARGUMENTS += ["--disable-component-update", "--disable-sync"]
# Drag over the slider of the percentage, and count what is redrawn.
DRAG = """async (input) => {
  const viewer = input.getRootNode().viewer;
  const start = performance.now(), before = viewer.redraws;
  for (let step = 0; performance.now() - start < 1500; step++) {
    input.value = 1 + (step % 100);
    input.dispatchEvent(new Event("input"));
    await new Promise(requestAnimationFrame);
  }
  return { rate: (viewer.redraws - before) / (performance.now() - start) * 1000, panels: viewer.panels.length };
}"""


@pytest.fixture(scope="session")
def browser():
    if CHROMIUM is None:
        pytest.skip("chromium is not on the path")
    with sync_api.sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield found
        found.close()


@pytest.fixture(scope="session")
def address(browser):  # noqa: ARG001  without a browser no server is started
    """Where the app is served; each page opened there has a state of its own."""
    with serve(ROOT / "app.py") as found:
        yield found


@contextmanager
def serve(script: Path):
    """Serve a script on a free port, with the library and these tests on the path, and yield its address."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port)]
    paths = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": paths}, **quiet)
    try:
        wait_for(f"http://localhost:{port}/_stcore/health")
        yield f"http://localhost:{port}"
    finally:
        server.terminate()
        try:
            server.wait(5)
        except subprocess.TimeoutExpired:
            server.kill()


def wait_for(url: str, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            return urllib.request.urlopen(url, timeout=2).close()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


@pytest.fixture
def page(browser):
    """A page with a state of its own, closed after the test."""
    context = browser.new_context(viewport={"width": 1440, "height": 1000}, accept_downloads=True)
    yield watched(context.new_page())
    context.close()


def watched(page):
    """Let a page note its errors, what it asks of other machines, and when it writes to the server."""
    page.set_default_timeout(90_000)  # a busy machine is no failure
    page.trouble, page.abroad, page.sent = [], [], []
    page.on("pageerror", lambda error: page.trouble.append(str(error)))
    page.on("request", lambda request: page.abroad.append(request.url) if not is_local(request.url) else None)
    page.on("websocket", lambda socket: socket.on("framesent", lambda _: page.sent.append(time.monotonic())))
    return page


def is_local(url: str) -> bool:
    return url.startswith(("data:", "blob:")) or "//localhost" in url


def settle(page, last=None) -> None:
    """Wait until the script has run and what comes last, a drawing unless it is given, is on screen."""
    last = last or page.locator(".panels .drawing").first
    last.wait_for()
    page.wait_for_selector('[data-test-script-state="notRunning"]')
    page.wait_for_function("!document.querySelector('[data-testid=stSkeleton], [data-stale=true]')")
    last.wait_for()
    page.wait_for_timeout(300)


def page_with(browser, *modules: str):
    """Return a page in which what some modules of the app export is global; they import each other as they are."""
    page = browser.new_page()
    page.route("http://localhost/**", lambda route: route.fulfill(path=ROOT / route.request.url.split("localhost/")[1]))
    page.goto("http://localhost/sqexplain/ui/strip/strip.css")  # a page of the same origin
    for module in modules:
        page.evaluate("async (file) => Object.assign(window, await import(file))", f"/sqexplain/ui/{module}")
    return page


@pytest.fixture(scope="session")
def arithmetic(browser):
    """The arithmetic of the viewer, as functions of a page."""
    page = page_with(browser, "js/maths.js")
    yield page
    page.close()
