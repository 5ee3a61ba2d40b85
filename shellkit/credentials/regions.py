"""Which region an identity gets."""

from __future__ import annotations

from shellkit.credentials import partitions, sources
from shellkit.profiles import values as checked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from shellkit.credentials.chain import Hop
    from shellkit.profiles.model import Profile, Profiles, Values


def _fallback(partition: str | None, regions: Iterable[str | None]) -> str:
    """The first of ``regions`` that is in ``partition``, or the one that is usual there.

    ``partition`` is that of the role; without a role (``None``) any region will do.
    """
    for region in regions:
        if region and partition in (None, partitions.of_region(region)):
            return region
    return partitions.default_region(partition or "aws")


class Regions:
    """The regions that ``assume`` sets.

    ``first`` gives regions to fall back on before those of a profile's sources, and is
    called where it comes to that; ``asked`` is the one that the command line names.
    """

    def __init__(
        self,
        profiles: Profiles,
        first: Callable[[], Sequence[str | None]],
        asked: str | None = None,
    ) -> None:
        self._profiles = profiles
        self._first = first
        self._asked = asked
        self._known: dict[tuple[str | None, str], str] = {}

    def settled(self, profile: Profile, hops: Sequence[Hop]) -> str:
        """The region of ``profile``, which assumes the roles ``hops`` (none in mode ``profile``).

        That of the option, the profile's, or what it falls back on. Raises
        :class:`ConfigError` where one on the way is none.
        """
        own = checked.region(profile)
        if own and not self._asked:
            return own
        return self.of_others(profile, hops)

    def of_others(self, profile: Profile | None, hops: Sequence[Hop]) -> str:
        """Where the identity has no region: the option, the base's, the sources', the partition's.

        ``profile`` is where it starts. A region that only falls to us by default counts
        only in the role's partition.
        """
        if self._asked:
            return self._asked
        role_arn = hops[-1].role_arn if hops else _role_arn_of(profile)
        partition = partitions.of_arn(role_arn) if role_arn else None
        return _fallback(partition, [*self._first(), *self._source_regions(profile)])

    def _source_regions(self, profile: Profile | None) -> list[str | None]:
        regions: list[str | None] = []
        seen = set()
        while profile is not None and profile.name not in seen:
            seen.add(profile.name)
            regions.append(checked.region(profile))
            name = profile.get("source_profile")
            profile = self._profiles.get(name) if name and name in self._profiles else None
        return regions

    # For going over all profiles

    def of(self, values: Values) -> str:
        """The region of the profile with these ``values``; empty where its role is no role.

        Nothing is checked: a profile at fault gets some text or none, and it is for
        ``assume`` to say what is wrong.
        """
        if self._asked:
            return self._asked
        own = values.get("region")
        if own:
            return own if isinstance(own, str) else ""
        partition = None
        if "role_arn" in values and "web_identity_token_file" not in values:
            arn = values["role_arn"]
            partition = arn.partition(":")[2].partition(":")[0] if isinstance(arn, str) else ""
        # Thousands of profiles share a few sources.
        key = (partition, _source(values))
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._by_default(*key)
        return found

    def _by_default(self, partition: str | None, source: str) -> str:
        if partition is not None and partition not in partitions.NAMES:
            return ""
        return _fallback(partition, [*self._first(), *self._along(source)])

    def _along(self, source: str) -> Iterable[str]:
        """The regions of the profile ``source`` and of those that it is assumed from."""
        seen = set()
        while source and source not in seen:
            seen.add(source)
            values = self._profiles.values_of(source)
            region = values.get("region")
            if isinstance(region, str):
                yield region
            source = _source(values)


def _source(values: Values) -> str:
    """The name of the source profile; empty for none."""
    name = values.get("source_profile")
    return name if isinstance(name, str) else ""


def _role_arn_of(profile: Profile | None) -> str | None:
    """The role of ``profile``, which in mode ``profile`` is not assumed here."""
    return checked.role_arn(profile) if profile is not None and sources.has_role(profile) else None
