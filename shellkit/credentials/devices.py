"""Which MFA device a chain needs a code of, what the code begins, and what prints it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from shellkit.credentials.chain import CHAINED_MAX, Chain, Command, Mfa
from shellkit.errors import UsageError
from shellkit.profiles import values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from shellkit.profiles.model import Place, Profiles
    from shellkit.request import Request
    from shellkit.settings import Settings


@dataclass(frozen=True)
class Devices:
    """What ``profiles`` and ``settings``, written in ``settings_file``, say of MFA."""

    profiles: Profiles
    settings: Settings
    settings_file: str | None

    def with_device(
        self, request: Request, chain: Chain, label: str, names: tuple[str, ...]
    ) -> Chain:
        """``chain`` with the MFA device that it needs, where it does.

        ``names`` are the profiles from the one asked for to that of the keys. Temporary
        keys are taken as they are: they come from a session that had its code, or cannot
        give one.
        """
        temporary = chain.keys.credentials.session_token is not None
        serial, place = self._device(request, chain, names)
        if serial is None or (temporary and not request.mfa_serial):
            if request.mfa_code:
                raise UsageError(
                    f"{label} has no MFA device that a code could be of",
                    "name it: --mfa-serial, or mfa_serial in the profile",
                )
            return chain
        all_names = (label, *names, serial)
        one_for_all = not temporary and self._one_code_for_all(names, all_names)
        if chain.hops and (chain.hops[0].duration or 0) > CHAINED_MAX:
            one_for_all = False  # A role from an MFA session counts as chained.
        if not chain.hops and (temporary or not (one_for_all or request.mfa_serial)):
            return chain
        session = self.settings.mfa_session_duration
        mfa = Mfa(
            serial,
            label,
            session if one_for_all or not chain.hops else None,
            self._code_command(names, all_names),
            place,
        )
        return replace(chain, mfa=mfa)

    def _device(
        self, request: Request, chain: Chain, names: tuple[str, ...]
    ) -> tuple[str | None, Callable[[], Place]]:
        """The serial number, and what finds the place where it is written.

        That of the option; of the profile whose role is the first to be assumed, as
        botocore has it; of the keys' profile; of a profile later in the chain.
        """
        if request.mfa_serial:
            return request.mfa_serial, _nowhere
        first = [hop.profile for hop in chain.hops[:1] if hop.profile]
        for name in (*first, *reversed(names)):
            profile = self.profiles.get(name)
            serial = values.mfa_serial(profile)
            if serial is not None:
                return serial, partial(profile.where, "mfa_serial")
        return None, _nowhere

    def _one_code_for_all(self, names: tuple[str, ...], all_names: tuple[str, ...]) -> bool:
        for name in names:
            said = values.mfa_session(self.profiles.get(name))
            if said is not None:
                return said
        return self.settings.one_code_for_all(all_names)

    def _code_command(self, names: tuple[str, ...], all_names: tuple[str, ...]) -> Command | None:
        for profile in map(self.profiles.get, names):
            line = profile.get("mfa_process")
            if line:
                return Command(line, partial(profile.where, "mfa_process"))
        line, path = self.settings.code_command(all_names), self.settings_file
        if line is None:
            return None
        return Command(line, lambda: (path, self.settings.code_command_line(path, all_names)))


def _nowhere() -> Place:
    return None, None
