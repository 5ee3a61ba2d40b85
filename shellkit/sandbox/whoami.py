"""``python -m shellkit.sandbox.whoami``: who STS says the environment is, as one JSON line.

An ordinary AWS program: it knows nothing of shellkit, reads its credentials from
the environment as every SDK does, and asks GetCallerIdentity. ``variables`` has a
digest of each managed variable, so that two moments can be compared without a
secret being shown.
"""

from __future__ import annotations

import json
import os
import sys
from hashlib import sha256

from shellkit.environment import MANAGED


def main() -> int:
    """Print the line; 0 also where there are no credentials, which is an answer too."""
    print(json.dumps({"arn": _arn(), "variables": _variables()}))
    return 0


def _arn() -> str | None:
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.session import Session

    session = Session()
    if session.get_credentials() is None:
        return None
    region = session.get_config_variable("region") or "us-east-1"
    try:
        client = session.create_client("sts", region_name=region)
        return str(client.get_caller_identity()["Arn"])
    except (BotoCoreError, ClientError) as error:
        return f"refused: {error}"


def _variables() -> dict[str, str]:
    present = [name for name in MANAGED if name in os.environ]
    return {name: sha256(os.environ[name].encode()).hexdigest()[:16] for name in present}


if __name__ == "__main__":
    sys.exit(main())
