"""Set the review up and open it: ``python3 -m review.start``.

Runs before anything is installed, so it uses the standard library and `review.bootstrap` only,
and both parse under older Pythons so that those get a plain message instead of a syntax error. It

1. makes the virtual environment ``.venv`` and installs ``requirements.txt`` into it,
2. creates the review from the data folder (``python -m review init``),
3. serves ``app.py`` on a free port and prints the address. Streamlit's own settings of port,
   address and headless hold here too, from the environment and its two ``config.toml``.

Each of the first two leaves a stamp of what it was made from and is left out while the stamp still
fits, so a second start goes straight to step 3. ``python3 -m review.start test`` adds the ``dev``
dependency group of ``pyproject.toml`` to step 1 and runs pytest instead of steps 2 and 3: the tests
that need no browser and no PostgreSQL, or all of them with ``--everything``.
"""

from __future__ import annotations

import argparse
import hashlib
import http.client
import ipaddress
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
    default = f"that of Streamlit's settings, else the first free one from {FIRST_PORT}"
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
    if port is None:
        port = set_port(root)
    address = streamlit_setting(root, "address") or "localhost"
    if port is not None and not port_is_free(port, reached_at(address)):
        raise SetupError(
            f"Port {port} is in use by another program. Name another one by --port, or name none"
            " there and in Streamlit's settings to take the first free port."
        )
    # Where Streamlit opens the window itself, or was told not to, this leaves it alone.
    told = "STREAMLIT_SERVER_HEADLESS" in os.environ
    browser = browser and not told and streamlit_setting(root, "headless") != "false"
    python = prepare(root)
    create_review(root, python)

    def open_app() -> int | None:
        free = port or free_port(host=reached_at(address))
        return serve(root, python, free, address, browser=browser)

    code = open_app()
    if code is None and not succeeds([str(python), "-c", "import streamlit"]):
        say("The environment .venv is damaged.")
        python = prepare(root, anew=True)
        code = open_app()
    if code is None:
        raise SetupError("The app stopped before it could be opened; its own message is above.")
    return code


def streamlit_setting(root: Path, name: str) -> str | None:
    """Look up what Streamlit was told about its server, where ``streamlit run`` would find it.

    Args:
        root: the project's folder.
        name: an option of its section ``server``, in one word.

    Returns:
        The value of the environment, else of the project's ``config.toml``, else of the user's,
        with true and false in small letters; None where none of them names it.

    Raises:
        SetupError: a ``config.toml`` cannot be read.
    """
    import tomllib  # not known to the Pythons that are refused

    given = os.environ.get(f"STREAMLIT_SERVER_{name.upper()}")
    if given is not None:
        return given.strip().lower() if given.strip().lower() in ("true", "false") else given
    for folder in (root, Path.home()):
        file = folder / ".streamlit" / "config.toml"
        try:
            server = tomllib.loads(read(file)).get("server", {})
        except ValueError as error:
            raise SetupError(f"{file} cannot be read: {error}") from error
        if isinstance(server, dict) and name in server:
            value = server[name]
            return str(value).lower() if isinstance(value, bool) else str(value)
    return None


def set_port(root: Path) -> int | None:
    """Return the port that Streamlit's settings name, if any.

    Raises:
        SetupError: what they name is no port.
    """
    given = streamlit_setting(root, "port")
    try:
        return None if given is None else _port(given)
    except argparse.ArgumentTypeError as error:
        raise SetupError(f"Streamlit's setting server.port: {error}.") from error


def reached_at(address: str) -> str:
    """Return where a server that listens on an address is reached from this machine."""
    return {"localhost": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}.get(address, address)


def is_this_machine(address: str) -> bool:
    """Tell whether an address to listen at is reached from this machine only."""
    try:
        return address == "localhost" or ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


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


def serve(root: Path, python: Path, port: int, address: str, *, browser: bool) -> int | None:
    """Serve the app until it ends or the user stops it; on ``localhost``, to this machine only.

    Returns:
        Its exit code, 0 when the user stopped it; None when it ended before it answered.
    """
    begin = time.monotonic()
    options = {
        "server.port": str(port),
        "server.address": address,
        "logger.hideWelcomeMessage": "true",
    }
    if not is_this_machine(address) and "STREAMLIT_SERVER_ALLOWED_HOSTS" not in os.environ:
        options["server.allowedHosts"] = "*"  # the shipped list fits this machine only
        say(
            "Others may reach this review. Unless sign-in is set up, anyone who does may write "
            "under any name."
        )
    if streamlit_setting(root, "headless") is None:
        options["server.headless"] = "true"  # else the first start asks for an e-mail address
    command = [str(python), "-m", "streamlit", "run", str(root / "app.py")]
    command += [word for name, value in options.items() for word in (f"--{name}", value)]
    process = subprocess.Popen(command, cwd=root)
    try:
        host = reached_at(address)
        while not answers(port, host):
            if process.poll() is not None:
                return None
            time.sleep(0.05)
        shown = f"[{host}]" if ":" in host else host.replace("127.0.0.1", "localhost")
        url = f"http://{shown}:{port}"
        took = time.monotonic() - begin
        say(f"The review is open at {url} (after {took:.1f} s; Ctrl+C stops it)")
        if browser and has_screen(os.environ):
            webbrowser.open(url)
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


def answers(port: int, host: str = "127.0.0.1") -> bool:
    """Tell whether the app on this port says that it is healthy."""
    connection = http.client.HTTPConnection(host, port, timeout=2)
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


def free_port(first: int = FIRST_PORT, tries: int = 100, host: str = "127.0.0.1") -> int:
    """Return the first free port from `first` up.

    Raises:
        SetupError: the next `tries` ports are all taken.
    """
    for port in range(first, first + tries):
        if port_is_free(port, host):
            return port
    raise SetupError(f"Ports {first} to {first + tries - 1} are all in use; name one by --port.")


def port_is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Tell whether a port of this machine can be served on, at one of its addresses."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as caller:
        caller.settimeout(0.5)
        if caller.connect_ex((host, port)) == 0:
            return False
    with socket.socket(family) as server:
        if os.name != "nt":
            # Take no notice of the remains of a server that has just ended. On Windows the
            # option means something else: it would share a port in use.
            server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            server.bind((host, port))
        except OSError:
            return False
    return True


EVERYTHING = "--everything"
"""Word of ``test`` that runs what needs a browser or a database server as well."""

ALONE = ("-m", "not browser and not postgres")
"""Tests that need nothing but this project and its packages (markers of ``pyproject.toml``)."""


def run_tests(root: Path, arguments: Sequence[str]) -> int:
    """Set up with the ``dev`` group, then run pytest in the project's folder, on all processors.

    Args:
        root: the project's folder.
        arguments: words for pytest; ``-n 0`` among them runs the tests in one process. Unless
            they choose tests themselves, or `EVERYTHING` is among them, those run that need
            nothing else on the machine (`ALONE`).

    Returns:
        pytest's exit code.
    """
    words = [word for word in arguments if word != EVERYTHING]
    chosen = EVERYTHING in arguments or any(
        word.startswith(("-m", "-k")) or (root / word.split("::")[0]).exists() for word in words
    )
    some = () if chosen else ALONE
    command = [str(prepare(root, tests=True)), "-m", "pytest", "-n", "logical", *some, *words]
    if os.name == "nt":
        return subprocess.call(command, cwd=root)
    os.chdir(root)
    os.execv(command[0], command)  # pytest itself gets Ctrl+C, and the caller its exit code


if __name__ == "__main__":
    sys.exit(main())
