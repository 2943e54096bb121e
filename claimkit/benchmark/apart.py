"""Calls side by side, each in a process of its own: its memory is its own, and what ends it ends nothing else."""

from __future__ import annotations

import multiprocessing
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from multiprocessing.connection import Connection
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
    """
    pool = ThreadPoolExecutor(workers)
    try:
        places = {pool.submit(_apart, function, call): place for place, call in enumerate(calls)}
        for future in as_completed(places):
            yield places[future], future.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)  # after Ctrl-C, too, which the processes get themselves


def _apart(function: Callable[..., None], call: Call) -> str | None:
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_child, args=(sender, function, call))
    process.start()
    sender.close()
    try:
        reason: str | None = receiver.recv()
    except EOFError:
        process.join()
        return _ended_by(process.exitcode)
    process.join()
    return reason


def _child(sender: Connection, function: Callable[..., None], call: Call) -> None:
    try:
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


def _ended_by(status: int | None) -> str:
    if status is not None and status < 0:
        name = signal.Signals(-status).name
        return f"its process was ended from outside ({name}), perhaps for want of memory; run with --workers 1"
    return f"its process ended before its work was done (status {status})"
