"""The one table of commands and options.

From it come the parser and its ``--help`` (:mod:`shellkit.cli`), PowerShell's
parameters (``shells/templates``), and the tables in ``docs/reference.md``.
"""

from __future__ import annotations

from dataclasses import dataclass

from shellkit import shells


@dataclass(frozen=True)
class Option:
    """An option: ``--name VALUE``, or ``--name`` alone where ``metavar`` is ``None``.

    ``kind`` says how the words become a value: ``text``, ``duration`` (seconds),
    ``tag`` (a key and a value) or ``policy`` (JSON text, or ``@FILE``).
    """

    name: str
    letter: str | None = None
    metavar: str | None = None
    help: str = ""
    repeatable: bool = False
    choices: tuple[str, ...] = ()
    kind: str = "text"
    default: str | None = None

    @property
    def is_switch(self) -> bool:
        """Whether the option takes no value."""
        return self.metavar is None


@dataclass(frozen=True)
class Argument:
    """A positional word. ``required`` words must be there; others are ``None`` when left out."""

    name: str
    help: str
    required: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Command:
    """A subcommand of ``shellkit``; ``module`` in ``shellkit.commands`` runs it."""

    name: str
    summary: str
    module: str
    options: tuple[Option, ...] = ()
    arguments: tuple[Argument, ...] = ()
    hidden: bool = False
    epilog: str = ""


HELP = Option("help", "h", None, "show this help")

ASSUME_OPTIONS: tuple[Option, ...] = (
    Option("region", "r", "REGION", "region to set, instead of the profile's"),
    Option(
        "duration",
        "d",
        "TIME",
        "how long the session is to last: seconds, or 90m, 2h, 1h30m",
        kind="duration",
    ),
    Option("session-name", None, "NAME", "name of the assumed-role session, seen in CloudTrail"),
    Option("external-id", None, "ID", "external ID that the role's trust policy asks for"),
    Option("source-identity", None, "NAME", "source identity; stays for the whole role chain"),
    Option("tag", None, "KEY=VALUE", "session tag", repeatable=True, kind="tag"),
    Option(
        "transitive-tag", None, "KEY", "session tag that stays for the whole chain", repeatable=True
    ),
    Option(
        "policy", None, "JSON|@FILE", "session policy: narrows what the role may do", kind="policy"
    ),
    Option("policy-arn", None, "ARN", "managed session policy", repeatable=True),
    Option("source", None, "PROFILE", "profile whose credentials assume an ad hoc role"),
    Option("chain", None, None, "assume from the active role instead of the base credentials"),
    Option(
        "mode",
        None,
        "MODE",
        "env: export credentials; profile: export AWS_PROFILE only",
        choices=("env", "profile"),
    ),
    Option("mfa-serial", None, "SERIAL", "MFA device, instead of the profile's mfa_serial"),
    Option(
        "mfa-code",
        None,
        "CODE",
        "code of the MFA device, instead of being asked for it; - takes it from SHELLKIT_MFA_CODE",
    ),
    Option("refresh", None, None, "new credentials even where a cached session would serve"),
    Option("no-input", None, None, "never ask; fail where a person would be needed"),
    Option("quiet", "q", None, "print nothing on success"),
    Option("verbose", "v", None, "print each step on stderr"),
    Option("explain", None, None, "print the hops and what would be set; change nothing"),
    HELP,
)

ASSUME_TARGET = Argument(
    "NAME",
    "profile, role ARN, ACCOUNT:ROLE, or - for the identity before this one; left out, or a"
    " part of a name: choose in a list",
)

COMMANDS: tuple[Command, ...] = (
    Command(
        "init",
        "print the shell functions; load them with one line in your rc file",
        "init",
        options=(
            Option("cmd", None, "NAME", "name for the command instead of assume"),
            Option(
                "prompt",
                None,
                "MODE",
                "auto: show the role in the prompt, unless it does so already;"
                " function: only define shellkit_prompt; none: not even that",
                choices=("auto", "function", "none"),
            ),
            Option("no-completion", None, None, "without completion by TAB"),
            HELP,
        ),
        arguments=(Argument("SHELL", "the shell", required=True, choices=shells.NAMES),),
        epilog=(
            'bash, zsh:   eval -- "$(shellkit init bash)"\n'
            "fish:        shellkit init fish | source\n"
            "powershell:  shellkit init powershell | Out-String | Invoke-Expression\n"
        ),
    ),
    Command(
        "install",
        "write the line that loads the functions into your rc file, after showing the change",
        "install",
        options=(
            Option("yes", "y", None, "do not ask"),
            Option("cmd", None, "NAME", "name for the command instead of assume"),
            HELP,
        ),
        arguments=(Argument("SHELL", "the shell; found out when left out", choices=shells.NAMES),),
        epilog=(
            "Shows the change as a diff and asks. Exits 1 where the answer is no, and 4 where\n"
            "there is no terminal to ask on and no --yes; nothing is changed then.\n"
        ),
    ),
    Command(
        "uninstall",
        "take that line out of your rc file again",
        "uninstall",
        options=(Option("yes", "y", None, "do not ask"), HELP),
        arguments=(Argument("SHELL", "the shell; found out when left out", choices=shells.NAMES),),
    ),
    Command(
        "cache",
        "list the sessions that are kept, or remove them",
        "cache",
        options=(
            Option("all", None, None, "remove every session, and what else is kept"),
            Option("expired", None, None, "remove what has expired"),
            Option("aws-cli", None, None, "what the AWS CLI itself has cached as well"),
            HELP,
        ),
        arguments=(
            Argument("ACTION", "what to do", required=True, choices=("list", "clear")),
            Argument("NAME", "profile, role ARN, ACCOUNT:ROLE or MFA device"),
        ),
        epilog=(
            "list shows the identity, the kind, until when, and the file below; where it is no\n"
            "terminal, one line for each, with tabs between. Never a secret. clear wants a\n"
            "NAME, --all or --expired.\n"
            "Without an MFA session the next assume asks for a code.\n"
        ),
    ),
    Command(
        "mfa",
        "keep the seed of an MFA device in the keyring, which makes its codes then",
        "mfa",
        options=(
            Option("yes", "y", None, "do not ask whether to keep it"),
            HELP,
        ),
        arguments=(
            Argument(
                "ACTION", "what to do", required=True, choices=("add", "list", "remove", "code")
            ),
            Argument("SERIAL", "MFA device, as in mfa_serial"),
            Argument("FROM", "add: -, to read the seed from stdin"),
        ),
        epilog=(
            "The seed is what the AWS console shows as the secret key of a virtual device, or an\n"
            "otpauth:// URL. It is asked for, and never an argument. Whoever has this machine\n"
            "unlocked then has your keys and your codes: see docs/security.md. Needs the library\n"
            "keyring: pipx inject shellkit keyring.\n"
            "code prints the code of now, for mfa_process of other tools.\n"
        ),
    ),
    Command(
        "demo",
        "try it with no AWS account: a sandbox AWS on this machine, and your shell in it",
        "demo",
        options=(
            Option("shell", None, "SHELL", "the shell to open", choices=shells.NAMES),
            Option(
                "tour", None, None, "play the tour without a person; exit 0 only if all went well"
            ),
            HELP,
        ),
        arguments=(
            Argument("WHAT", "in the demo's shell: code of its MFA device", choices=("code",)),
        ),
    ),
    Command(
        "env",
        "print the code that the shell functions evaluate",
        "env",
        options=(
            Option("shell", None, "SHELL", "the shell that evaluates it", choices=shells.NAMES),
            HELP,
        ),
        hidden=True,
    ),
    Command(
        "index",
        "bring the index that the shells complete from up to date, and print its path",
        "index",
        hidden=True,
    ),
)


def command(name: str) -> Command | None:
    """The command called ``name``, if there is one."""
    return next((entry for entry in COMMANDS if entry.name == name), None)
