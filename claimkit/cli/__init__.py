"""The ``claimkit`` command: thin faces over public functions; a command is one module here and one line in the table below."""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Sequence
from types import MappingProxyType

import click

from claimkit import __version__
from claimkit.cli.group import LazyGroup
from claimkit.errors import ClaimkitError

# name -> module that holds it, as ``command``; the order is that of ``claimkit --help``.
COMMANDS = MappingProxyType(
    {
        "demo": "claimkit.cli.demo",
        "new": "claimkit.cli.new",
        "validate": "claimkit.cli.validate",
        "schema": "claimkit.cli.schema",
        "repair": "claimkit.cli.repair",
        "agreement": "claimkit.cli.agreement",
        "adjudicate": "claimkit.cli.adjudicate",
        "label-errors": "claimkit.cli.label_errors",
        "suggest": "claimkit.cli.suggest",
        "attribution": "claimkit.cli.attribution",
        "annotate": "claimkit.cli.annotate",
        "items": "claimkit.cli.items",
        "split": "claimkit.cli.split",
        "train": "claimkit.cli.train",
        "predict": "claimkit.cli.predict",
        "match": "claimkit.cli.match",
        "evaluate": "claimkit.cli.evaluate",
        "designs": "claimkit.cli.designs",
        "curve": "claimkit.cli.curve",
        "transfer": "claimkit.cli.transfer",
        "compare": "claimkit.cli.compare",
        "rescore": "claimkit.cli.rescore",
        "benchmark": "claimkit.cli.benchmark",
        "encoder": "claimkit.cli.encoder",
        "data": "claimkit.cli.data",
        "list": "claimkit.cli.registries",
    }
)


@click.group(
    cls=LazyGroup,
    table=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="Every command has an example: claimkit COMMAND --help",
)
@click.version_option(__version__, message="claimkit %(version)s")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.pass_context
def program(context: click.Context, debug: bool) -> None:
    """Stance and claim-tracking datasets: label, validate, train, evaluate, track.

    Data goes to standard output, words and progress to standard error; "-" is the standard input.
    Exit status: 0 done, 1 the data has errors or a check failed, 2 wrong usage, 3 a missing extra.
    """
    context.obj = {"debug": debug}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the program and leave with its exit status; an expected error becomes one sentence on standard error."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given
    if debug:  # allowed anywhere, since it is added to a line that has just failed
        given.remove("--debug")
    _use_utf8()
    try:
        try:
            # what a command exits with comes back as a number
            status = program.main(given, prog_name="claimkit", standalone_mode=False)
        except SystemExit as end:  # a command whose check failed, or click, when nobody reads on
            status = end.code
        sys.stdout.flush()
    except click.ClickException as error:
        _stop(error, debug, error.exit_code)
    except ClaimkitError as error:
        _stop(error, debug, error.exit_status)
    except (KeyboardInterrupt, click.Abort) as error:
        _stop(click.ClickException("stopped; nothing was written by halves"), debug, 128 + signal.SIGINT, error)
    except BrokenPipeError:  # whoever reads the output has enough
        _drop_output()
        sys.exit(1)
    except OSError as error:
        _stop(click.ClickException(_refusal(error)), debug, 1, error)
    else:
        sys.exit(status if isinstance(status, int) else 0)


def _use_utf8() -> None:
    """Write UTF-8 to files and pipes in every locale, and to a terminal what it can show."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        if sys.stdout.isatty():
            sys.stdout.reconfigure(errors="replace")
        else:
            sys.stdout.reconfigure(encoding="utf-8", errors="surrogateescape")


def _refusal(error: OSError) -> str:
    """Return what the system refused, in a sentence; only what is printed is written without a name."""
    where = "the standard output cannot be written" if error.filename is None else os.fsdecode(error.filename)
    return f"{where}: {(error.strerror or str(error)).lower()}"


def _drop_output() -> None:
    """Write what was printed, or give it up where it cannot be written, so that the end of the program does not try again."""
    try:
        sys.stdout.flush()
    except OSError:
        with open(os.devnull, "wb") as nothing:  # noqa: PTH123 - no path of anybody's
            os.dup2(nothing.fileno(), sys.stdout.fileno())


def _stop(error: Exception, debug: bool, status: int, cause: BaseException | None = None) -> None:
    if debug:
        raise cause or error
    _drop_output()
    if isinstance(error, click.UsageError):
        error.show()
    elif isinstance(error, click.ClickException):
        click.echo(f"claimkit: {error.format_message()}", err=True)
    else:
        click.echo(f"claimkit: {error}", err=True)
    sys.exit(status)
