"""Windows PowerShell 5.1, and PowerShell 7 on every system."""

from __future__ import annotations

from shellkit.shells.base import Shell, without_nul

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shellkit.environment import EnvChange

#: Each of these ends a single-quoted string: PowerShell takes what a word
#: processor makes of an apostrophe for one.
QUOTES = "'\u2018\u2019\u201a\u201b"


class PowerShell(Shell):
    """PowerShell. See ``templates/powershell.j2`` for the functions that the code here calls."""

    name = "powershell"
    script = "shellkit.ps1"
    # Also the aliases and functions that it starts with, from 5.1 on.
    reserved = (
        "ac asnp begin break cat catch cd chdir class clc clean clear clhy cli clp cls clv cnsn"
        " compare configuration continue copy cp cpi cpp curl cvpa data dbp define del diff dir"
        " dnsn do dynamicparam ebp echo else elseif end enum epal epcsv epsn erase etsn exit exsn"
        " fc fhx filter finally fl for foreach from ft function fw gal gbp gc gcb gci gcm gcs gdr"
        " gerr ghy gi gin gjb gl gm gmo gp gps gpv group gsn gsnp gsv gtz gu gv gwmi h help hidden"
        " history icm iex if ihy ii in inlinescript ipal ipcsv ipmo ipsn irm ise iwmi iwr kill lp"
        " ls man md measure mi mkdir more mount move mp mv nal ndr ni nmo npssc nsn nv ogv oh oss"
        " parallel param pause popd process prompt ps pushd pwd r rbp rcjb rcsn rd rdr ren return"
        " ri rjb rm rmdir rmo rni rnp rp rsn rsnp rujb rv rvpa rwmi sajb sal saps sasv sbp sc scb"
        " select sequence set shcm si sl sleep sls sort sp spjb spps spsv start static stz sujb sv"
        " switch swmi tee throw trap trcm try type until using var wget where while wjb workflow"
        " write"
    )

    def reserves(self, name: str) -> bool:
        """See :class:`~shellkit.shells.base.Shell`. Large letters are small ones here."""
        return super().reserves(name.lower())

    def quote(self, value: str) -> str:
        """In single quotes, with each of the five characters that end them doubled."""
        escaped = without_nul(value)
        for char in QUOTES:
            if char in escaped:
                escaped = escaped.replace(char, char + char)
        return f"'{escaped}'"

    def exports(self, change: EnvChange) -> str:
        """See :class:`~shellkit.shells.base.Shell`."""
        lines = [_set(name, self.quote(value)) for name, value in change.assigned.items()]
        lines += [_set(name, "[NullString]::Value") for name in change.cleared]
        # A block of its own, so that the caller's ErrorActionPreference stays as it is.
        body = "".join(f"    {line}\n" for line in lines)
        return f"& {{\n    $ErrorActionPreference = 'Stop'\n{body}}}\n"

    def switch(
        self, change: EnvChange, recipe: str, message: str, inherited: str | None = None
    ) -> str:
        """See :class:`~shellkit.shells.base.Shell`."""
        pairs = "; ".join(f"{name} = {self.quote(v)}" for name, v in change.assigned.items())
        recipes = (recipe,) if inherited is None else (recipe, inherited)
        return self._steps(f"__shellkit_switch @{{ {pairs} }} {self.words(recipes)}", message)

    def revert(self, message: str) -> str:
        """See :class:`~shellkit.shells.base.Shell`."""
        return self._steps("__shellkit_restore", message)

    def text(self, text: str) -> str:
        """See :class:`~shellkit.shells.base.Shell`."""
        # What a statement leaves goes to the caller's pipeline, which ends the line by itself.
        return self.quote(text.removesuffix("\n")) + "\n"

    def _steps(self, step: str, message: str) -> str:
        if not message:
            return f"{step}\n"
        return f"{step}\n__shellkit_say {self.quote(message)}\n"


def _set(name: str, value: str) -> str:
    return f"[System.Environment]::SetEnvironmentVariable('{name}', {value})"
