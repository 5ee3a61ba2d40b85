"""Session policies: whether the JSON is one, and whether it allows an action."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from typing import Any

from shellkit.sandbox.wire import StsError

_VERSIONS = (None, "2012-10-17", "2008-10-17")


def check(text: str) -> None:
    """Refuse what is not JSON, and what is not a policy."""
    try:
        document = json.loads(text)
    except ValueError:
        raise _malformed("This policy contains invalid Json") from None
    if not _is_policy(document):
        raise _malformed("Syntax errors in policy.")


def allows(text: str, action: str, resource: str) -> bool:
    """Whether the (valid) policy allows it. Statements with conditions allow nothing."""
    effects = {
        statement["Effect"]
        for statement in _listed(json.loads(text)["Statement"])
        if "Condition" not in statement
        and _covers(statement, "Action", action.lower(), lower=True)
        and _covers(statement, "Resource", resource)
    }
    return effects == {"Allow"}


def _covers(statement: dict[str, Any], key: str, value: str, *, lower: bool = False) -> bool:
    listed = key if key in statement else f"Not{key}"
    patterns = [p.lower() if lower else p for p in _listed(statement[listed])]
    return any(fnmatchcase(value, p) for p in patterns) == (listed == key)


def _is_policy(document: Any) -> bool:
    return (
        isinstance(document, dict)
        and document.get("Version") in _VERSIONS
        and bool(document.get("Statement"))
        and all(_is_statement(statement) for statement in _listed(document["Statement"]))
    )


def _is_statement(statement: Any) -> bool:
    return (
        isinstance(statement, dict)
        and statement.get("Effect") in ("Allow", "Deny")
        and all(_has_one_of(statement, key, f"Not{key}") for key in ("Action", "Resource"))
        and "Principal" not in statement
    )


def _has_one_of(statement: dict[str, Any], *keys: str) -> bool:
    present = [key for key in keys if key in statement]
    return len(present) == 1 and all(isinstance(v, str) for v in _listed(statement[present[0]]))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _malformed(message: str) -> StsError:
    return StsError("MalformedPolicyDocument", message, 400)
