"""The parser, made from the table in :mod:`shellkit.options`; argparse does the work."""

from __future__ import annotations

import argparse
import re

from shellkit.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import NoReturn

    from shellkit.options import Argument, Command, Option


#: Columns of ``--help``.
_WIDTH = 90


class Parser(argparse.ArgumentParser):
    """An ``ArgumentParser`` whose complaints are our errors, with the way to the help."""

    def error(self, message: str) -> NoReturn:
        """Raise :class:`UsageError` instead of printing and exiting.

        What looks like an MFA code is not repeated: it may not have been used yet.
        """
        message = re.sub(r"(?<!\d)\d{6}(?!\d)", "******", message)
        raise UsageError(f"{self.prog}: {message}", f"see {self.prog} --help")


class _Help(argparse.RawDescriptionHelpFormatter):
    """Help of one width everywhere: to ask for the terminal's, argparse imports a lot."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=_WIDTH)


def make_parser(
    prog: str,
    summary: str,
    options: Iterable[Option],
    arguments: Iterable[Argument] = (),
    epilog: str = "",
) -> Parser:
    """A parser for these options and arguments; ``--help`` is a switch like the others."""
    parser = Parser(
        prog=prog,
        description=summary[:1].upper() + summary[1:] + ".",
        epilog=epilog or None,
        add_help=False,
        allow_abbrev=False,
        formatter_class=_Help,
    )
    for argument in arguments:
        parser.add_argument(
            argument.name,
            nargs=None if argument.required else "?",
            choices=argument.choices or None,
            help=argument.help,
        )
    for option in options:
        _add(parser, option)
    return parser


def _add(parser: Parser, option: Option) -> None:
    names = [f"-{option.letter}"] if option.letter else []
    names.append(f"--{option.name}")
    if option.is_switch:
        parser.add_argument(*names, action="store_true", help=option.help)
        return
    parser.add_argument(
        *names,
        metavar=option.metavar,
        action="append" if option.repeatable else "store",
        choices=option.choices or None,
        default=[] if option.repeatable else option.default,
        help=option.help.replace("%", "%%"),
    )


def parse(parser: Parser, words: Sequence[str]) -> argparse.Namespace | None:
    """The values in ``words``, or ``None`` where they ask for help.

    Raises :class:`UsageError`. Help is found before anything else is checked, so
    that it can be had with half a command line.
    """
    before_end = words[: words.index("--")] if "--" in words else words
    if any(word in ("-h", "--help") for word in before_end):
        return None
    return parser.parse_intermixed_args(list(words))


def parser_for(command: Command) -> Parser:
    """The parser of a subcommand of ``shellkit``."""
    return make_parser(
        f"shellkit {command.name}",
        command.summary,
        command.options,
        command.arguments,
        command.epilog,
    )
