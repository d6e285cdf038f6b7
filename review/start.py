"""Set the review up and open it: ``python3 -m review.start``.

Runs before anything is installed, so it uses the standard library and `review.bootstrap` only,
and both parse under older Pythons so that those get a plain message instead of a syntax error. It

1. makes the virtual environment ``.venv`` and installs ``requirements.txt`` into it,
2. creates the review from the data folder (``python -m review init``),
3. serves ``app.py`` on a free port and prints the address.

Each of the first two leaves a stamp of what it was made from and is left out while the stamp still
fits, so a second start goes straight to step 3. ``python3 -m review.start test`` adds the ``dev``
dependency group of ``pyproject.toml`` to step 1 and runs pytest instead of steps 2 and 3.
"""

from __future__ import annotations

import argparse
import hashlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
import webbrowser
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from review.bootstrap import OLDEST_PYTHON, SetupError, prepare, read, run, say, succeeds, timed

ROOT = Path(__file__).resolve().parent.parent
FIRST_PORT = 8501


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        argv: words after ``python3 -m review.start``; those of this process when None.

    Returns:
        Exit code: 0 stopped by the user or tests passed, 1 could not set up, otherwise that of
        the app or of pytest.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    # A service manager's stop signal ends everything the way Ctrl+C does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        check_python(sys.version_info[:2])
        if words[:1] == ["test"]:
            return run_tests(ROOT, words[1:])
        options = _parser().parse_args(words)
        browser = not options.no_browser and not os.environ.get("CI")
        return run_app(ROOT, options.port, browser=browser)
    except SetupError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        say("\nStopped.")
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python3 -m review.start",
        description="Install what the review needs (first time only), then open it.",
        epilog="python3 -m review.start test [PYTEST OPTIONS] runs the tests instead.",
    )
    default = f"the first free one from {FIRST_PORT}"
    parser.add_argument("--port", type=_port, help=f"serve on this port (default: {default})")
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser window")
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"{text} is no port; give a number from 1 to 65535")
    return int(text)


def check_python(version: Sequence[int]) -> None:
    """Refuse a Python that is too old.

    Args:
        version: major and minor number.

    Raises:
        SetupError: the version is below `OLDEST_PYTHON`.
    """
    if tuple(version) < OLDEST_PYTHON:
        needed, found = (".".join(map(str, each)) for each in (OLDEST_PYTHON, version))
        raise SetupError(
            f"The review needs Python {needed} or newer, and this is Python {found}.\n"
            "Install a newer one from https://www.python.org/downloads/ and start the review\n"
            "with it, for example: python3.12 -m review.start"
        )


def run_app(root: Path, port: int | None, *, browser: bool) -> int:
    """Set up, then serve the app until it is stopped.

    Args:
        root: the project's folder.
        port: port to serve on; None takes the first free one.
        browser: open a browser window once the app answers.

    Returns:
        Exit code, 0 when the user stopped it.

    Raises:
        SetupError: it cannot be set up or does not start.
    """
    if port is not None and not port_is_free(port):
        raise SetupError(
            f"Port {port} is in use by another program. Name another one, or leave --port away"
            " to take the first free port."
        )
    python = prepare(root)
    create_review(root, python)
    code = serve(root, python, port or free_port(), browser=browser)
    if code is None and not succeeds([str(python), "-c", "import streamlit"]):
        say("The environment .venv is damaged.")
        python = prepare(root, anew=True)
        code = serve(root, python, port or free_port(), browser=browser)
    if code is None:
        raise SetupError("The app stopped before it could be opened; its own words stand above.")
    return code


def create_review(root: Path, python: Path) -> None:
    """Create the review from its data folder, or bring it up to date.

    Left out when neither data nor program has changed: importing the program only to find that
    out takes longer than serving it. A database named by ``REVIEW_DB`` is always asked.

    Args:
        root: the project's folder.
        python: the environment's Python.

    Raises:
        SetupError: the review could not be created; holds the program's own words.
    """
    data = Path(os.environ.get("REVIEW_DATA") or root / "data").expanduser()
    embedded = not os.environ.get("REVIEW_DB")
    stamp = data / "local" / ".created-from"
    sources = files_hash(
        [
            *data.glob("*.yaml"),
            *(data / "library").rglob("*"),
            *(root / "review").rglob("*.py"),
        ]
    )
    if embedded and (data / "local" / "review.db").exists() and read(stamp) == sources:
        return
    with timed("Preparing the review"):
        words = run([str(python), "-m", "review", "init"], root)
    if words.strip():
        say(words.strip())
    if embedded:
        stamp.parent.mkdir(parents=True, exist_ok=True)
        stamp.write_text(sources, encoding="utf-8")


def files_hash(files: Iterable[Path]) -> str:
    """Return one hash over the names and contents of files, whatever their order."""
    total = hashlib.sha256()
    for file in sorted(path for path in files if path.is_file()):
        total.update(file.name.encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


def serve(root: Path, python: Path, port: int, *, browser: bool) -> int | None:
    """Serve the app to this machine only, until it ends or the user stops it.

    Returns:
        Its exit code, 0 when the user stopped it; None when it ended before it answered.
    """
    begin = time.monotonic()
    options = {
        "server.port": str(port),
        "server.address": "localhost",
        "server.headless": "true",  # else the first start asks for an e-mail address
        "logger.hideWelcomeMessage": "true",
    }
    command = [str(python), "-m", "streamlit", "run", str(root / "app.py")]
    command += [word for name, value in options.items() for word in (f"--{name}", value)]
    process = subprocess.Popen(command, cwd=root)
    try:
        while not answers(port):
            if process.poll() is not None:
                return None
            time.sleep(0.05)
        address = f"http://localhost:{port}"
        took = time.monotonic() - begin
        say(f"The review is open at {address} (after {took:.1f} s; Ctrl+C stops it)")
        if browser and has_screen(os.environ):
            webbrowser.open(address)
        return process.wait()
    except KeyboardInterrupt:
        stop(process)
        say("\nThe review is stopped.")
        return 0
    finally:
        stop(process)


def stop(process: subprocess.Popen[bytes], seconds: float = 10.0) -> None:
    """End a process if it still runs: ask, and after some seconds insist."""
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def answers(port: int) -> bool:
    """Tell whether the app on this port says that it is healthy."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/_stcore/health")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def has_screen(env: Mapping[str, str]) -> bool:
    """Tell whether a window can open; without one, a text browser would take the terminal."""
    desktop = bool(env.get("DISPLAY") or env.get("WAYLAND_DISPLAY"))
    return desktop or not sys.platform.startswith("linux")


def free_port(first: int = FIRST_PORT, tries: int = 100) -> int:
    """Return the first free port from `first` up.

    Raises:
        SetupError: the next `tries` ports are all taken.
    """
    for port in range(first, first + tries):
        if port_is_free(port):
            return port
    raise SetupError(f"Ports {first} to {first + tries - 1} are all in use; name one by --port.")


def port_is_free(port: int) -> bool:
    """Tell whether a port of this machine can be served on."""
    with socket.socket() as caller:
        caller.settimeout(0.5)
        if caller.connect_ex(("127.0.0.1", port)) == 0:
            return False
    with socket.socket() as server:
        if os.name != "nt":
            # Take no notice of the remains of a server that has just ended. On Windows the
            # option means something else: it would share a port in use.
            server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            server.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def run_tests(root: Path, arguments: Sequence[str]) -> int:
    """Set up with the ``dev`` group, then run pytest in the project's folder, on all processors.

    Args:
        root: the project's folder.
        arguments: words for pytest; ``-n 0`` among them runs the tests in one process.

    Returns:
        pytest's exit code.
    """
    command = [str(prepare(root, tests=True)), "-m", "pytest", "-n", "logical", *arguments]
    if os.name == "nt":
        return subprocess.call(command, cwd=root)
    os.chdir(root)
    os.execv(command[0], command)  # pytest itself gets Ctrl+C, and the caller its exit code


if __name__ == "__main__":
    sys.exit(main())
