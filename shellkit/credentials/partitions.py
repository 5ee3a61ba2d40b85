"""AWS partitions: which one a role is in, and which regions belong to it.

A small copy of what botocore's ``data/partitions.json`` says, so that an answer
from the cache need not import botocore; a test holds the two together.
"""

from __future__ import annotations

import os

#: Partition, the prefix of its regions, and the region STS is asked in when
#: none is configured. ``aws`` comes last: its regions have no common prefix.
_PARTITIONS: tuple[tuple[str, str, str], ...] = (
    ("aws-cn", "cn-", "cn-northwest-1"),
    ("aws-us-gov", "us-gov-", "us-gov-west-1"),
    ("aws-eusc", "eusc-", "eusc-de-east-1"),
    ("aws-iso", "us-iso-", "us-iso-east-1"),
    ("aws-iso-b", "us-isob-", "us-isob-east-1"),
    ("aws-iso-e", "eu-isoe-", "eu-isoe-west-1"),
    ("aws-iso-f", "us-isof-", "us-isof-south-1"),
    ("aws", "", "us-east-1"),
)

NAMES: frozenset[str] = frozenset(name for name, _, _ in _PARTITIONS)


def of_arn(arn: str) -> str:
    """The partition in ``arn:PARTITION:...``."""
    return arn.split(":", 2)[1]


def of_region(region: str) -> str:
    """The partition that ``region`` belongs to; ``aws`` for one that is not known.

    ``aws-cn-global`` and its like are botocore's names for a partition as a whole.
    """
    if region.removesuffix("-global") in NAMES:
        return region.removesuffix("-global")
    return next(name for name, prefix, _ in _PARTITIONS if region.startswith(prefix))


def default_region(partition: str) -> str:
    """The region to use in ``partition`` where none is configured."""
    return next((region for name, _, region in _PARTITIONS if name == partition), "us-east-1")


def regions() -> tuple[tuple[str, str], ...]:
    """Every region that botocore knows, with its name for people; those of ``aws`` first.

    Read from botocore's data without importing it, which takes ten times as long.
    Nothing where that data is not where it has always been.
    """
    import json
    from importlib.util import find_spec

    found = find_spec("botocore")
    if found is None or found.origin is None:
        return ()
    path = os.path.join(os.path.dirname(found.origin), "data", "partitions.json")
    try:
        with open(path, encoding="utf-8") as file:
            partitions = json.load(file)["partitions"]
        # Names such as aws-cn-global stand for no region that a request could go to.
        return tuple(
            (name, str(said["description"]))
            for partition in partitions
            for name, said in partition["regions"].items()
            if not name.endswith("-global")
        )
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return ()
