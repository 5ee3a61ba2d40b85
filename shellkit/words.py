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

#: Before a word that is no option: no argument of a program can have it.
_GUARD = "\0"


class Parser(argparse.ArgumentParser):
    """An ``ArgumentParser`` whose complaints are our errors, with the way to the help.

    ``known`` are its options as they are typed, ``missing`` what to say where a required
    argument is left out.
    """

    known: tuple[str, ...] = ()
    missing: str | None = None

    def error(self, message: str) -> NoReturn:
        """Raise :class:`UsageError` instead of printing and exiting."""
        if self.missing and message.startswith("the following arguments are required"):
            message = self.missing
        self.refuse(message)

    def refuse(self, message: str, fix: str = "") -> NoReturn:
        """Raise :class:`UsageError`, with ``fix`` before the way to the help.

        What looks like an MFA code is not repeated: it may not have been used yet.
        """
        message = re.sub(r"(?<!\d)\d{6}(?!\d)", "******", message)
        message = message.replace(repr(_GUARD)[1:-1], "")
        place = self.prog.removeprefix("shellkit ")  # Which the line begins with already.
        raise UsageError(f"{place}: {message}", f"{fix}see {self.prog} --help")


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
        if argument.required and parser.missing is None:
            parser.missing = f"{argument.name} is missing: one of {', '.join(argument.choices)}"
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
    parser.known += tuple(names)
    if option.is_switch:
        parser.add_argument(*names, action="store_true", help=option.help)
        return
    parser.add_argument(
        *names,
        metavar=option.metavar,
        action="append" if option.repeatable else "store",
        choices=option.choices or None,
        default=[] if option.repeatable else option.default,
        help=option.help.replace("%", "%%") + ("; may be repeated" if option.repeatable else ""),
    )


def parse(parser: Parser, words: Sequence[str]) -> argparse.Namespace | None:
    """The values in ``words``, or ``None`` where they ask for help.

    Raises :class:`UsageError`. Help is found before anything else is checked, so
    that it can be had with half a command line.
    """
    before_end = words[: words.index("--")] if "--" in words else words
    if any(word in ("-h", "--help") for word in before_end):
        return None
    for word in before_end:
        _check_known(parser, word)
    # argparse reads twice where words and options are mixed, and forgets `--` in between.
    after_end = [_guarded(word) for word in words[len(before_end) + 1 :]]
    values, rest = parser.parse_known_intermixed_args([*before_end, *after_end])
    if rest:
        said = " ".join(map(_unguarded, rest))
        parser.refuse(f"too many words: {said}", "a name with blanks needs quotes; ")
    for name, value in vars(values).items():
        if isinstance(value, str):
            setattr(values, name, _unguarded(value))
    return values


def _guarded(word: str) -> str:
    """``word`` as argparse does not take it for an option."""
    return f"{_GUARD}{word}" if word.startswith("-") else word


def _unguarded(word: str) -> str:
    return word.removeprefix(_GUARD)


def _check_known(parser: Parser, word: str) -> None:
    """Refuse an option that does not exist, before its value is taken for something else."""
    name = word.partition("=")[0]
    if not re.fullmatch(r"--?[A-Za-z]\S*", name):
        return
    if name in parser.known or (name[1] != "-" and name[:2] in parser.known):
        return  # -r, and -reu-west-1.
    from shellkit.profiles.near import near

    found = near(name, [known for known in parser.known if known.startswith("--")])
    parser.refuse(f"there is no option {name}", f"near it: {', '.join(found)}; " if found else "")


def parser_for(command: Command) -> Parser:
    """The parser of a subcommand of ``shellkit``."""
    return make_parser(
        f"shellkit {command.name}",
        command.summary,
        command.options,
        command.arguments,
        command.epilog,
    )
