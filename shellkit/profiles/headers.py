"""What the header of a section in the config file names.

The rules are those of ``botocore.configloader.build_profile_map``, with its quirks:
what counts is how the header *begins*, so ``[profiles x]`` is a profile too.
"""

from __future__ import annotations

PROFILE, SSO_SESSION, SERVICES = "profile", "sso-session", "services"

#: In botocore's order. The first with which a header begins is its kind.
_KINDS = (PROFILE, SSO_SESSION, SERVICES)


def kind_and_name(header: str) -> tuple[str, str] | None:
    """What ``[header]`` in the config file is, and its name; ``None`` where botocore drops it."""
    if header == "default":
        return PROFILE, header
    if header.startswith("profile ") and not _has_marks(header):
        name = header[8:].strip(" ")
        return None if not name or " " in name else (PROFILE, name)
    for kind in _KINDS:
        if header.startswith(kind):
            words = split(header)
            return (kind, words[1]) if len(words) == 2 else None
    return None


def _has_marks(text: str) -> bool:
    """Whether ``text`` has a character by which ``shlex`` does more than part at spaces.

    Written out, because it runs for each of thousands of headers.
    """
    return "\t" in text or "'" in text or '"' in text or "\\" in text or "\r" in text


def split(header: str) -> list[str]:
    """The words of ``header`` as ``shlex.split`` gives them; none where a quote stays open."""
    if not _has_marks(header):
        return [word for word in header.split(" ") if word]
    import shlex

    try:
        return shlex.split(header)
    except ValueError:
        return []


def written(name: str) -> str:
    """The header that a profile called ``name`` needs in the config file, with its brackets."""
    if name == "default":
        return "[default]"
    if name and " " not in name and not _has_marks(name):
        return f"[profile {name}]"
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'[profile "{escaped}"]'
