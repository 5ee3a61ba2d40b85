"""What each parameter must look like: the constraints of the STS API model.

A test compares this table with the model that botocore carries.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shellkit.sandbox.wire import StsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping


@dataclass(frozen=True)
class Text:
    """A string: its length, and its pattern in the words of the model."""

    least: int
    most: int
    pattern: str
    fits: Callable[[str], bool]

    def problems(self, value: str) -> Iterator[str]:
        """Return what is wrong with ``value``."""
        if not self.fits(value):
            yield f"Member must satisfy regular expression pattern: {self.pattern}"
        if len(value) < self.least:
            yield f"Member must have length greater than or equal to {self.least}"
        if len(value) > self.most:
            yield f"Member must have length less than or equal to {self.most}"


@dataclass(frozen=True)
class Number:
    """An integer and its bounds."""

    least: int
    most: int

    def problems(self, value: str) -> Iterator[str]:
        """Return what is wrong with ``value``."""
        if not re.fullmatch(r"-?\d{1,9}", value, re.ASCII):
            raise StsError("MalformedInput", f"'{value[:64]}' is not an integer.", 400)
        if int(value) < self.least:
            yield f"Member must have value greater than or equal to {self.least}"
        if int(value) > self.most:
            yield f"Member must have value less than or equal to {self.most}"


def _regex(pattern: str, python: str | None = None) -> tuple[str, Callable[[str], bool]]:
    compiled = re.compile(python or pattern, re.ASCII)
    return pattern, lambda value: compiled.fullmatch(value) is not None


def _letters(suffix: str, least: int) -> tuple[str, Callable[[str], bool]]:
    """Letters, spaces, numbers and a few signs of any script: ``re`` cannot say that."""
    return (
        rf"[\p{{L}}\p{{Z}}\p{{N}}_.:/=+\-@]{suffix}",
        lambda value: (
            len(value) >= least
            and all(unicodedata.category(c)[0] in "LZN" or c in "_.:/=+-@" for c in value)
        ),
    )


_ARN = _regex(
    r"[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+",
    "[\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]+",
)
_NAME = _regex(r"[\w+=,.@-]*")

ARN = Text(20, 2048, *_ARN)
TAG_KEY = Text(1, 128, *_letters("+", 1))
TAG_VALUE = Text(0, 256, *_letters("*", 0))
MOST_TAGS = 50
MOST_POLICY_ARNS = 10

_SERIAL = Text(9, 256, *_regex(r"[\w+=/:,.@-]*"))
_CODE = Text(6, 6, *_regex(r"[\d]*"))

#: By action, the parameters that are one value each.
SCALARS: Mapping[str, Mapping[str, Text | Number]] = {
    "AssumeRole": {
        "RoleArn": ARN,
        "RoleSessionName": Text(2, 64, *_NAME),
        # The 2048 are in the documentation only, the model has no upper bound.
        "Policy": Text(1, 2048, *_regex(r"[\u0009\u000A\u000D\u0020-\u00FF]+")),
        "DurationSeconds": Number(900, 43200),
        "ExternalId": Text(2, 1224, *_regex(r"[\w+=,.@:\/-]*")),
        "SerialNumber": _SERIAL,
        "TokenCode": _CODE,
        "SourceIdentity": Text(2, 64, *_NAME),
    },
    "GetSessionToken": {
        "DurationSeconds": Number(900, 129600),
        "SerialNumber": _SERIAL,
        "TokenCode": _CODE,
    },
}
REQUIRED: Mapping[str, tuple[str, ...]] = {"AssumeRole": ("RoleArn", "RoleSessionName")}


def check(action: str, params: Mapping[str, str]) -> None:
    """Refuse a request whose parameters break the model, naming all that is wrong."""
    problems = [
        f"Value null at '{_camel(name)}' failed to satisfy constraint: Member must not be null"
        for name in REQUIRED.get(action, ())
        if name not in params
    ]
    for name, rule in SCALARS.get(action, {}).items():
        if name in params:
            problems += _worded(rule, params[name], _camel(name))
    if action == "AssumeRole":
        problems += _list_problems(params)
    if problems:
        count = f"{len(problems)} validation error{'s' if len(problems) > 1 else ''}"
        raise invalid(f"{count} detected: {'; '.join(problems)}")


def members(params: Mapping[str, str], name: str, leaf: str = "") -> list[str]:
    """Return the values of ``Name.member.N`` or ``Name.member.N.Leaf``, in the order of N."""
    form = re.compile(rf"{name}\.member\.(\d{{1,4}})" + (rf"\.{leaf}" if leaf else ""), re.ASCII)
    found = ((form.fullmatch(key), value) for key, value in params.items())
    return [value for _, value in sorted((int(m[1]), value) for m, value in found if m)]


def invalid(message: str) -> StsError:
    """Return the refusal of a request that cannot be right, whoever sends it."""
    return StsError("ValidationError", message, 400)


def _list_problems(params: Mapping[str, str]) -> Iterator[str]:
    lists: tuple[tuple[str, str, Text, int], ...] = (
        ("Tags", "Key", TAG_KEY, MOST_TAGS),
        ("Tags", "Value", TAG_VALUE, MOST_TAGS),
        ("TransitiveTagKeys", "", TAG_KEY, MOST_TAGS),
        ("PolicyArns", "arn", ARN, MOST_POLICY_ARNS),
    )
    for name, leaf, rule, most in lists:
        values = members(params, name, leaf)
        if len(values) > most and leaf != "Value":
            yield (
                f"Value '{values}' at '{_camel(name)}' failed to satisfy constraint: "
                f"Member must have length less than or equal to {most}"
            )
        for number, value in enumerate(values, start=1):
            place = f"{_camel(name)}.{number}.member" + (f".{_camel(leaf)}" if leaf else "")
            yield from _worded(rule, value, place)


def _worded(rule: Text | Number, value: str, place: str) -> Iterable[str]:
    for problem in rule.problems(value):
        yield f"Value '{value}' at '{place}' failed to satisfy constraint: {problem}"


def _camel(name: str) -> str:
    return name[:1].lower() + name[1:]
