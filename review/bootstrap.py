"""The project's own virtual environment: made, filled and found again.

Runs before anything is installed, so it uses the standard library only, and it parses under older
Pythons (see `review.start`). What an environment was made from is stamped into it; while the stamp
fits, nothing is done.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urldefrag, urljoin
from urllib.request import urlopen

OLDEST_PYTHON = (3, 11)
PACKAGE_INDEX = "https://pypi.org/simple"


class SetupError(Exception):
    """Setting up cannot go on; the message says what the reader can do.

    Not a `ReviewError`: this runs where the rest of the program cannot be imported.
    """


def prepare(root: Path, *, tests: bool = False, anew: bool = False) -> Path:
    """Make sure that ``.venv`` holds what is needed.

    Args:
        root: the project's folder.
        tests: also install the ``dev`` group of ``pyproject.toml``.
        anew: make the environment again even if it looks whole.

    Returns:
        The environment's Python.

    Raises:
        SetupError: nothing on this machine can install the packages.
    """
    venv = root / ".venv"
    python = venv_python(venv)
    stamps = {venv / ".app-installed": fingerprint(root)}
    if tests:
        stamps[venv / ".tests-installed"] = fingerprint(root, tests=True)
    if not anew and python.exists() and all(read(file) == text for file, text in stamps.items()):
        return python

    # Stays behind when the installation is killed, and then the packages cannot be relied on.
    unfinished = venv / ".unfinished"
    if anew or unfinished.exists() or not works(python):
        with timed("Making the environment .venv"):
            make(venv)
    unfinished.touch()
    arguments = ["-r", str(root / "requirements.txt")]
    try:
        install(venv, arguments + (dev_requirements(root) if tests else []), cwd=root)
    except SetupError:
        unfinished.unlink()
        raise
    unfinished.unlink()
    for file, text in stamps.items():
        file.write_text(text, encoding="utf-8")
    return python


def venv_python(venv: Path) -> Path:
    """Return where an environment keeps its Python on this system."""
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def works(python: Path) -> bool:
    """Tell whether this Python runs, belongs to a virtual environment and is new enough."""
    test = (
        "import sys; "
        f"sys.exit(sys.prefix == sys.base_prefix or sys.version_info < {OLDEST_PYTHON!r})"
    )
    return python.exists() and succeeds([str(python), "-c", test])


def make(venv: Path) -> None:
    """Make an empty virtual environment, removing what stands in its place.

    Without pip, because Debian's Python can make an environment but not put pip into it, and uv
    needs none.
    """
    import venv as standard_venv

    if venv.is_symlink() or venv.is_file():
        venv.unlink()
    elif venv.exists():
        shutil.rmtree(venv)
    standard_venv.create(venv, symlinks=os.name != "nt", with_pip=False)


def fingerprint(root: Path, *, tests: bool = False) -> str:
    """Return a hash of what an environment is made from: the requirements and the Python."""
    parts = [
        f"{sys.platform} {sys.version_info[0]}.{sys.version_info[1]}",
        (root / "requirements.txt").read_text(encoding="utf-8"),
        *(dev_requirements(root) if tests else []),
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def dev_requirements(root: Path) -> list[str]:
    """Return the ``dev`` dependency group of ``pyproject.toml``."""
    import tomllib  # not there before Python 3.11

    with (root / "pyproject.toml").open("rb") as file:
        return list(tomllib.load(file)["dependency-groups"]["dev"])


def install(venv: Path, arguments: Sequence[str], cwd: Path) -> None:
    """Install packages into an environment: with uv if there is one, else with pip.

    Args:
        venv: the environment.
        arguments: what to install, as pip and uv both understand it.
        cwd: folder to run in.

    Raises:
        SetupError: no way is left; holds the last words of each.
    """
    failures = []
    for name, command in installers(venv):
        try:
            with timed(f"Installing the packages with {name}, which may take a minute"):
                run([*command, *arguments], cwd)
            return
        except SetupError as error:
            failures.append(f"{name} could not install the packages:\n{error}")
    raise SetupError(
        "\n\n".join(failures) + "\n\nIs this machine online? If so, delete the folder .venv and"
        " run the command again.\nBehind a proxy or with a package index of your own, set"
        " HTTPS_PROXY or PIP_INDEX_URL first."
    )


def installers(venv: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield the commands that can install into an environment, best first.

    Lazy on purpose: the second way is looked for only when the first has failed.
    """
    uv = shutil.which("uv")
    if uv:
        # Compiled now, as pip does: uv would leave it to the first start, or, where Python may
        # not write bytecode, to every start.
        options = ["--quiet", "--compile-bytecode", "--python", str(venv_python(venv))]
        yield "uv", [uv, "pip", "install", *options]
    options = ["install", "--quiet", "--disable-pip-version-check", "--no-input"]
    yield "pip", [*find_pip(venv), *options]


def find_pip(venv: Path) -> list[str]:
    """Return a command that runs pip for an environment, getting pip there if need be.

    The environment's own pip; the copy that comes with Python (Debian keeps it in
    ``python3-venv``); the pip of the Python that runs this; at last the wheel from the index.

    Raises:
        SetupError: pip cannot be had; says how to get it.
    """
    python = str(venv_python(venv))
    own = [python, "-m", "pip"]
    if succeeds([*own, "--version"]) or succeeds([python, "-Im", "ensurepip", "--default-pip"]):
        return own
    hosts = [sys.executable, "-m", "pip", "--python", python]
    if succeeds([*hosts, "--version"]):
        return hosts
    try:
        wheel = fetch_pip(venv, os.environ.get("PIP_INDEX_URL") or PACKAGE_INDEX)
    except (OSError, ValueError) as error:
        raise SetupError(
            f"This Python has no pip, and it could not be fetched ({error}).\n"
            "Debian and Ubuntu: run  sudo apt install python3-venv\n"
            "Elsewhere: install uv, see https://docs.astral.sh/uv/\n"
            "Then run the command again."
        ) from error
    return [python, str(wheel / "pip")]


def fetch_pip(folder: Path, index: str) -> Path:
    """Download the newest pip wheel that suits this Python.

    Args:
        folder: where to put the wheel.
        index: a simple repository (PEP 503), without the package's name.

    Returns:
        The wheel; ``python WHEEL/pip`` runs it.

    Raises:
        OSError: the index cannot be read.
        ValueError: the index has no pip for this Python, or the file is not the one promised.
    """
    page = f"{index.rstrip('/')}/pip/"
    with urlopen(page, timeout=30) as answer:
        link = newest_pip(answer.read().decode("utf-8", "replace"))
    url, checksum = urldefrag(urljoin(page, link))
    with urlopen(url, timeout=60) as answer:
        content = answer.read()
    if checksum.startswith("sha256=") and hashlib.sha256(content).hexdigest() != checksum[7:]:
        raise ValueError(f"the file at {url} is damaged: its checksum differs")
    wheel = folder / url.rsplit("/", 1)[1]
    wheel.write_bytes(content)
    return wheel


def newest_pip(page: str, minor: int = sys.version_info[1]) -> str:
    """Return the link of the newest pip wheel on an index page.

    Args:
        page: HTML after PEP 503.
        minor: this Python is 3.``minor``.

    Raises:
        ValueError: no wheel on the page suits.
    """
    links = _Links()
    links.feed(page)
    found = []
    for link in links.found:
        address = link.get("href") or ""
        version = re.search(r"(?:^|/)pip-(\d+(?:\.\d+)*)-py3-none-any\.whl(?:#|$)", address)
        needs = re.search(r">=\s*3\.(\d+)", link.get("data-requires-python") or "")
        if version and "data-yanked" not in link and (not needs or int(needs[1]) <= minor):
            found.append((tuple(int(part) for part in version[1].split(".")), address))
    if not found:
        raise ValueError("the package index offers no pip for this Python")
    return max(found)[1]


class _Links(HTMLParser):
    """Collects the attributes of every link of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[dict[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.found.append(dict(attrs))


# ---- small helpers that start.py needs as well ----------------------------------------------


def run(command: Sequence[str], cwd: Path) -> str:
    """Run a command to its end.

    Returns:
        What it printed.

    Raises:
        SetupError: it failed; holds the last lines it printed.
    """
    try:
        done = subprocess.run(
            command,
            cwd=cwd,
            env={**os.environ, "PIP_USER": "0"},  # a setting no environment can follow
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
    except OSError as error:
        raise SetupError(str(error)) from error
    if done.returncode:
        raise SetupError("\n".join(done.stdout.strip().splitlines()[-12:]) or "It gave no reason.")
    return done.stdout


def succeeds(command: Sequence[str]) -> bool:
    """Tell whether a command ends well."""
    try:
        run(command, Path.cwd())
    except SetupError:
        return False
    return True


def read(file: Path) -> str:
    """Return a file's text, nothing when there is no such file."""
    return file.read_text(encoding="utf-8") if file.is_file() else ""


def say(text: str, end: str = "\n") -> None:
    """Print progress at once, even into a pipe."""
    print(text, end=end, flush=True)


@contextmanager
def timed(text: str) -> Iterator[None]:
    """Announce a step, and say how many seconds it took."""
    say(f"{text} ...", end=" ")
    begin = time.monotonic()
    try:
        yield
    except BaseException:
        say(f"stopped after {time.monotonic() - begin:.1f} s.")
        raise
    say(f"done in {time.monotonic() - begin:.1f} s.")
