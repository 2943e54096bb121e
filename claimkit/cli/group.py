"""A click group whose commands are imported when they are asked for."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

import click

from claimkit.errors import suggest


class LazyGroup(click.Group):
    """A group over a table ``name -> module``; each module holds its command as ``command``.

    Parameters
    ----------
    table : mapping of str to str
        In the order in which ``--help`` lists the commands.
    """

    def __init__(self, *args: Any, table: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.table = table

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the table."""
        return list(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command."""
        module = self.table.get(cmd_name)
        if module is None:
            return None
        command: click.Command = importlib.import_module(module).command
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """Name a near miss where there is no such command."""
        if args and args[0] not in self.table and not args[0].startswith("-"):
            near = suggest(args[0], self.table)
            ctx.fail(f"no command is named '{args[0]}'; {near or 'claimkit --help lists them'}")
        return super().resolve_command(ctx, args)
