"""The environment that the first start makes: what is installed, by what, and when again."""

from __future__ import annotations

import hashlib
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from review import bootstrap
from review.bootstrap import SetupError
from tests.backends import free_port
from tests.test_start import Machine, machine, project

__all__ = ["machine", "project"]


def test_a_second_start_runs_no_program(project: Path, machine: Machine) -> None:
    python = bootstrap.prepare(project)
    assert machine.installations() == [""]
    machine.commands.clear()
    assert bootstrap.prepare(project) == python
    assert machine.commands == []


def test_changed_requirements_are_installed(project: Path, machine: Machine) -> None:
    bootstrap.prepare(project)
    (project / "requirements.txt").write_text("streamlit\npandas\n")
    bootstrap.prepare(project)
    assert len(machine.installations()) == 2


def test_another_python_is_noticed(
    project: Path, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    bootstrap.prepare(project)
    monkeypatch.setattr(sys, "version_info", (3, 99, 0, "final", 0))
    bootstrap.prepare(project)
    assert len(machine.installations()) == 2


def test_the_tests_add_the_dev_group_and_the_app_then_needs_nothing(
    project: Path, machine: Machine
) -> None:
    bootstrap.prepare(project, tests=True)
    bootstrap.prepare(project, tests=True)
    bootstrap.prepare(project)
    assert machine.installations() == ["pytest"]


def test_the_app_alone_is_not_enough_for_the_tests(project: Path, machine: Machine) -> None:
    bootstrap.prepare(project)
    bootstrap.prepare(project, tests=True)
    assert machine.installations() == ["", "pytest"]


def test_a_whole_environment_made_by_hand_is_kept(project: Path, machine: Machine) -> None:
    bootstrap.make(project / ".venv")
    mine = project / ".venv" / "mine"
    mine.touch()
    bootstrap.prepare(project)
    assert mine.exists()


@pytest.mark.parametrize("harm", ["no python", "a file", "killed while installing", "empty"])
def test_a_broken_environment_is_made_again(harm: str, project: Path, machine: Machine) -> None:
    venv = project / ".venv"
    if harm == "a file":
        venv.touch()
    elif harm == "empty":
        venv.mkdir()
    else:
        bootstrap.make(venv)
        (venv / "rubbish").touch()
        if harm == "no python":
            bootstrap.venv_python(venv).unlink()
        else:
            (venv / ".unfinished").touch()
    bootstrap.prepare(project)
    assert bootstrap.venv_python(venv).exists()
    assert not (venv / "rubbish").exists()
    assert not (venv / ".unfinished").exists()


def test_an_interrupted_installation_leaves_its_mark(
    project: Path, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(bootstrap, "install", interrupt)
    with pytest.raises(KeyboardInterrupt):
        bootstrap.prepare(project)
    assert (project / ".venv" / ".unfinished").exists()


def test_a_failed_installation_is_not_taken_for_a_good_one(project: Path, machine: Machine) -> None:
    machine.lacks = ["requirements.txt"]
    with pytest.raises(SetupError, match="could not install the packages"):
        bootstrap.prepare(project)
    machine.lacks = []
    bootstrap.prepare(project)
    assert len(machine.installations()) == 2


def ways(venv: Path) -> list[str]:
    """The first words of each way to install, with the paths of this test left out."""
    found = [" ".join(command) for _, command in bootstrap.installers(venv)]
    names = {str(bootstrap.venv_python(venv)): "VENV", sys.executable: "HOST", str(venv): "."}
    for path, name in names.items():
        found = [line.replace(path, name) for line in found]
    return [line.split(" --quiet")[0] for line in found]


def test_pip_of_the_environment_comes_first(tmp_path: Path, machine: Machine) -> None:
    assert ways(tmp_path) == ["VENV -m pip install"]
    assert not any("-Im ensurepip" in line for line in machine.commands)


def test_uv_is_used_where_it_is_and_pip_after_it(
    tmp_path: Path, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: f"/bin/{name}")
    assert ways(tmp_path) == ["/bin/uv pip install", "VENV -m pip install"]


def test_pip_is_put_there_when_the_environment_has_none(tmp_path: Path, machine: Machine) -> None:
    machine.lacks = ["-m pip --version"]
    assert ways(tmp_path) == ["VENV -m pip install"]
    assert any("-Im ensurepip" in line for line in machine.commands)


def test_without_ensurepip_the_hosts_pip_installs(tmp_path: Path, machine: Machine) -> None:
    machine.lacks = ["-m pip --version", "-Im ensurepip"]
    assert ways(tmp_path) == ["HOST -m pip --python VENV install"]


def test_without_any_pip_it_is_fetched(
    tmp_path: Path, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.lacks = ["-m pip", "-Im ensurepip"]
    monkeypatch.setenv("PIP_INDEX_URL", "https://index.example/simple")
    monkeypatch.setattr(bootstrap, "fetch_pip", lambda folder, index: Path(f"{index}.whl"))
    assert ways(tmp_path) == [f"VENV {Path('https://index.example/simple.whl')}/pip install"]


def test_where_nothing_helps_the_message_says_what_will(
    tmp_path: Path, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.lacks = ["-m pip", "-Im ensurepip"]
    monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{free_port()}")
    with pytest.raises(SetupError, match="apt install python3-venv"):
        ways(tmp_path)


def test_when_uv_fails_pip_installs(
    project: Path, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: f"/bin/{name}")
    machine.lacks = ["/bin/uv"]
    bootstrap.prepare(project)
    assert len(machine.installations()) == 2
    assert machine.commands[-1].startswith(str(bootstrap.venv_python(project / ".venv")))


INDEX = """<!DOCTYPE html><html><body>
<a href="../../files/pip-9.0.3-py2.py3-none-any.whl#sha256=0">pip 9</a>
<a href="../../files/pip-25.9-py3-none-any.whl#sha256=1" data-requires-python="&gt;=3.9">25.9</a>
<a href="../../files/pip-25.10-py3-none-any.whl#sha256=2" data-requires-python="&gt;=3.9">25.10</a>
<a href="../../files/pip-25.10.tar.gz#sha256=3">source</a>
<a href="../../files/pip-26.0b1-py3-none-any.whl#sha256=4">beta</a>
<a href="../../files/pip-27.0-py3-none-any.whl#sha256=5" data-requires-python="&gt;=3.12">27</a>
<a href="../../files/pip-28.0-py3-none-any.whl#sha256=6" data-yanked="oops">28</a>
</body></html>"""


def test_the_newest_pip_that_suits_is_chosen() -> None:
    assert "pip-25.10-py3" in bootstrap.newest_pip(INDEX, minor=11)
    assert "pip-27.0-py3" in bootstrap.newest_pip(INDEX, minor=12)
    with pytest.raises(ValueError, match="no pip for this Python"):
        bootstrap.newest_pip(INDEX, minor=8)


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Callable[[bytes, str], str]]:
    """Serve an index with one pip: ``index(content, sha256) -> address``."""
    folder = tmp_path / "index"
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def serve(content: bytes, checksum: str) -> str:
        page = folder / "simple" / "pip" / "index.html"
        page.parent.mkdir(parents=True)
        page.write_text(f'<a href="../../f/pip-25.0-py3-none-any.whl#sha256={checksum}">pip</a>')
        (folder / "f").mkdir()
        (folder / "f" / "pip-25.0-py3-none-any.whl").write_bytes(content)
        return f"http://127.0.0.1:{server.server_port}/simple/"

    yield serve
    server.shutdown()
    server.server_close()


def test_pip_is_fetched_and_checked(index: Callable[[bytes, str], str], tmp_path: Path) -> None:
    address = index(b"wheel", hashlib.sha256(b"wheel").hexdigest())
    wheel = bootstrap.fetch_pip(tmp_path, address)
    assert (wheel.name, wheel.read_bytes()) == ("pip-25.0-py3-none-any.whl", b"wheel")


def test_a_damaged_pip_is_refused(index: Callable[[bytes, str], str], tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="checksum differs"):
        bootstrap.fetch_pip(tmp_path, index(b"other", hashlib.sha256(b"wheel").hexdigest()))
    assert not list(tmp_path.glob("*.whl"))
