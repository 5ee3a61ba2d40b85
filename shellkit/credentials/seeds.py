"""Seeds of MFA devices in the keyring of the system, for those who choose to keep them there.

Which devices have one is noted in a small file, so that nobody waits for a keyring, or needs
the library for it, who has no seed there. The seeds themselves are in no file of ours.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from shellkit import files, totp
from shellkit.credentials import locks
from shellkit.errors import ConfigError, PersonNeededError, ShellkitError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import TypeVar

    Answer = TypeVar("Answer")

#: The name under which keyrings list the entries; the device's serial number is the user.
SERVICE = "shellkit MFA seed"

#: Seconds that a keyring has: a person may have to unlock it. Some never answer.
TIMEOUT = 60

_HEADER = "shellkit-seeds 1"


@dataclass(frozen=True)
class Seeds:
    """The seeds of one user; ``state`` is the state directory, where they are noted."""

    state: str

    def serials(self) -> list[str]:
        """The devices that have a seed, as the note says."""
        lines = (files.read_text(self._path) or "").split("\n")
        return lines[1:-1] if lines[0] == _HEADER and lines[-1] == "" else []

    def has(self, serial: str) -> bool:
        """Whether the device has one."""
        return serial in self.serials()

    def read(self, serial: str) -> bytes:
        """The seed of ``serial``. :class:`ShellkitError` where the keyring does not give it."""
        text = _asked(lambda keyring: keyring.get_password(SERVICE, serial))
        if text is None:
            raise ConfigError(
                f"the keyring has no seed of {serial}", f"keep it again: shellkit mfa add {serial}"
            )
        try:
            return totp.parse_seed(text)
        except ValueError:
            raise ConfigError(
                f"what the keyring has for {serial} is no seed",
                f"keep it again: shellkit mfa add {serial}",
            ) from None

    def write(self, serial: str, seed: bytes) -> None:
        """Keep ``seed``, and note that it is there. :class:`ShellkitError` where that fails."""
        text = totp.canonical(seed)
        _asked(lambda keyring: keyring.set_password(SERVICE, serial, text))
        if _asked(lambda keyring: keyring.get_password(SERVICE, serial)) != text:
            raise ConfigError("the keyring took the seed and does not give it back", _NO_BACKEND)
        self._note(serial, kept=True)

    def remove(self, serial: str) -> None:
        """Forget the seed. The note goes first: it is not used again, whatever happens."""
        self._note(serial, kept=False)

        def delete(keyring: ModuleType) -> None:
            if keyring.get_password(SERVICE, serial) is not None:
                keyring.delete_password(SERVICE, serial)

        _asked(delete)

    def _note(self, serial: str, *, kept: bool) -> None:
        """Note whether there is a seed of ``serial``, beside what other shells note meanwhile."""
        try:
            with locks.for_request(self.state, "noting-seeds", lambda: None):
                others = [each for each in self.serials() if each != serial]
                lines = [_HEADER, *others, *([serial] if kept else []), ""]
                files.write_private(self._path, "\n".join(lines))
        except OSError as error:
            raise ShellkitError(
                f"cannot note which devices have a seed: {error.strerror}: {error.filename}"
            ) from error

    @property
    def _path(self) -> str:
        return os.path.join(self.state, "seeds")


def backend() -> str:
    """The name of the keyring that is used, for people. :class:`ShellkitError` if there is none."""

    def name(keyring: ModuleType) -> str:
        found = keyring.get_keyring()
        kind = type(found)
        if kind.__module__ in ("keyring.backends.fail", "keyring.backends.null"):
            raise ConfigError("there is no keyring on this machine", _NO_BACKEND)
        clear = "plaintext" in kind.__name__.lower()
        text = f"{getattr(found, 'name', '') or kind.__name__}"
        return f"{text}, a file in clear text" if clear else text

    return _asked(name)


_NO_BACKEND = (
    "it wants Keychain (macOS), Credential Manager (Windows), or a Secret Service such as GNOME "
    "Keyring or KWallet that is running; `keyring diagnose` and PYTHON_KEYRING_BACKEND say more"
)


def _asked(ask: Callable[[ModuleType], Answer]) -> Answer:
    """What ``ask`` gets of the keyring library; everything that fails in it as our error.

    Its own words are not shown: they are those of a dozen backends, and may quote anything.
    """
    import threading

    answers: list[Answer] = []
    faults: list[Exception] = []

    def work() -> None:
        try:
            answers.append(ask(_library()))
        except Exception as error:
            faults.append(error)

    # A thread, because a keyring that waits for a dialogue nobody sees would never answer.
    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    worker.join(TIMEOUT)
    if faults:
        raise _our_error(faults[0]) from faults[0]
    if not answers:
        raise PersonNeededError(
            f"the keyring did not answer within {TIMEOUT} seconds", "unlock it, and try again"
        )
    return answers[0]


def _library() -> ModuleType:
    try:
        import keyring
    except ImportError as error:
        if error.name == "keyring":
            raise ConfigError(
                "seeds are kept with the library keyring, which is not installed",
                "install it beside shellkit: pipx inject shellkit keyring; or, from the clone, "
                "uv tool install '.[keyring]' or pip install '.[keyring]'",
            ) from None
        raise
    return keyring


def _our_error(error: Exception) -> ShellkitError:
    if isinstance(error, ShellkitError):
        return error
    kinds = {kind.__name__ for kind in type(error).__mro__}
    if "KeyringLocked" in kinds:
        return PersonNeededError("the keyring is locked", "unlock it, and try again")
    if "NoKeyringError" in kinds:
        return ConfigError("there is no keyring on this machine", _NO_BACKEND)
    return ConfigError(
        f"the keyring failed ({type(error).__name__})",
        "try it by hand: keyring diagnose; PYTHON_KEYRING_BACKEND names another one",
    )
