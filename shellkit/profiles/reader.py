"""Reads the AWS config and credentials files.

The result is that of ``botocore.session.Session(...).full_config``, and files that
botocore refuses are refused. Deliberate differences: see ``source.read_text``.
"""

from __future__ import annotations

from shellkit.profiles import ini, paths
from shellkit.profiles.model import File, Profiles

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shellkit.profiles.paths import Get


def load(get: Get, home: str) -> Profiles:
    """The profiles of the files that the environment names, or of those in ``~/.aws``.

    ``get`` looks up an environment variable, ``home`` is the home directory. Missing
    files are empty. :class:`~shellkit.errors.ConfigError` where a file cannot be read.
    """
    return Profiles(_file(paths.config_path(get, home)), _file(paths.credentials_path(get, home)))


def parse(
    config: str,
    credentials: str = "",
    *,
    config_file: str = "~/.aws/config",
    credentials_file: str = "~/.aws/credentials",
) -> Profiles:
    """The profiles of two texts, as if they stood in the files of these names. No I/O."""
    return Profiles(_parsed(config_file, config), _parsed(credentials_file, credentials))


def _file(path: str) -> File:
    from shellkit.profiles.source import read_text

    return _parsed(path, read_text(path) or "")


def _parsed(path: str, text: str) -> File:
    try:
        return File(path, text, ini.read(text))
    except Exception as error:
        if not _is_refusal(error):
            raise
    from shellkit.profiles.faults import explain

    # Outside of the except clause: the error of configparser quotes the text, and
    # must not come along as the context of ours.
    raise explain(text, path)


def _is_refusal(error: Exception) -> bool:
    """Whether botocore would raise ``ConfigParseError`` for it."""
    import configparser

    return isinstance(error, (ValueError, configparser.Error))
