"""The managed variables, and the change to them that one ``assume`` makes.

This is the only list of them. The shell functions (``shell/``), the tests and
the table in ``docs/`` are made from it.

The module is on the path of every warm ``assume``: it imports nothing.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

#: Set while a role is active (those that do not apply are cleared instead).
SET: tuple[str, ...] = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWSUME_PROFILE",
    "SHELLKIT_PROFILE",
    "SHELLKIT_ACCOUNT_ID",
    "SHELLKIT_ROLE",
    "SHELLKIT_EXPIRES",
)

#: Cleared while a role is active: each of these would lead some SDK or tool
#: away from the credentials in ``SET``. ``AWS_PROFILE`` is set in mode ``profile``.
CLEARED: tuple[str, ...] = (
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SECURITY_TOKEN",
    "AWS_SESSION_EXPIRATION",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_CREDENTIAL_FILE",
    "AWS_ACCOUNT_ID",
    "AWSUME_EXPIRATION",
)

MANAGED: tuple[str, ...] = SET + CLEARED

#: ``SHELLKIT_BASE_<NAME>`` keeps the state of a managed variable from before the
#: first ``assume``. Its first character says which state, the rest is the value:
#: ``e`` set and exported, ``s`` set but not exported, ``u`` unset.
BASE_PREFIX = "SHELLKIT_BASE_"
EXPORTED, SHELL_ONLY, UNSET = "e", "s", "u"

#: Managed variables whose values are secret.
SECRET: frozenset[str] = frozenset(
    {
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_SECURITY_TOKEN",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    }
)


class EnvChange:
    """What one ``assume`` does to the environment: a value for every managed variable.

    ``assigned`` maps names to their new values, ``cleared`` names those that are
    unset; together they are exactly ``MANAGED``. Immutable; its repr has no secret.
    """

    __slots__ = ("_assigned",)
    _assigned: tuple[tuple[str, str], ...]

    def __init__(self, assigned: Mapping[str, str]) -> None:
        foreign = [name for name in assigned if name not in MANAGED]
        if foreign:
            raise ValueError(f"not managed variables: {', '.join(foreign)}")
        for name in assigned:
            if has_control_character(assigned[name]):
                raise ValueError(f"the value for {name} has a control character")
        ordered = tuple((name, assigned[name]) for name in MANAGED if name in assigned)
        object.__setattr__(self, "_assigned", ordered)

    @property
    def assigned(self) -> dict[str, str]:
        """The variables that get a value, in the order of ``MANAGED``."""
        return dict(self._assigned)

    @property
    def cleared(self) -> tuple[str, ...]:
        """The variables that are unset, in the order of ``MANAGED``."""
        taken = self.assigned
        return tuple(name for name in MANAGED if name not in taken)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("an EnvChange cannot be changed")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, EnvChange) and self._assigned == other._assigned

    def __hash__(self) -> int:
        return hash(self._assigned)

    def __repr__(self) -> str:
        shown = ((n, "***" if n in SECRET else v) for n, v in self._assigned)
        return "EnvChange(" + ", ".join(f"{n}={v!r}" for n, v in shown) + ")"


class BaseEnvironment:
    """The environment as it was before the first ``assume``, as a read-only mapping.

    Managed variables are read from their ``SHELLKIT_BASE_`` copies while a role is
    active; every other name is read as it is. ``reads`` remembers what was looked
    up (secrets excepted), so that a result can later be reused exactly when the same
    lookups would give the same answers.
    """

    __slots__ = ("_environ", "_saved", "reads")

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._saved = role_is_saved(environ)
        self.reads: dict[str, str | None] = {}

    def get(self, name: str) -> str | None:
        """The value of ``name``, or ``None`` where it is unset."""
        value = self._look_up(name)
        if name not in SECRET:
            self.reads[name] = value
        return value

    def _look_up(self, name: str) -> str | None:
        if not self._saved or name not in MANAGED:
            return self._environ.get(name)
        kept = self._environ.get(BASE_PREFIX + name, UNSET)
        return kept[1:] if kept.startswith(EXPORTED) else None


def role_is_saved(environ: Mapping[str, str]) -> bool:
    """Whether a base is kept, that is, whether an ``assume`` is in force."""
    return any(BASE_PREFIX + name in environ for name in MANAGED)


def has_control_character(value: str) -> bool:
    """Whether ``value`` has a C0 control character or DEL: no AWS value has one."""
    return any(char < " " or char == "\x7f" for char in value)
