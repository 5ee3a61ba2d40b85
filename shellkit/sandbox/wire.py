"""The STS query protocol as bytes: requests in, XML out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Mapping

XMLNS = "https://sts.amazonaws.com/doc/2011-06-15/"

# XML 1.0 has no way to write these, not even as a reference.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class StsError(Exception):
    """A refusal, as AWS words it."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


def access_denied(message: str) -> StsError:
    """Return the refusal of a caller who is known and may not."""
    return StsError("AccessDenied", message, 403)


@dataclass(frozen=True)
class Request:
    """One HTTP request. Header values are latin-1, as they were on the wire."""

    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """Return the value of a header, or ``None``; repeats are joined, needless spaces gone."""
        found = (value for key, value in self.headers if key.lower() == name.lower())
        values = [" ".join(value.split()) for value in found]
        return ",".join(values) if values else None

    def params(self) -> dict[str, str]:
        """Return the parameters of the query and of the form in the body."""
        malformed = StsError("MalformedQueryString", "The query string is malformed.")
        try:
            form = self.body.decode("ascii")
            pairs = [
                pair
                for text in (self.query, form)
                for pair in parse_qsl(text, keep_blank_values=True, errors="strict")
            ]
        except ValueError:
            raise malformed from None
        params = dict(pairs)
        if len(params) != len(pairs):
            raise malformed
        return params


def error_xml(error: StsError, request_id: str) -> bytes:
    """Return the body that tells of a refusal."""
    fault = "Sender" if error.status < 500 else "Receiver"
    return (
        f'<ErrorResponse xmlns="{XMLNS}">\n'
        "  <Error>\n"
        f"    <Type>{fault}</Type>\n"
        f"    <Code>{_text(error.code)}</Code>\n"
        f"    <Message>{_text(error.message)}</Message>\n"
        "  </Error>\n"
        f"  <RequestId>{request_id}</RequestId>\n"
        "</ErrorResponse>\n"
    ).encode()


def result_xml(action: str, result: Mapping[str, object], request_id: str) -> bytes:
    """Return the body that answers ``action``; mappings become nested elements, lists several."""
    return (
        f'<{action}Response xmlns="{XMLNS}">\n'
        f"  <{action}Result>\n{_elements(result, '    ')}  </{action}Result>\n"
        f"  <ResponseMetadata>\n    <RequestId>{request_id}</RequestId>\n  </ResponseMetadata>\n"
        f"</{action}Response>\n"
    ).encode()


def _elements(values: Mapping[str, object], indent: str) -> str:
    lines = []
    pairs = [
        (name, item)
        for name, value in values.items()
        for item in (value if isinstance(value, list) else [value])
    ]
    for name, value in pairs:
        if isinstance(value, dict):
            inner = f"\n{_elements(value, indent + '  ')}{indent}"
        else:
            inner = _text(str(value))
        lines.append(f"{indent}<{name}>{inner}</{name}>\n")
    return "".join(lines)


def _text(value: str) -> str:
    return escape(_NOT_XML.sub("?", value))
