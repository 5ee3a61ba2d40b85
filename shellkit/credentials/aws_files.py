"""How botocore is to read the AWS files: as UTF-8, like ourselves.

By itself it goes by the locale, which on Windows is another encoding: the profile ``prüf``
is then not in the file that it was found in.
"""

from __future__ import annotations

import configparser

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class RawConfigParser(configparser.RawConfigParser):
    """One that reads UTF-8."""

    def read(self, filenames: Any, encoding: str | None = None) -> Any:
        """As ``configparser``'s, with another default."""
        return super().read(filenames, encoding or "utf-8")


def are_utf_8() -> None:
    """From now on botocore reads them so, in this process."""
    from botocore import configloader

    configloader.configparser = _Module


class _Module:
    """What ``botocore.configloader`` uses of the module ``configparser``."""

    Error = configparser.Error
    RawConfigParser = RawConfigParser
