"""``shellkit mfa add|list|remove|code``: seeds of MFA devices, in the keyring of the system."""

from __future__ import annotations

import os

from shellkit import paths, totp
from shellkit.credentials import seeds
from shellkit.credentials.seeds import Seeds
from shellkit.errors import DeclinedError, PersonNeededError, UsageError
from shellkit.profiles import values as rules
from shellkit.terminal import ask

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from shellkit.rim import Rim
    from shellkit.terminal.prompt import Prompt

#: Characters of stdin that are looked at: more is no seed.
_MOST = 4096

#: Letters of base32 that no serial number has in a row.
_LONG = 26

_WARNING = (
    "This gives up the second factor: the seed will lie beside your keys, and whoever has this "
    "machine unlocked has both."
)


def run(values: argparse.Namespace, rim: Rim) -> int:
    """Do what ACTION says; the exit code."""
    kept = Seeds(paths.state_dir(rim.environ.get, rim.home))
    if values.FROM not in (None, "-"):  # Never quoted: it may well be the seed.
        raise UsageError(
            "a seed is no argument: other programs could read it, and your history would keep it",
            "shellkit mfa add SERIAL asks for it",
        )
    if values.ACTION != "add" and (values.FROM is not None or values.yes):
        raise UsageError("- and --yes are for: shellkit mfa add SERIAL")
    if values.ACTION == "list":
        if values.SERIAL is not None:
            raise UsageError("shellkit mfa list takes no SERIAL")
        serials = kept.serials()
        rim.stdout.write("".join(f"{serial}\n" for serial in serials))
        if not serials and rim.stdout.isatty():
            rim.say("no seed is kept")
        return 0
    if values.SERIAL is None:
        raise UsageError(f"say which device: shellkit mfa {values.ACTION} SERIAL")
    if values.ACTION == "add":
        return _add(values, kept, rim)
    if not kept.has(values.SERIAL):
        raise UsageError(f"no seed of {values.SERIAL} is kept", "shellkit mfa list shows which are")
    if values.ACTION == "remove":
        kept.remove(values.SERIAL)
        rim.say(f"{values.SERIAL}: its seed is no longer in the keyring")
    else:
        rim.stdout.write(totp.code(kept.read(values.SERIAL), rim.clock()) + "\n")
    return 0


def _add(values: argparse.Namespace, kept: Seeds, rim: Rim) -> int:
    serial = _device(values.SERIAL)
    where = seeds.backend()  # Before anything is asked, for which there may be no place.
    seed = _parsed(_piped(rim)) if values.FROM else None
    if seed is None or not values.yes:
        _terminal(rim).close()  # Without one nothing more is said than that.
    rim.say(f"{serial}: its seed goes to the keyring ({where}). {_WARNING}")
    if not values.yes and not _confirmed(rim):
        raise DeclinedError("nothing was kept")
    if seed is None:
        seed = _parsed(_typed(rim))
    kept.write(serial, seed)
    rim.say(f"{serial}: kept; assume asks for no code of it now, and shellkit mfa code prints one")
    return 0


def _device(serial: str) -> str:
    """``serial``, if a device that shows codes can have it. :class:`UsageError`."""
    try:
        rules.validate_code_device(serial)
    except ValueError as error:
        raise UsageError(f"SERIAL: {error}") from error
    if len(serial) >= _LONG and not serial.strip(totp.BASE32 + totp.BASE32.lower()):
        raise UsageError("that looks like a seed, and not like the serial number of a device")
    return serial


def _piped(rim: Rim) -> str:
    if rim.stdin.isatty():
        raise UsageError(
            "- reads the seed from stdin, and that is your terminal, which would show it",
            "leave out the -, and it is asked for unseen; or pipe it in",
        )
    try:
        return rim.stdin.read(_MOST)
    except UnicodeDecodeError:
        raise _no_seed("what stdin has is no text") from None


def _parsed(text: str) -> bytes:
    try:
        return totp.parse_seed(text)
    except ValueError as error:
        raise _no_seed(str(error)) from None


def _no_seed(why: str) -> UsageError:
    return UsageError(
        f"nothing was kept: {why}",
        "the AWS console shows it once, when the device is made, as its secret key",
    )


def _confirmed(rim: Rim) -> bool:
    """Whether the person says so at the terminal itself: stdin may have the seed."""
    tty = _terminal(rim)
    try:
        return ask.confirmed(tty, "Keep it there?")
    finally:
        tty.close()


def _typed(rim: Rim) -> str:
    """The seed, as the person types it."""
    tty = _terminal(rim, echo=False)
    try:
        return tty.ask("The seed, which is not shown as you type: ").strip()
    except EOFError:
        raise DeclinedError("nothing was kept") from None
    finally:
        tty.close()


def _terminal(rim: Rim, *, echo: bool = True) -> Prompt:
    tty = rim.open_tty(echo)
    if tty is None:
        fix = "give the seed on stdin, and the answer: ... | shellkit mfa add SERIAL - --yes"
        if os.name == "nt":
            fix += "; in Git Bash: winpty shellkit mfa add SERIAL"
        raise PersonNeededError("there is no terminal to ask on", fix)
    return tty
