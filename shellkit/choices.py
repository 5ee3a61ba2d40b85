"""All profiles as rows of text to choose from: what the picker shows and searches.

Made by looking at each profile's own lines, and for a region at its source's; no chain is
resolved and no file is read here, since there may be 10,000 of them.
"""

from __future__ import annotations

from dataclasses import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from shellkit.profiles.model import Profiles, Values

    Row = tuple[str, ...]

#: The fields of a row.
NAME, ACCOUNT, ALIAS, ROLE, SOURCE, REGION, DESCRIPTION = range(7)


@dataclass(frozen=True)
class Choices:
    """What there is to choose from, the likeliest first; the first ``used`` were used before.

    ``active`` is the name of the active profile. ``session`` says how a profile's session
    is (``41m``, ``mfa``, ``sso`` or nothing); it reads files, so ask it for what is shown.
    ``production`` says whether a row is production's.
    """

    rows: list[Row]
    used: int
    active: str | None
    session: Callable[[str], str]
    production: Callable[[Row], bool]


def choices(
    profiles: Profiles,
    weights: Mapping[str, float],
    aliases: Mapping[str, str],
    active: str | None,
    region: Callable[[Values], str],
    session: Callable[[str], str],
    is_production: Callable[[str], bool],
) -> Choices:
    """The choices in ``profiles``; ``weights`` say how much a name was used.

    ``aliases`` maps the numbers of accounts to their names. ``region`` gives the region of
    a profile by its values. ``is_production`` says of a profile's name, an account's number
    or its alias whether it is production's, as the prompt does. For the rest see
    :class:`Choices`.
    """

    def production(row: Row) -> bool:
        return any(row[field] and is_production(row[field]) for field in (NAME, ACCOUNT, ALIAS))

    used = [name for name in weights if name in profiles and weights[name] > 0]
    used.sort(key=lambda name: weights[name], reverse=True)
    before = set(used)
    names = [*used, *(name for name in profiles if name not in before)]
    rows = [_row(name, profiles.values_of(name), aliases, region) for name in names]
    return Choices(rows, len(used), active, session, production)


def _row(
    name: str, values: Values, aliases: Mapping[str, str], region: Callable[[Values], str]
) -> Row:
    get = values.get
    account = role = ""
    arn = get("role_arn")
    parts = arn.split(":", 5) if isinstance(arn, str) else ()
    if len(parts) == 6:
        account, role = parts[4], parts[5].rpartition("/")[2]
    else:
        account, role = _text(get("sso_account_id")), _text(get("sso_role_name"))
    source = get("source_profile") or get("credential_source") or get("sso_session")
    return (
        name,
        account,
        aliases.get(account, ""),
        role,
        _text(source),
        region(values),
        _text(get("description")),
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
