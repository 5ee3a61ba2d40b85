"""The settings of the prompt segment in the words of each shell.

Four small functions in each: what does not change (``…_settings``), an account's
name (``…_alias``), the class of a name between hyphens (``…_class``), and a class's
colour for a depth (``…_code``). The functions in the templates call them.
Not on the path of a warm ``assume``.
"""

from __future__ import annotations

from shellkit.prompt import CLASSES, DEPTHS, EXACT, NO_LETTER, NO_LOWER, Prompt, globs, regex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from shellkit.shells.base import Shell

#: Around the settings in a script, so that ``init`` can exchange them without a template.
BEGIN = "# What config.toml says under [prompt], or the defaults.\n"
END = "# The end of the settings.\n"


def settings(shell: Shell, prompt: Prompt) -> str:
    """``prompt`` as functions for ``shell``, between the two marks."""
    return BEGIN + "\n".join(_WRITERS[shell.name](shell, prompt)) + END


def _words(prompt: Prompt) -> list[str]:
    """The pieces of the format, each as ``PART=LEAD``."""
    return [f"{piece.part}={piece.lead}" for piece in prompt.pieces]


def _classes(prompt: Prompt) -> list[tuple[str, list[str], list[str]]]:
    """Each class with the globs of its names, and of those that are excepted."""
    production = [pattern for pattern in prompt.production if not pattern.startswith("!")]
    excepted = [pattern[1:] for pattern in prompt.production if pattern.startswith("!")]
    found = [("production", _globs(production), _globs(excepted))]
    found += [(pattern, _globs([pattern]), []) for pattern in prompt.patterns]
    return [each for each in found if each[1]]


def _globs(patterns: Sequence[str]) -> list[str]:
    return [glob for pattern in patterns for glob in globs(pattern)]


def _colors(prompt: Prompt) -> Iterator[tuple[str, str, str]]:
    """Depth, class and codes, the shallowest depth last, as one that stands for all."""
    for name in (*CLASSES, *prompt.patterns):
        codes = prompt.color(name).codes
        for depth, code in reversed(list(zip(DEPTHS, codes, strict=True))):
            if depth == DEPTHS[0]:
                yield "*", name, code
            elif code != codes[0]:
                yield depth, name, code


# ---------------------------------------------------------------- bash, zsh


def _posix(shell: Shell, prompt: Prompt) -> Iterator[str]:
    quote = shell.quote
    yield f"""__shellkit_prompt_settings() {{
    __shellkit_enabled={quote(prompt.enabled)}
    __shellkit_position={quote(prompt.position)}
    __shellkit_warning={prompt.warning}
    __shellkit_pieces=({shell.words(_words(prompt))})
}}
"""
    arms = [
        (quote(number), f"__shellkit_account={quote(name)}") for number, name in prompt.accounts
    ]
    yield _case("alias", '"$1"', [*arms, ("*", '__shellkit_account="$1"')])
    arms = []
    for name, wanted, excepted in _classes(prompt):
        if excepted:
            arms.append((" | ".join(_posix_glob(shell, glob) for glob in excepted), ""))
        pattern = " | ".join(_posix_glob(shell, glob) for glob in wanted)
        arms.append((pattern, f"__shellkit_class={quote(name)}"))
    yield _case("class", '"$1"', [*arms, ("*", "")])
    arms = [
        (
            "*" * (depth == "*") + quote(depth * (depth != "*") + f":{name}"),
            f"__shellkit_code={quote(code)}",
        )
        for depth, name, code in _colors(prompt)
    ]
    yield _case("code", '"$2:$1"', [*arms, ("*", "__shellkit_code=''")])


def _case(name: str, subject: str, arms: Sequence[tuple[str, str]]) -> str:
    lines = [f"    {pattern}) {code} ;;\n".replace(")  ;;", ") ;;") for pattern, code in arms]
    return f"__shellkit_prompt_{name}() {{\n    case {subject} in\n{''.join(lines)}    esac\n}}\n"


def _posix_glob(shell: Shell, glob: str) -> str:
    special = {"*": "*", "?": "?", NO_LETTER: "[![:alpha:]]", NO_LOWER: "[![:lower:]]"}
    exact = glob.startswith(EXACT)
    written, plain = "", ""
    for char in glob.removeprefix(EXACT) + "*":
        both = char.isascii() and char.isalpha() and not exact
        if not both and char not in special:
            plain += char
            continue
        written += shell.quote(plain) * bool(plain)
        plain = ""
        written += f"[{char.lower()}{char.upper()}]" if both else special[char]
    return written[:-1]


# ---------------------------------------------------------------- fish


def _fish(shell: Shell, prompt: Prompt) -> Iterator[str]:
    def word(text: str) -> str:
        """As ``fish_indent`` has it: without quotes where no shell would need any."""
        return text if text.isascii() and text.isalnum() else shell.quote(text)

    yield _fish_function(
        "settings",
        f"builtin set __shellkit_enabled {word(prompt.enabled)}",
        f"builtin set __shellkit_position {word(prompt.position)}",
        f"builtin set __shellkit_warning {prompt.warning}",
        f"builtin set __shellkit_pieces {shell.words(_words(prompt))}",
    )
    lines = []
    for number, name in prompt.accounts:
        lines += [
            f"if builtin test $__shellkit_number = {word(number)}",
            f"    builtin set __shellkit_account {word(name)}",
            "    return 0",
            "end",
        ]
    yield _fish_function("alias", *lines, "builtin set __shellkit_account $__shellkit_number")
    lines = []
    for name, wanted, excepted in _classes(prompt):
        lines += [
            "if " + _fish_match(shell, wanted),
            *(("    and not " + _fish_match(shell, excepted),) if excepted else ()),
            f"    builtin set __shellkit_class {word(name)}",
            "    return 0",
            "end",
        ]
    yield _fish_function("class", *lines, "return 0")
    lines = []
    for depth, name, code in _colors(prompt):
        lines.append(f"if builtin test $__shellkit_name = {word(name)}")
        if depth != "*":
            lines.append(f"    and builtin test $__shellkit_depth = {depth}")
        lines += [f"    builtin set __shellkit_code {word(code)}", "    return 0", "end"]
    yield _fish_function("code", *lines, "builtin set __shellkit_code ''")


def _fish_function(name: str, *lines: str) -> str:
    head = f"function __shellkit_prompt_{name} --no-scope-shadowing"
    return "\n    ".join((head, *lines)) + "\nend\n"


def _fish_match(shell: Shell, several: Sequence[str]) -> str:
    pattern = "|".join(regex(glob, r"\P{L}") for glob in several)
    return f"builtin string match -rq -- {shell.quote(pattern)} $__shellkit_subject"


# ---------------------------------------------------------------- PowerShell


def _powershell(shell: Shell, prompt: Prompt) -> Iterator[str]:
    quote = shell.quote
    pieces = ", ".join(quote(word) for word in _words(prompt))
    yield f"""function global:__shellkit_prompt_settings {{
    @{{
        Enabled = {quote(prompt.enabled)}
        Position = {quote(prompt.position)}
        Warning = {prompt.warning}
        Pieces = @({pieces})
    }}
}}
"""
    lines = [
        f"if ($Number -ceq {quote(number)}) {{ return {quote(name)} }}"
        for number, name in prompt.accounts
    ]
    yield _powershell_function("alias", "[string]$Number", *lines, "return $Number")
    lines = []
    for name, wanted, excepted in _classes(prompt):
        found = f"$Subject -cmatch {_powershell_regex(shell, wanted)}"
        if excepted:
            found += f" -and $Subject -cnotmatch {_powershell_regex(shell, excepted)}"
        lines.append(f"if ({found}) {{ return {quote(name)} }}")
    yield _powershell_function("class", "[string]$Subject", *lines, "return ''")
    lines = []
    for depth, name, code in _colors(prompt):
        found = f"$Name -ceq {quote(name)}"
        if depth != "*":
            found += f" -and $Depth -ceq {quote(depth)}"
        lines.append(f"if ({found}) {{ return {quote(code)} }}")
    yield _powershell_function("code", "[string]$Name, [string]$Depth", *lines, "return ''")


def _powershell_function(name: str, parameters: str, *lines: str) -> str:
    head = f"function global:__shellkit_prompt_{name} {{"
    return "\n    ".join((head, f"param({parameters})", *lines)) + "\n}\n"


def _powershell_regex(shell: Shell, several: Sequence[str]) -> str:
    return shell.quote("|".join(regex(glob, r"\P{L}") for glob in several))


_WRITERS: Mapping[str, Callable[[Shell, Prompt], Iterator[str]]] = {
    "bash": _posix,
    "zsh": _posix,
    "fish": _fish,
    "powershell": _powershell,
}
