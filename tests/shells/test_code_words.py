"""An MFA code given as an option is in no program's arguments: the function hands it over."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shellbench import POSIX_LIKE, Bench, bench

#: Notes what it was called with, and what it finds in its environment, with a NUL after each.
NOTES = r"""#!/bin/sh
{
    printf 'call %s\0' "${SHELLKIT_MFA_CODE-unset}"
    shift 4
    for word; do printf 'word %s\0' "$word"; done
} >>{notes}
"""

CODES = ("492039", "492 039", "letters", "=6%2*'", "1\n2")


def noting(on: Bench) -> Bench:
    """The bench with a program that takes notes."""
    on.exe.write_text(NOTES.replace("{notes}", shlex.quote(str(on.folder / "notes"))))
    return on


def calls(on: Bench) -> list[tuple[str, list[str]]]:
    """The code in the environment, and the words, of each call."""
    path = on.folder / "notes"
    found: list[tuple[str, list[str]]] = []
    notes = path.read_text().split("\0")[:-1] if path.exists() else []
    for note in notes:
        kind, _, rest = note.partition(" ")
        if kind == "call":
            found.append((rest, []))
        else:
            found[-1][1].append(rest)
    return found


def assumed(on: Bench, *words: str, **variables: str) -> tuple[str, list[str]]:
    """What the program is called with for ``assume WORDS...``."""
    before = len(calls(on))
    line = " ".join(["assume", *(on.shell.quote(word) for word in words)])
    result = on.run(on.load() + line + "\n", env=variables)
    assert (result.stdout, result.stderr) == ("", "")
    return calls(on)[before:][0]


@pytest.mark.parametrize("code", CODES)
def test_the_value_goes_into_the_environment_of_the_call(any_shell: Bench, code: str) -> None:
    on = noting(any_shell)
    handed = (code, ["prod", "--mfa-code", "-", "-q"])
    assert assumed(on, "prod", "--mfa-code", code, "-q") == handed
    handed = (code, ["prod", "--mfa-code=-", "-q"])
    assert assumed(on, "prod", f"--mfa-code={code}", "-q") == handed


def test_the_option_comes_before_the_variable(any_shell: Bench) -> None:
    on = noting(any_shell)
    line = "assume prod --mfa-code 111111\n"
    result = on.run(on.load() + line + "assume prod\n", env={"SHELLKIT_MFA_CODE": "222222"})
    assert result.status == 0
    # The variable is the user's, and as it was for what is called next.
    assert [code for code, _ in calls(on)] == ["111111", "222222"]


def test_of_two_codes_the_last_one_counts_as_it_always_did(any_shell: Bench) -> None:
    code, words = assumed(noting(any_shell), "--mfa-code", "111111", "p", "--mfa-code=222222")
    assert (code, words) == ("222222", ["--mfa-code", "-", "p", "--mfa-code=-"])


@pytest.mark.parametrize(
    "words",
    [
        ("prod", "--mfa-code"),
        ("prod", "--mfa-code", ""),
        ("prod", "--mfa-code="),
        ("prod", "--mfa-code", "--refresh"),
        ("prod", "--mfa-code", "-"),
        ("prod", "--mfa-code=-"),
        ("prod", "--mfa-code", "--", "123456"),
        ("--", "--mfa-code", "123456"),
        ("--", "--mfa-code=123456"),
        ("prod", "--", "--mfa-code", "--", "--mfa-code=123456"),
        ("prod", "--mfa-codes", "12345"),
        ("prod", "--mfa-codes=1234567"),
        ("prod", "--mfa-cod", "12345x"),
        ("prod", "--mfa-serial", "123456"),
        ("prod", "--mfa-serial=123456"),
        ("prod", "--mfa-codes=", "123456"),
        ("prod", "x--mfa-code=123456"),
        ("prod", "mfa", "123456"),
        ("prod", "--session-name", "123456"),
        ("prod", "--session-name=--mfa-code", "123456"),
        ("prod", "--session-name=mfa=123456"),
        ("prod", "--", "--mfa-codes", "123456"),
        ("--", "--mfa-codes=123456"),
        ("!", "(", "", "-n", "=", "a\tb", "*"),
        (),
    ],
)
def test_words_without_a_code_stay_as_they_are(any_shell: Bench, words: tuple[str, ...]) -> None:
    on = noting(any_shell)
    assert assumed(on, *words) == ("unset", list(words))


@pytest.mark.parametrize(
    "option", ["--mfa-c", "--mfa", "--mfacode", "--mfa_code", "--MFA-Code", "-mfa-code", "-MfaCode"]
)
@pytest.mark.parametrize("code", ["492039", "492 039"])
def test_a_code_after_a_mistyped_option_goes_nowhere(
    any_shell: Bench, option: str, code: str
) -> None:
    """The program would only refuse the option; meanwhile its arguments showed the code."""
    on = noting(any_shell)
    assert assumed(on, "prod", option, code, "-q") == ("unset", ["prod", option, "-", "-q"])
    assert assumed(on, option, code, "prod") == ("unset", [option, "-", "prod"])
    assert assumed(on, "prod", f"{option}={code}") == ("unset", ["prod", f"{option}=-"])


WORDS = st.one_of(
    st.sampled_from(["--mfa-code", "--mfa-code=1", "--mfa-code=", "--", "-", "", "123456", "p"]),
    st.sampled_from(["--mfa-c", "-Mfa=123 456", "--mfa-serial", "--mfa-serial=123456", "123 456"]),
    st.text(st.sampled_from("-=mfa code1!'\\$*(~\n"), max_size=6),
)


def expected(words: list[str]) -> tuple[str, list[str]]:
    """The rule, said once more in Python."""
    code, out, over = "unset", [], False
    for index, word in enumerate(words):
        before = words[index - 1] if index else ""
        head, _, value = word.partition("=")
        meant = re.fullmatch(r"-[^=]*mfa[^=]*", before, re.IGNORECASE | re.DOTALL)
        mistyped = re.fullmatch(
            r"(-[^=]*mfa[^=]*=)[0-9]{3} ?[0-9]{3}", word, re.IGNORECASE | re.DOTALL
        )
        if not over and before == "--mfa-code" and word and word[0] != "-":
            code = word
            out.append("-")
        elif not over and head == "--mfa-code" and value and value[0] != "-":
            code = value
            out.append("--mfa-code=-")
        elif not over and mistyped and head != "--mfa-serial":
            out.append(f"{mistyped[1]}-")
        elif (
            not over
            and meant
            and before != "--mfa-serial"
            and re.fullmatch("[0-9]{3} ?[0-9]{3}", word)
        ):
            out.append("-")
        else:
            out.append(word)
        over = over or word == "--"
    return code, out


@pytest.mark.parametrize("name", POSIX_LIKE)
def test_no_word_is_lost_or_changed(name: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    on = noting(bench(name, tmp_path_factory.mktemp(name)))
    load = on.load()

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.lists(WORDS, max_size=6), min_size=10, max_size=10))
    def check(lines: list[list[str]]) -> None:
        before = len(calls(on))
        said = [" ".join(["assume", *map(on.shell.quote, words)]) for words in lines]
        result = on.run(load + "\n".join(said) + "\n")
        assert result.stderr == ""
        assert calls(on)[before:] == [expected(words) for words in lines]

    check()


def test_a_code_is_in_no_variable_afterwards(any_shell: Bench) -> None:
    on = noting(any_shell)
    show = {"bash": "set\n", "zsh": "typeset -p\n", "fish": "set --show\n"}[on.shell.name]
    result = on.run(on.load() + "assume prod --mfa-code 492039\n" + ":\n" + show)
    left = [line for line in result.stdout.splitlines() if "492039" in line]
    # The script itself, where the shell keeps what it was told to run.
    assert [line for line in left if not line.startswith(("BASH_EXECUTION_STRING", "_="))] == []


@pytest.mark.pwsh
def test_powershell_hands_it_over_too(tmp_path: Path) -> None:
    on = noting(bench("powershell", tmp_path))
    lines = ("-MfaCode 111111", "--mfa-code 222222", "--mfa-code=333333", "", "--mfa-code -q")
    script = "".join(f"assume prod {line}\n" for line in lines)
    result = on.run(on.load() + script, env={"SHELLKIT_MFA_CODE": "444444"})
    codes = [code for code, _ in calls(on)]
    assert codes == ["111111", "222222", "333333", "444444", "444444"], result.stderr
    assert "--mfa-code=-" in calls(on)[0][1]
    assert calls(on)[1][1] == ["prod", "--mfa-code", "-"]
