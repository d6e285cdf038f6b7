"""Long work in a process of its own, so that the pages of the server go on answering beside it.

One interpreter runs one thread at a time: a server that compares fifty thousand records in a
thread answers no key meanwhile. So large work goes on in a process that opens the same review, as
a command would. The two are joined by pipes: what to do and whether to stop go in, how far it is
and what came of it come out. When the server ends, however that happens, the pipe ends, and the
process with it.
"""

from __future__ import annotations

import logging
import os
import pickle
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, TypeVar

from review.config import ROOT, Config
from review.errors import ProcessLostError, ReviewError
from review.progress import NOBODY, Progress, Watch
from review.protocol.model import Protocol
from review.store import Store
from review.workspace import Workspace, keep_log

logger = logging.getLogger(__name__)

T = TypeVar("T")

LARGE = 1_000
"""Records from which on work is worth a process of its own, which takes a second or two to begin.
"""

NICENESS = 15
"""How much the process gives way to the server, where both want the processor."""

TELL_SECONDS = 0.1
"""Between two words on how far one step is."""

CANCEL_SECONDS = 0.1
"""Between two looks whether the work should stop."""

LAST_SECONDS = 4
"""How long work may take to stop of itself once nobody waits for it."""

_CANCEL = b"c"


@dataclass(frozen=True, slots=True)
class _Task:
    """What the process is to do; ``work`` is a function of a module, found there by its name."""

    config: Config
    protocol: Protocol
    work: Callable[..., Any]
    args: tuple[Any, ...]
    named: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Returned:
    value: Any


@dataclass(frozen=True, slots=True)
class _Raised:
    error: ReviewError


@dataclass(frozen=True, slots=True)
class _Failed:
    """An error that is none of ours; the process has written it to the log file."""

    words: str


class _Ended:
    """The process will say no more."""


def call_if(
    large: bool,
    ws: Workspace,
    work: Callable[..., T],
    *args: Any,
    watch: Watch = NOBODY,
    **named: Any,
) -> T:
    """The same as `call` where the work is large; work that is soon done is done here.

    So is work on a review that is in the memory of this process only.
    """
    if large and (ws.store.file is not None or not ws.store.is_sqlite):
        return call(ws, work, *args, watch=watch, **named)
    return work(ws, *args, watch=watch, **named)


def call(
    ws: Workspace, work: Callable[..., T], *args: Any, watch: Watch = NOBODY, **named: Any
) -> T:
    """Have ``work(ws, *args, watch=watch, **named)`` done by a process of its own, and wait for it.

    Args:
        work: a function of a module; what it takes and returns is plain data.
        watch: told and asked in this process, by the thread that waits.

    Raises:
        ReviewError: as the work does.
        ProcessLostError: the process ended before its work did.
    """
    task = _Task(ws.config, ws.protocol, work, args, named)
    with tempfile.TemporaryFile() as last_words:
        process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=last_words,
            env={**os.environ, "PYTHONPATH": _python_path()},
        )
        try:
            found = _conversation(process, task, watch)
        finally:
            _end(process)
        if isinstance(found, _Returned):
            value: T = found.value
            return value
        if isinstance(found, _Raised):
            raise found.error
        if isinstance(found, _Failed):
            raise RuntimeError(found.words)
        last_words.seek(0)
        logger.error(
            "process of %s ended with %s: %s", work.__name__, process.returncode,
            last_words.read()[-4000:].decode(errors="replace"),
        )  # fmt: skip
        raise ProcessLostError(_lost(process.returncode))


def _python_path() -> str:
    return os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))


def _conversation(process: subprocess.Popen[bytes], task: _Task, watch: Watch) -> object:
    """Say what is to be done and listen; gives the last word."""
    told, heard = process.stdin, process.stdout
    if told is None or heard is None:
        raise RuntimeError("the process has no pipes")
    words: queue.SimpleQueue[object] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(heard, words), daemon=True).start()
    stopping = False
    try:
        pickle.dump(task, told)
        told.flush()
        while True:
            if not stopping and watch.cancelled():
                stopping = True
                told.write(_CANCEL)
                told.flush()
            try:
                word = words.get(timeout=CANCEL_SECONDS)
            except queue.Empty:
                continue
            if not isinstance(word, Progress):
                return word
            watch.tell(word)
    except BrokenPipeError:
        while isinstance(word := words.get(), Progress):
            pass
        return word


def _listen(heard: BinaryIO, words: queue.SimpleQueue[object]) -> None:
    with heard:
        try:
            while True:
                words.put(pickle.load(heard))
        except Exception:  # the end, in the middle of a word perhaps
            words.put(_Ended())


def _end(process: subprocess.Popen[bytes]) -> None:
    """Let the process go, which has come to its end or is not waited for any more."""
    try:
        if process.stdin is not None:
            process.stdin.close()
    except BrokenPipeError:
        pass
    try:
        process.wait(LAST_SECONDS + 5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _lost(code: int | None) -> str:
    how = "ended by itself"
    if code is not None and code < 0:
        how = f"was ended from outside (signal {-code})"
        if -code == getattr(signal, "SIGKILL", 9):
            how += ", as happens when the memory is used up"
    return (
        f"The process that did the work {how}. What it had stored before stays, and the rest was "
        "not begun: start it again. The details are in data/local/review.log."
    )


# --- in the process ----------------------------------------------------------------------------


def _give_way() -> None:
    """Let the server go first wherever both want the processor."""
    if hasattr(os, "SCHED_IDLE"):  # Linux: whoever wakes up takes the processor at once
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    elif hasattr(os, "nice"):
        os.nice(NICENESS)


def main() -> None:
    """Do the one task that comes in by the pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which tells us
    _give_way()
    said = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nobody else may write between our words
    heard = sys.stdin.buffer
    stop = threading.Event()
    task: _Task = pickle.load(heard)
    keep_log(task.config)
    threading.Thread(target=_heed, args=(heard, stop), daemon=True).start()
    _say(said, _result(task, Watch(_Teller(said), stop.is_set)))


def _heed(heard: BinaryIO, stop: threading.Event) -> None:
    """Stop when the server says so or is no more; in that case without further patience too."""
    if heard.read(1):
        stop.set()
        heard.read(1)
    stop.set()
    time.sleep(LAST_SECONDS)
    os._exit(1)  # a transaction that is open is stored not at all


class _Teller:
    """Tells the server how far the work is, now and then and at the end of each step."""

    def __init__(self, said: BinaryIO) -> None:
        self._said, self._step, self._at = said, "", 0.0

    def __call__(self, now: Progress) -> None:
        moment = time.monotonic()
        ended = now.total is not None and now.done >= now.total
        if ended or now.step != self._step or moment - self._at > TELL_SECONDS:
            self._step, self._at = now.step, moment
            _say(self._said, now)


def _say(said: BinaryIO, word: object) -> None:
    try:
        pickle.dump(word, said)
        said.flush()
    except BrokenPipeError:
        pass  # nobody listens any more; `_heed` ends the work


def _result(task: _Task, watch: Watch) -> _Returned | _Raised | _Failed:
    store = None
    try:
        store = Store(task.config.db)
        store.require()
        ws = Workspace(task.config, store, task.protocol)
        return _Returned(task.work(ws, *task.args, watch=watch, **task.named))
    except ReviewError as error:
        return _Raised(error)
    except Exception as error:
        logger.exception("%s failed", task.work.__name__)
        return _Failed(f"{type(error).__name__}: {error}")
    finally:
        if store is not None:
            store.close()


if __name__ == "__main__":
    # Under its own name, as what comes through the pipe is looked up there.
    from review import separate_process

    separate_process.main()
