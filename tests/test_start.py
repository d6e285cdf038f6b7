"""One command sets the review up and opens it, on whatever the machine has."""

from __future__ import annotations

import ast
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from review import bootstrap, start
from review.bootstrap import SetupError
from tests.backends import free_port

ROOT = Path(__file__).resolve().parent.parent
SET_UP_FILES = ["review/__init__.py", "review/bootstrap.py", "review/start.py"]


class Machine:
    """Stands in for running programs: notes each command, and fails those that it lacks."""

    def __init__(self) -> None:
        self.commands: list[str] = []
        self.lacks: list[str] = []

    def run(self, command: list[str], cwd: Path) -> str:
        line = " ".join(map(str, command))
        self.commands.append(line)
        if any(part in line for part in self.lacks):
            raise SetupError(f"no {line}")
        return ""

    def installations(self) -> list[str]:
        """What was installed, without the options."""
        lines = [line for line in self.commands if "requirements.txt" in line]
        return [line.split("requirements.txt")[1].strip() for line in lines]


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A machine without uv, where every command succeeds."""
    machine = Machine()
    monkeypatch.setattr(bootstrap, "run", machine.run)
    monkeypatch.setattr(start, "run", machine.run)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    return machine


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project folder with requirements, a dev group and a data folder."""
    (tmp_path / "requirements.txt").write_text("streamlit\n")
    (tmp_path / "pyproject.toml").write_text('[dependency-groups]\ndev = ["pytest"]\n')
    library = tmp_path / "data" / "library"
    library.mkdir(parents=True)
    (library / "papers.csv").write_text("id,title\n")
    (tmp_path / "data" / "protocol.yaml").write_text("question: one\n")
    return tmp_path


# ---- any Python gets an answer ----------------------------------------------------------------


@pytest.mark.parametrize("name", SET_UP_FILES)
def test_an_old_python_can_read_the_files_that_refuse_it(name: str) -> None:
    ast.parse((ROOT / name).read_text(encoding="utf-8"), feature_version=(3, 7))


def test_an_old_python_is_refused_in_plain_words() -> None:
    with pytest.raises(SetupError, match=r"needs Python 3\.11 or newer, and this is Python 3\.9"):
        start.check_python((3, 9))
    start.check_python((3, 11))
    start.check_python((4, 0))


def test_what_goes_wrong_is_told_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert start.main(["--port", str(port)]) == 1
    assert f"Port {port} is in use" in capsys.readouterr().err


# ---- the review -------------------------------------------------------------------------------


def created(project: Path, machine: Machine) -> bool:
    """Whether a start creates the review, on a machine whose program makes the database."""
    machine.commands.clear()
    start.create_review(project, Path("python"))
    if machine.commands:
        (project / "data" / "local" / "review.db").touch()
    return machine.commands == ["python -m review init"]


def test_the_review_is_created_once(project: Path, machine: Machine) -> None:
    assert [created(project, machine) for _ in range(3)] == [True, False, False]


@pytest.mark.parametrize(
    "file", ["data/protocol.yaml", "data/library/papers.csv", "review/coding/suggestion_rules.py"]
)
def test_the_review_is_brought_up_to_date_when_what_it_is_made_from_changes(
    file: str, project: Path, machine: Machine
) -> None:
    assert created(project, machine)
    (project / file).parent.mkdir(parents=True, exist_ok=True)
    (project / file).write_text("changed")
    assert [created(project, machine) for _ in range(2)] == [True, False]


def test_a_deleted_database_is_made_again(project: Path, machine: Machine) -> None:
    assert created(project, machine)
    (project / "data" / "local" / "review.db").unlink()
    assert created(project, machine)


def test_a_database_elsewhere_is_always_asked(
    project: Path, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REVIEW_DB", "postgresql+psycopg://host/review")
    (project / "data" / "local").mkdir()
    assert [created(project, machine) for _ in range(2)] == [True, True]


def test_a_data_folder_elsewhere_is_watched(
    project: Path, machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    shutil.copytree(project / "data", other)
    (other / "local").mkdir()
    (other / "local" / "review.db").touch()
    monkeypatch.setenv("REVIEW_DATA", str(other))
    start.create_review(project, Path("python"))
    start.create_review(project, Path("python"))
    (other / "protocol.yaml").write_text("question: two\n")
    start.create_review(project, Path("python"))
    assert len(machine.commands) == 2


def test_a_review_that_cannot_be_created_is_tried_again(project: Path, machine: Machine) -> None:
    machine.lacks = ["init"]
    with pytest.raises(SetupError):
        start.create_review(project, Path("python"))
    machine.lacks = []
    assert created(project, machine)


# ---- ports and screens ------------------------------------------------------------------------


def test_a_port_in_use_is_passed_over() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert not start.port_is_free(port)
        assert start.free_port(port) > port
        with pytest.raises(SetupError, match="in use"):
            start.free_port(port, tries=1)


@pytest.mark.parametrize("text", ["0", "65536", "-1", "http"])
def test_what_is_no_port_is_refused(
    text: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    with pytest.raises(SystemExit) as end:
        start.main([f"--port={text}"])
    assert end.value.code == 2
    assert "is no port" in capsys.readouterr().err


def test_no_browser_opens_on_a_linux_machine_without_a_screen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    assert not start.has_screen({})
    assert start.has_screen({"WAYLAND_DISPLAY": "wayland-0"})
    monkeypatch.setattr(sys, "platform", "darwin")
    assert start.has_screen({})


# ---- the whole way, with small programs in place of uv, Streamlit, pytest and ours ------------

UV = f"""#!{sys.executable}
import pathlib, sys
venv = pathlib.Path(sys.argv[sys.argv.index("--python") + 1]).parents[1]
packages = next(venv.glob("lib/python*")) / "site-packages"
for name in "streamlit", "pytest":
    (packages / name).mkdir(exist_ok=True)
    (packages / name / "__init__.py").touch()
    (packages / name / "__main__.py").write_text(pathlib.Path(name + ".txt").read_text())
print("installed", *sys.argv[1:], file=open("calls.txt", "a"))
"""
STREAMLIT = """
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/_stcore/health" else 404)
        self.end_headers()
    def log_message(self, *_): pass
port = int(sys.argv[sys.argv.index("--server.port") + 1])
address = sys.argv[sys.argv.index("--server.address") + 1]
http.server.ThreadingHTTPServer((address, port), Handler).serve_forever()
"""
PYTEST = "import os, sys; print('tested', sys.argv[1:], os.getcwd()); sys.exit(5)"
INIT = """
import pathlib
pathlib.Path("data/local").mkdir(exist_ok=True)
pathlib.Path("data/local/review.db").touch()
print("init", file=open("calls.txt", "a"))
print("7 papers are in the review.")
"""


@pytest.fixture
def copy(project: Path) -> Path:
    """A copy of the project on a machine that has uv, all of it small and offline."""
    (project / "review").mkdir()
    for name in SET_UP_FILES:
        shutil.copy(ROOT / name, project / name)
    files = {"review/__main__.py": INIT, "streamlit.txt": STREAMLIT, "pytest.txt": PYTEST}
    for name, text in {**files, "app.py": "", "bin/uv": UV}.items():
        (project / name).parent.mkdir(exist_ok=True)
        (project / name).write_text(text)
    (project / "bin" / "uv").chmod(0o755)
    return project


def command(copy: Path, *words: str) -> subprocess.Popen[str]:
    """Run the start command in a copy."""
    return subprocess.Popen(
        [sys.executable, "-m", "review.start", *words],
        cwd=copy,
        env={**os.environ, "PATH": f"{copy / 'bin'}{os.pathsep}{os.environ['PATH']}", "CI": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        # A shell lets what it runs behind another command ignore Ctrl-C, and so what that starts.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


@contextlib.contextmanager
def started(copy: Path) -> Iterator[tuple[subprocess.Popen[str], list[str], str]]:
    """Start the app: the process, what it has said up to the address, and the address."""
    process = command(copy, "--no-browser")
    try:
        said: list[str] = []
        assert process.stdout is not None
        for line in process.stdout:
            said.append(line)
            if "http://" in line:
                break
        address = next((word for word in "".join(said).split() if word.startswith("http://")), "")
        assert address, "".join(said)
        yield process, said, address
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def calls(copy: Path) -> list[str]:
    """Which programs have run: ``installed`` or ``init``, in order."""
    file = copy / "calls.txt"
    return [line.split()[0] for line in file.read_text().splitlines()] if file.exists() else []


def written(copy: Path, text: str) -> None:
    """Write the ``config.toml`` of a folder."""
    (copy / ".streamlit").mkdir(exist_ok=True)
    (copy / ".streamlit" / "config.toml").write_text(text)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's home folder."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    for name in ("PORT", "ADDRESS", "HEADLESS"):
        monkeypatch.delenv(f"STREAMLIT_SERVER_{name}", raising=False)
    return home


def test_streamlits_settings_are_found_as_streamlit_finds_them(
    project: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert start.streamlit_setting(project, "port") is None
    written(home, "[server]\nport = 9001\nheadless = false\n")
    assert start.set_port(project) == 9001
    written(project, '[server]\nport = 9002\naddress = "0.0.0.0"\n')
    assert start.set_port(project) == 9002
    monkeypatch.setenv("STREAMLIT_SERVER_PORT", "9003")
    assert start.set_port(project) == 9003
    assert start.streamlit_setting(project, "address") == "0.0.0.0"
    assert start.streamlit_setting(project, "headless") == "false"
    monkeypatch.setenv("STREAMLIT_SERVER_HEADLESS", "True")
    assert start.streamlit_setting(project, "headless") == "true"


def test_settings_that_cannot_be_used_are_refused_with_a_sentence(
    project: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(project, "[server\n")
    with pytest.raises(SetupError, match=r"config\.toml cannot be read"):
        start.set_port(project)
    monkeypatch.setenv("STREAMLIT_SERVER_PORT", "http")
    with pytest.raises(SetupError, match=r"server\.port: http is no port"):
        start.set_port(project)


def test_the_app_is_served_where_streamlits_settings_say(
    copy: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = free_port(), free_port()
    written(copy, f'[server]\nport = {first}\naddress = "127.0.0.2"\n')
    with started(copy) as (_, _, address):
        assert address == f"http://127.0.0.2:{first}"
        assert serves(address)
    monkeypatch.setenv("STREAMLIT_SERVER_PORT", str(second))
    monkeypatch.setenv("STREAMLIT_SERVER_ADDRESS", "localhost")
    with started(copy) as (_, _, address):
        assert address == f"http://localhost:{second}"
        assert serves(address)


def test_a_port_of_the_settings_that_is_in_use_is_refused(
    copy: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setenv("STREAMLIT_SERVER_PORT", str(port))
        process = command(copy)
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 1 and f"Port {port} is in use" in output


@pytest.mark.parametrize("headless", [None, "true", "false"])
def test_a_window_opens_only_where_streamlit_was_told_nothing_about_it(
    headless: str | None, project: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if headless is not None:
        monkeypatch.setenv("STREAMLIT_SERVER_HEADLESS", headless)
    opened: list[bool] = []

    def serve(*_: object, browser: bool) -> int:
        opened.append(browser)
        return 0

    monkeypatch.setattr(start, "prepare", lambda root: Path("python"))
    monkeypatch.setattr(start, "create_review", lambda root, python: None)
    monkeypatch.setattr(start, "serve", serve)
    assert start.run_app(project, None, browser=True) == 0
    assert opened == [headless is None]


def serves(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/_stcore/health") as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_one_command_installs_creates_serves_and_stops(number: int, copy: Path) -> None:
    with started(copy) as (process, said, address):
        assert "7 papers are in the review." in "".join(said)
        assert serves(address)
        process.send_signal(number)
        assert process.wait(60) == 0
        assert process.stdout is not None and "The review is stopped." in process.stdout.read()
        assert not serves(address)
    assert calls(copy) == ["installed", "init"]

    with started(copy) as (_, said, address):
        assert serves(address)
        assert len(said) == 1, "a second start says nothing but the address"
    assert calls(copy) == ["installed", "init"]


def test_two_reviews_run_side_by_side(copy: Path) -> None:
    with started(copy) as (_, _, first), started(copy) as (_, _, second):
        assert first != second
        assert serves(first) and serves(second)


def test_packages_that_someone_deleted_are_installed_again(copy: Path) -> None:
    with started(copy):
        pass
    for package in copy.glob(".venv/lib/python*/site-packages/streamlit"):
        shutil.rmtree(package)
    with started(copy) as (_, said, address):
        assert serves(address)
        assert "is damaged" in "".join(said)
    assert calls(copy) == ["installed", "init", "installed"]


def test_an_app_that_ends_at_once_is_reported(copy: Path) -> None:
    (copy / "streamlit.txt").write_text("print('a word of its own'); raise SystemExit(3)")
    output, _ = command(copy).communicate(timeout=60)
    assert "a word of its own" in output
    assert "The app stopped before it could be opened" in output


@pytest.mark.parametrize(
    ("words", "given"),
    [
        (["-q"], ["-m", "not browser and not postgres", "-q"]),
        (["--everything", "-q"], ["-q"]),
        (["-m", "browser"], ["-m", "browser"]),
        (["review/start.py::test_it"], ["review/start.py::test_it"]),
    ],
)
def test_what_needs_a_browser_or_a_database_server_is_tested_where_it_is_asked_for(
    copy: Path, words: list[str], given: list[str]
) -> None:
    output, _ = command(copy, "test", *words).communicate(timeout=60)
    assert f"tested {['-n', 'logical', *given]} {copy}" in output


def test_the_tests_get_their_words_and_give_their_exit_code(copy: Path) -> None:
    process = command(copy, "test", "-k", "not slow", "--maxfail=1")
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 5
    assert f"tested ['-n', 'logical', '-k', 'not slow', '--maxfail=1'] {copy}" in output
    assert "-r" in (copy / "calls.txt").read_text() and calls(copy) == ["installed"]
    assert (copy / "calls.txt").read_text().rstrip().endswith("pytest")
