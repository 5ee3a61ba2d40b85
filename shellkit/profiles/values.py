"""Single values of a profile, checked.

Two layers: ``validate_…`` checks plain text and raises ``ValueError`` with a sentence
for people (never with the text itself), for the command line too; the functions named
after a key take it from a section and raise :class:`ConfigError` with file, line and
key. The patterns are those of STS's service model (``sts/2011-06-15``), which botocore
itself does not check before it asks AWS.
"""

from __future__ import annotations

import unicodedata

from shellkit.errors import ConfigError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from shellkit.profiles.model import Section

_ALNUM = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_NAME = frozenset(_ALNUM + "_+=,.@-")
_EXTERNAL_ID = _NAME | frozenset(":/")
_PARTITION = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")
_REGION = frozenset(_ALNUM + "-")
_TAG_SIGNS = "_.:/=+-@"

#: These files have no quotes: they are letters like others.
QUOTES = "\"'"
QUOTED, QUOTED_FIX = "the quotes are a part of the value", "Take them away."

#: Seconds. What AssumeRole takes.
SHORTEST, LONGEST = 900, 43200

# Plain text


def fits_session_name(text: str) -> bool:
    """Whether each character of ``text`` may stand in a session name."""
    return _NAME.issuperset(text)


def validate_session_name(text: str) -> None:
    r"""STS ``RoleSessionName``: ``[\w+=,.@-]{2,64}``, ASCII."""
    _check(text, "a session name", _NAME, 2, 64)


def validate_source_identity(text: str) -> None:
    r"""STS ``SourceIdentity``: ``[\w+=,.@-]{2,64}``, ASCII."""
    _check(text, "a source identity", _NAME, 2, 64)


def validate_external_id(text: str) -> None:
    r"""STS ``ExternalId``: ``[\w+=,.@:/-]{2,1224}``, ASCII."""
    _check(text, "an external id", _EXTERNAL_ID, 2, 1224)


def validate_tag_key(text: str) -> None:
    r"""STS ``tagKeyType``: ``[\p{L}\p{Z}\p{N}_.:/=+\-@]+``, at most 128 characters."""
    _check_tag(text, "a tag's key", 1, 128)


def validate_tag_value(text: str) -> None:
    """STS ``tagValueType``: as a key, from none to 256 characters."""
    _check_tag(text, "a tag's value", 0, 256)


def _check_tag(text: str, what: str, least: int, most: int) -> None:
    if not least <= len(text) <= most:
        raise ValueError(f"{what} has from {least} to {most} characters, not {len(text)}")
    if not all(char in _TAG_SIGNS or unicodedata.category(char)[0] in "LZN" for char in text):
        raise ValueError(f"{what} has only letters, digits, spaces and {' '.join(_TAG_SIGNS)}")


def validate_policy_arn(text: str) -> None:
    """A managed policy: ``arn:PARTITION:iam::ACCOUNT:policy/NAME``, from 20 to 2048 characters."""
    parts = text.split(":", 5)
    named = len(parts) == 6 and parts[0] == "arn" and parts[2] == "iam"
    if not (named and parts[5].startswith("policy/") and 20 <= len(text) <= 2048):
        raise ValueError(
            "a policy's ARN has the form arn:aws:iam::aws:policy/NAME or "
            "arn:aws:iam::123456789012:policy/NAME"
        )
    if not all("!" <= char <= "\x7e" for char in text):
        raise ValueError("a policy's ARN has only ASCII letters, digits and signs")


def validate_mfa_serial(text: str) -> None:
    r"""STS ``SerialNumber``: ``[\w+=/:,.@-]{9,256}``, ASCII: an ARN, or a device's number."""
    _check(text, "an MFA serial", _EXTERNAL_ID, 9, 256)


def validate_code_device(text: str) -> None:
    """As :func:`validate_mfa_serial`; and a device that shows codes, which a passkey does not."""
    validate_mfa_serial(text)
    if text.startswith("arn:") and text.split(":", 5)[-1].startswith("u2f/"):
        raise ValueError(
            "a passkey or security key (u2f) shows no code, and AWS takes it in a browser only"
        )


def validate_duration(text: str) -> int:
    """STS ``DurationSeconds``: the whole seconds in ``text``, from 900 to 43200."""
    if not (text.isascii() and text.isdigit()):
        raise ValueError("a duration here is a whole number of seconds, such as 3600")
    # Long numbers: int() itself would refuse 5,000 digits.
    seconds = int(text) if len(text.lstrip("0")) <= 6 else LONGEST + 1
    if not SHORTEST <= seconds <= LONGEST:
        raise ValueError(f"a duration is from {SHORTEST} to {LONGEST} seconds")
    return seconds


def validate_region(text: str) -> None:
    """A host label, as ``botocore.utils.validate_region_name`` has it."""
    _check(text, "a region", _REGION, 1, 63)
    if text.startswith("-") or text.endswith("-") or text.isdigit():
        raise ValueError("a region is a name such as eu-west-1")


def validate_role_arn(text: str) -> None:
    """An IAM role: ``arn:PARTITION:iam::ACCOUNT:role/PATH/NAME``, at most 2048 characters."""
    if not text:
        raise ValueError("a role's ARN is missing")
    parts = text.split(":", 5)
    if len(parts) != 6 or parts[0] != "arn" or len(text) > 2048:
        raise ValueError("a role's ARN has the form arn:aws:iam::123456789012:role/NAME")
    _, partition, service, region, account, resource = parts
    if not partition.startswith("aws") or not _PARTITION.issuperset(partition):
        raise ValueError("the ARN's partition is not one such as aws, aws-cn or aws-us-gov")
    if service == "sts" and resource.startswith("assumed-role/"):
        raise ValueError(
            "this is the ARN of a session, not of its role (arn:aws:iam::...:role/NAME)"
        )
    if service != "iam" or region or not resource.startswith("role/"):
        raise ValueError(
            "the ARN is not that of a role: it has to go on with :iam::ACCOUNT:role/NAME"
        )
    if not (len(account) == 12 and account.isascii() and account.isdigit()):
        raise ValueError("the account in a role's ARN has 12 digits")
    _check_role(resource)


def _check_role(resource: str) -> None:
    path, _, name = resource.removeprefix("role").rpartition("/")
    _check(name, "the role's name at the end of its ARN", _NAME, 1, 64)
    if len(path) > 511 or not all("!" <= char <= "\x7e" for char in path):
        raise ValueError("the path in the role's ARN has spaces, or is too long")


def _check(text: str, what: str, letters: frozenset[str], least: int, most: int) -> None:
    if not least <= len(text) <= most:
        raise ValueError(f"{what} has from {least} to {most} characters, not {len(text)}")
    if not letters.issuperset(text):
        signs = " ".join(sorted(letters.difference(_ALNUM)))
        raise ValueError(f"{what} has only letters (a to z), digits and {signs}")


# Values of a section


def region(section: Section, key: str = "region") -> str | None:
    """The region under ``key``. ``None`` where it is not set, or is empty."""
    text = _text(section, key)
    if not text:
        return None
    _checked(section, key, validate_region, text, "Write a region such as eu-west-1.")
    return text


def duration_seconds(section: Section, key: str = "duration_seconds") -> int | None:
    """Seconds, from 900 to 43200. ``None`` where it is not set.

    botocore drops without a word what is no number (``1h``) and then takes an hour.
    """
    text = _text(section, key)
    if text is None:
        return None
    _checked(section, key, validate_duration, text, _duration_fix(text))
    return int(text)


def role_arn(section: Section, key: str = "role_arn") -> str:
    """The ARN of an IAM role. Not set, or empty, is an error too."""
    text = _text(section, key) or ""
    fix = "Write it as arn:aws:iam::123456789012:role/NAME."
    _checked(section, key, validate_role_arn, text, fix)
    return text


def role_session_name(section: Section, key: str = "role_session_name") -> str | None:
    """The name of the session. ``None`` where it is not set."""
    return _optional(section, key, validate_session_name, "Change it, or remove the line.")


def external_id(section: Section, key: str = "external_id") -> str | None:
    """The external id. ``None`` where it is not set."""
    return _optional(section, key, validate_external_id, "Ask who owns the role for it.")


def mfa_serial(section: Section, key: str = "mfa_serial") -> str | None:
    """The MFA device: its ARN or its number. ``None`` where it is not set, or is empty."""
    if _text(section, key) == "":
        return None
    fix = "Write the ARN of a device that shows codes: arn:aws:iam::123456789012:mfa/NAME."
    return _optional(section, key, validate_code_device, fix)


def mfa_session(section: Section, key: str = "shellkit_mfa_session") -> bool | None:
    """Whether roles are assumed from an MFA session. ``None`` where it is not set."""
    text = _text(section, key)
    if text is None:
        return None
    if text.lower() not in ("true", "false"):
        raise _error(section, key, "is true or false", "Write one of the two.")
    return text.lower() == "true"


def _optional(section: Section, key: str, validate: Callable[[str], None], fix: str) -> str | None:
    text = _text(section, key)
    if text is not None:
        _checked(section, key, validate, text, fix)
    return text


def _text(section: Section, key: str) -> str | None:
    if section.block(key) is not None:
        raise _error(section, key, "has an indented block instead of a value", "Write one value.")
    return section.get(key)


def _checked(
    section: Section, key: str, validate: Callable[[str], object], text: str, fix: str
) -> None:
    try:
        validate(text)
    except ValueError as error:
        reason = str(error)
    else:
        return
    raise _error(section, key, *(_habit(text) or (reason, fix)))


def _habit(text: str) -> tuple[str, str] | None:
    """What is wrong with a value that follows the habits of other kinds of files."""
    if text[:1] and text[:1] in QUOTES:
        return QUOTED, QUOTED_FIX
    if "\n" in text:
        return (
            "the next line is indented, and so a part of this value",
            "Begin that line at its first column.",
        )
    if " #" in text or " ;" in text:
        return "what looks like a comment is a part of the value", "Give it a line of its own."
    return None


def _error(section: Section, key: str, message: str, fix: str) -> ConfigError:
    file, line = section.where(key)
    return ConfigError(message, fix, file=file, line=line, key=key)


def _duration_fix(text: str) -> str:
    """What to write instead of ``text``, which may be a time as people write it."""
    number, unit = text[:-1], text[-1:].lower()
    if unit in ("h", "m", "s") and number.isascii() and number.isdigit() and len(number) < 6:
        seconds = int(number) * {"h": 3600, "m": 60, "s": 1}[unit]
        if SHORTEST <= seconds <= LONGEST:
            return f"Write {seconds}."
    return f"Write the seconds, from {SHORTEST} to {LONGEST}."
