"""From a request to whom it means: the chain of roles, and what the shell will show.

Pure: profiles and the base environment come in, nothing is asked of a network.
The rules by which a profile finds its credentials are botocore's
(``botocore.credentials.AssumeRoleProvider``, ``ProfileProviderBuilder``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from shellkit.credentials import partitions, sources
from shellkit.credentials.chain import Chain, Hop, Keys, limit_duration
from shellkit.credentials.devices import Devices
from shellkit.credentials.regions import Regions
from shellkit.errors import ConfigError, UnknownProfileError, UsageError
from shellkit.profiles import values
from shellkit.shells.base import COMMAND
from shellkit.switch import Identity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shellkit.credentials.session import Credentials
    from shellkit.environment import BaseEnvironment
    from shellkit.profiles.model import Profile, Profiles
    from shellkit.request import Request
    from shellkit.settings import Settings

#: Options that say how the last role is to be assumed.
_ROLE_OPTIONS = (
    ("duration", "--duration"),
    ("session_name", "--session-name"),
    ("external_id", "--external-id"),
    ("source_identity", "--source-identity"),
    ("tags", "--tag"),
    ("transitive_tags", "--transitive-tag"),
    ("policy", "--policy"),
    ("policy_arns", "--policy-arn"),
)


@dataclass(frozen=True)
class Target:
    """Whom a request means. ``chain`` is ``None`` in mode ``profile``: nothing is assumed."""

    label: str
    region: str
    mode: str
    chain: Chain | None
    notes: tuple[str, ...] = ()

    def identity(self, credentials: Credentials | None) -> Identity:
        """Whom ``credentials``, which the chain came to, make us."""
        role = self.chain.hops[-1].role_name if self.chain and self.chain.hops else None
        account = credentials.account_id if credentials else None
        return Identity(self.label, self.region, account, role, self.mode)


@dataclass(frozen=True)
class Resolver:
    """Resolves requests against ``profiles`` and the ``base`` environment.

    ``active`` are the keys of the active role, for ``--chain``, and ``active_region`` its
    region; ``user`` is the login name, for the names of sessions. For errors: ``settings_file``
    is where ``settings`` are written, ``command`` the name of the function that was called.
    """

    profiles: Profiles
    base: BaseEnvironment
    settings: Settings
    active: Keys | None = None
    user: str = ""
    active_region: str | None = None
    settings_file: str | None = None
    command: str = COMMAND

    def resolve(self, request: Request) -> Target:
        """Whom ``request`` means.

        Raises :class:`UsageError` where its words do not fit together, and
        :class:`ConfigError` where a profile is at fault.
        """
        target = request.target or ""
        mode = request.mode or self.settings.mode
        if target in self.profiles:
            return self._named(request, self.profiles.get(target), mode)
        role_arn = self._role_arn(request)
        if role_arn is None:
            raise self._unknown(target)
        if mode == "profile" and request.mode:
            raise UsageError(
                "mode profile needs a profile: a role named by its ARN has none",
                "add one to your AWS config file, or leave out --mode profile",
            )
        return self._ad_hoc(request, role_arn)

    # A profile's own name

    def _named(self, request: Request, profile: Profile, mode: str) -> Target:
        if mode == "profile":
            return self._by_profile(request, profile)
        if not sources.has_role(profile):
            self._refuse_role_options(request, profile.name)
        if request.source or request.chain:
            keys, before, names = self._source(request)
            hops, names = (*before, self._hop(profile)), (profile.name, *names)
        else:
            keys, hops, names = self._walk(profile)
        chain = self._chain(request, keys, hops, profile.name)
        chain = self._devices().with_device(request, chain, profile.name, names)
        region = self.regions(request).settled(profile, chain.hops)
        return Target(profile.name, region, "env", chain, chain.notes)

    def _by_profile(self, request: Request, profile: Profile) -> Target:
        given = [word for name, word in _ROLE_OPTIONS if getattr(request, name)]
        given += [word for word in ("--source", "--chain") if getattr(request, word[2:])]
        given += ["--mfa-serial"] if request.mfa_serial else []
        given += ["--mfa-code"] if request.mfa_code else []
        if given:
            raise UsageError(
                f"mode profile only names the profile to AWS tools: {given[0]} has no meaning there"
            )
        region = self.regions(request).settled(profile, ())
        return Target(profile.name, region, "profile", None)

    def _walk(self, profile: Profile) -> tuple[Keys, tuple[Hop, ...], tuple[str, ...]]:
        """The keys that ``profile`` starts from, and the roles from there to it.

        Also the names of the profiles on the way, from ``profile`` to that of the keys.
        """
        hops: list[Hop] = []
        visited = [profile.name]
        while sources.has_role(profile):
            hop = self._hop(profile)
            source = sources.source_profile(self.profiles, profile, visited, self.command)
            hops.insert(0, replace(hop, source=source.name))
            visited.append(source.name)
            profile = source
            # In a source profile static keys beat the role; in the one asked for, the role does.
            if sources.has_any_static_key(profile):
                break
        keys = sources.keys_of(self.profiles, profile, visited, self.command)
        return keys, tuple(hops), tuple(visited)

    def _hop(self, profile: Profile) -> Hop:
        role_arn = values.role_arn(profile)
        if partitions.of_arn(role_arn) not in partitions.NAMES:
            file, line = profile.where("role_arn")
            raise ConfigError(*_unknown_partition(role_arn), file=file, line=line, key="role_arn")
        return Hop(
            role_arn,
            profile=profile.name,
            session_name=values.role_session_name(profile),
            external_id=values.external_id(profile),
            duration=values.duration_seconds(profile),
            mfa_serial=values.mfa_serial(profile),
        )

    # A role named by its ARN

    def _role_arn(self, request: Request) -> str | None:
        target = request.target or ""
        if target.startswith("arn:"):
            try:
                values.validate_role_arn(target)
            except ValueError as error:
                raise UsageError(f"{target}: {error}") from error
            if partitions.of_arn(target) not in partitions.NAMES:
                raise UsageError(*_unknown_partition(target))
            return target
        account, colon, role = target.partition(":")
        if (
            not colon
            or not role
            or not (len(account) == 12 and account.isascii() and account.isdigit())
        ):
            return None
        partition = partitions.of_region(request.region or self._base_region() or "us-east-1")
        return f"arn:{partition}:iam::{account}:role/{role}"

    def _ad_hoc(self, request: Request, role_arn: str) -> Target:
        keys, hops, names = self._source(request)
        source = self._settings_profile(request)
        hop = Hop(role_arn)
        chain = self._chain(request, keys, (*hops, hop), source.name if source else None)
        chain = self._devices().with_device(request, chain, hop.short, names)
        region = self.regions(request).of_others(source, chain.hops)
        return Target(hop.short, region, "env", chain, chain.notes)

    def _source(self, request: Request) -> tuple[Keys, tuple[Hop, ...], tuple[str, ...]]:
        """Where an ad hoc role starts: the active role, ``--source``, or the base credentials.

        As :meth:`_walk` gives it.
        """
        if request.chain and request.source:
            raise UsageError("--chain and --source each name a start: give only one of them")
        if request.chain:
            if self.active is None:
                raise UsageError(
                    "--chain needs an active role, and there is none", "assume one first"
                )
            return self.active, (), ()
        if request.source:
            if request.source not in self.profiles:
                raise self._unknown(request.source)
            return self._walk(self.profiles.get(request.source))
        keys = sources.environment_keys(self.base)
        if keys is not None:
            return keys, (), ()
        return self._walk(self._base_profile())

    def _base_profile(self) -> Profile:
        name = self._base_profile_name()
        if name in self.profiles and not self._is_bare_default(name):
            return self.profiles.get(name)
        if name == "default":
            raise ConfigError(
                "there are no base credentials to assume this role with",
                "name a profile that has some: --source PROFILE, or AWS_PROFILE before "
                "the first assume",
            )
        raise ConfigError(f"AWS_PROFILE names the profile {name}, which does not exist")

    def _is_bare_default(self, name: str) -> bool:
        """Whether it is ``[default]`` with settings only: nobody asked for that one."""
        keys = set(self.profiles.get(name).values)
        return name == "default" and keys <= {"region", "output", "cli_pager"}

    def _base_profile_name(self) -> str:
        return self.base.get("AWS_PROFILE") or self.base.get("AWS_DEFAULT_PROFILE") or "default"

    def _settings_profile(self, request: Request) -> Profile | None:
        name = request.source or self._base_profile_name()
        return self.profiles.get(name) if name in self.profiles else None

    # What both have in common

    def _chain(
        self, request: Request, keys: Keys, hops: tuple[Hop, ...], settings_profile: str | None
    ) -> Chain:
        if hops:
            hops = (*hops[:-1], _with_options(hops[-1], request))
        limited, notes = [], []
        for index, hop in enumerate(hops):
            chained = index > 0 or keys.credentials.session_token is not None
            shorter, note = limit_duration(hop, chained=chained)
            limited.append(shorter)
            notes += [note] if note else []
        return Chain(
            keys,
            tuple(limited),
            settings_profile=settings_profile,
            default_session_name=self.settings.session_name or self._user_name(),
            endpoint=sources.sts_endpoint(self.base, self.profiles, settings_profile),
            notes=tuple(notes),
        )

    def _user_name(self) -> str:
        """A session name that says who it was: the user's login name, where there is one."""
        kept = "".join(char for char in self.user if values.fits_session_name(char))
        return f"shellkit-{kept}"[:64] if kept else "shellkit"

    def _devices(self) -> Devices:
        return Devices(self.profiles, self.settings, self.settings_file)

    def regions(self, request: Request) -> Regions:
        """The regions that ``request`` would set for one profile or another."""
        active = [self.active_region] if request.chain else []
        return Regions(self.profiles, lambda: [*active, self._base_region()], request.region)

    def _base_region(self) -> str | None:
        return self.base.get("AWS_REGION") or self.base.get("AWS_DEFAULT_REGION") or None

    def _refuse_role_options(self, request: Request, name: str) -> None:
        given = [word for field, word in _ROLE_OPTIONS if getattr(request, field)]
        given += [word for word in ("--source", "--chain") if getattr(request, word[2:])]
        if given:
            raise UsageError(f"{name} has no role of its own: {given[0]} has no meaning there")

    def _unknown(self, name: str) -> UsageError:
        dropped = self.profiles.dropped_as(name)
        if dropped is not None:
            raise ConfigError(
                f"the profile {name} is not read: {dropped.why}",
                dropped.fix,
                file=dropped.file,
                line=dropped.line,
            )
        near = self.profiles.near(name)
        if near:
            return UnknownProfileError(name, f"near it: {', '.join(near)}")
        return UnknownProfileError(name, self.profiles.where())


def _unknown_partition(role_arn: str) -> tuple[str, str]:
    """What is wrong, and how to mend it. A guess would send the request to another AWS."""
    known = ", ".join(sorted(partitions.NAMES))
    return f"no partition is called {partitions.of_arn(role_arn)}", f"the partitions are: {known}"


def _with_options(hop: Hop, request: Request) -> Hop:
    """``hop`` with what the command line says of it."""
    given = {
        field: getattr(request, field) for field, _ in _ROLE_OPTIONS if getattr(request, field)
    }
    return replace(hop, **given)
