"""Calls side by side, each in a process of its own: its memory is its own, and what ends it ends nothing else."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from claimkit.errors import ClaimkitError

Call = tuple[Any, ...]


def run_apart(function: Callable[..., None], calls: Sequence[Call], workers: int) -> Iterator[tuple[int, str | None]]:
    """Call a function with each tuple of arguments, and yield the place of each call as it ends.

    Parameters
    ----------
    function : callable
        Of a module, so that another process can import it.
    calls : sequence of tuple
        Their arguments, which can be pickled.
    workers : int
        Processes at a time, at least 1.

    Yields
    ------
    int
        Place in ``calls``.
    str or None
        Why the call did not end well, in a sentence; ``None`` when it did.

    Notes
    -----
    Ctrl-C, and whatever else ends the iteration, begins no further call; each process that is at work is interrupted once, so that
    it may leave a checkpoint, and waited for. Ctrl-C once more interrupts it again. When this process is killed, they end, too.
    """
    running = _Running()
    pool = ThreadPoolExecutor(workers)
    try:
        places = {pool.submit(running.call, function, call): place for place, call in enumerate(calls)}
        for future in as_completed(places):
            yield places[future], future.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        running.stop()
        while True:
            try:
                pool.shutdown(wait=True)
                break
            except KeyboardInterrupt:
                running.stop()


class _Running:
    """The processes that are at work."""

    def __init__(self) -> None:
        self._processes: set[BaseProcess] = set()
        self._is_stopped = False
        self._lock = threading.Lock()

    def call(self, function: Callable[..., None], call: Call) -> str | None:
        """Call in a new process, and return why that did not end well."""
        context = multiprocessing.get_context("spawn")
        receiver, sender = context.Pipe(duplex=False)
        process = context.Process(target=_child, args=(sender, function, call))
        with self._lock:
            if self._is_stopped:
                return "stopped"
            _hold_interrupts()  # a new process inherits that, so that it is not interrupted while it imports
            process.start()
            self._processes.add(process)
        sender.close()
        try:
            reason: str | None = receiver.recv()
        except EOFError:
            process.join()
            reason = _ended_by(process.exitcode)
        process.join()
        with self._lock:
            self._processes.discard(process)
        return reason

    def stop(self) -> None:
        """Begin no further process, and interrupt those at work."""
        with self._lock:
            self._is_stopped = True
            for process in self._processes:
                if process.pid is not None and process.is_alive():
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(process.pid, signal.SIGINT)


def _child(sender: Connection, function: Callable[..., None], call: Call) -> None:
    if hasattr(os, "setpgrp"):
        os.setpgrp()  # Ctrl-C of the terminal goes to the caller alone, who passes it on once
    threading.Thread(target=_end_with_caller, daemon=True).start()
    try:
        _hold_interrupts(False)
        function(*call)
        reason = None
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
    except ClaimkitError as error:
        reason = str(error)
    except MemoryError:
        reason = "the memory of this machine was not enough; run with --workers 1, or on a larger one"
    except Exception as error:  # whatever a library raises ends this run, and not the others
        reason = f"{type(error).__name__}: {str(error).strip().partition(chr(10))[0]}"
    sender.send(reason)


def _hold_interrupts(is_held: bool = True) -> None:
    """Let interrupts wait in this thread, or take those that waited."""
    if hasattr(signal, "pthread_sigmask"):
        resource_tracker.ensure_running()  # the first process would start it, which lets interrupts through again
        signal.pthread_sigmask(signal.SIG_BLOCK if is_held else signal.SIG_UNBLOCK, {signal.SIGINT})


def _end_with_caller() -> None:
    caller = multiprocessing.parent_process()
    if caller is not None:
        wait([caller.sentinel])
        os._exit(1)


def _ended_by(status: int | None) -> str:
    if status is not None and status < 0:
        name = signal.Signals(-status).name
        return f"its process was ended from outside ({name}), perhaps for want of memory; run with --workers 1"
    return f"its process ended before its work was done (status {status})"
