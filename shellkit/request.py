"""What a person asks of ``assume``, as data, and the recipe that repeats it."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from urllib.parse import parse_qsl, urlencode

from shellkit.errors import UsageError
from shellkit.shells.base import COMMAND

#: Fields that say which identity is meant. The others say how to get there once,
#: and are not repeated by ``assume -``.
_IDENTITY_TEXT = (
    "target",
    "region",
    "session_name",
    "external_id",
    "source_identity",
    "policy",
    "source",
    "mode",
    "session",
    "mfa_serial",
)
_IDENTITY_LISTS = ("transitive_tags", "policy_arns")


@dataclass(frozen=True)
class Request:
    """One call of ``assume``. ``duration`` is in seconds; ``None`` is always "not given".

    ``target`` is a profile name, a role ARN or ``ACCOUNT:ROLE``. ``session`` names a
    cached session instead of a way to get one: it is how ``assume -`` goes back to
    a role that was chained from another one. ``picked``: the words did not name the
    target; a person did, on being asked.
    """

    target: str | None = None
    region: str | None = None
    duration: int | None = None
    session_name: str | None = None
    external_id: str | None = None
    source_identity: str | None = None
    tags: tuple[tuple[str, str], ...] = ()
    transitive_tags: tuple[str, ...] = ()
    policy: str | None = None
    policy_arns: tuple[str, ...] = ()
    source: str | None = None
    chain: bool = False
    mode: str | None = None
    session: str | None = None
    mfa_serial: str | None = None
    mfa_code: str | None = field(default=None, repr=False)
    refresh: bool = False
    no_input: bool = False
    quiet: bool = False
    verbose: bool = False
    explain: bool = False
    picked: bool = False

    def asked_like(self, other: Request) -> Request:
        """This identity, asked for in the manner of ``other`` (refresh, quiet, ...)."""
        return replace(
            self,
            mfa_code=other.mfa_code,
            refresh=other.refresh,
            no_input=other.no_input,
            quiet=other.quiet,
            verbose=other.verbose,
            explain=other.explain,
        )

    def recipe(self) -> str:
        """The identity of this request as one line of text, with no secret.

        A query string: the shell keeps it in a variable of its own and hands it
        back, and never looks inside. No identity gives the empty string.
        """
        pairs: list[tuple[str, str]] = []
        pairs += [(name, getattr(self, name)) for name in _IDENTITY_TEXT if getattr(self, name)]
        pairs += [(name, item) for name in _IDENTITY_LISTS for item in getattr(self, name)]
        pairs += [("tag", f"{key}={value}") for key, value in self.tags]
        if self.duration is not None:
            pairs.append(("duration", str(self.duration)))
        if self.chain:
            pairs.append(("chain", "1"))
        return urlencode(pairs)


def from_recipe(recipe: str, command: str = COMMAND) -> Request:
    """The request that :meth:`Request.recipe` wrote down.

    Raises :class:`UsageError` where the text is no recipe of ours; ``command`` is what
    it tells the person to call instead.
    """
    known = {each.name for each in fields(Request)} | {"tag"}
    text: dict[str, str] = {}
    lists: dict[str, list[str]] = {"tag": [], **{name: [] for name in _IDENTITY_LISTS}}
    try:
        pairs = parse_qsl(recipe, keep_blank_values=True, strict_parsing=True)
        for name, value in pairs:
            if name not in known:
                raise ValueError(name)
            if name in lists:
                lists[name].append(value)
            else:
                text[name] = value
        duration = int(text["duration"]) if "duration" in text else None
    except ValueError as error:
        raise UsageError(
            "the shell does not know which identity came before this one",
            f"name it: {command} NAME",
        ) from error
    return Request(
        **{name: text.get(name) for name in _IDENTITY_TEXT},  # type: ignore[arg-type]
        duration=duration,
        chain=text.get("chain") == "1",
        tags=tuple((k, v) for k, _, v in (tag.partition("=") for tag in lists["tag"])),
        transitive_tags=tuple(lists["transitive_tags"]),
        policy_arns=tuple(lists["policy_arns"]),
    )
