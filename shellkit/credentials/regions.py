"""Which region an identity gets where its own profile names none."""

from __future__ import annotations

from shellkit.credentials import partitions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from shellkit.profiles.model import Profiles, Values


def fallback(partition: str | None, regions: Iterable[str | None]) -> str:
    """The first of ``regions`` that is in ``partition``, or the one that is usual there.

    ``partition`` is that of the role; without a role (``None``) any region will do.
    """
    for region in regions:
        if region and partition in (None, partitions.of_region(region)):
            return region
    return partitions.default_region(partition or "aws")


class Regions:
    """The regions that ``assume`` would set, for going over all profiles.

    ``first`` are regions to fall back on before those of a profile's sources; ``asked``
    is the one that the command line names. Nothing is checked: a profile at fault gets
    some text or none, and it is for ``assume`` to say what is wrong.
    """

    def __init__(
        self, profiles: Profiles, first: Sequence[str | None], asked: str | None = None
    ) -> None:
        self._profiles = profiles
        self._first = first
        self._asked = asked
        self._known: dict[tuple[str | None, str], str] = {}

    def of(self, values: Values) -> str:
        """The region of the profile with these ``values``; empty where its role is no role."""
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
            found = self._known[key] = self._fallback(*key)
        return found

    def _fallback(self, partition: str | None, source: str) -> str:
        if partition is not None and partition not in partitions.NAMES:
            return ""
        return fallback(partition, [*self._first, *self._along(source)])

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
