"""What a run of the benchmarks found, as a table for people and for docs/performance.md."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Table:
    """What the run found: a line each, with the number that it must not pass where there is one."""

    rows: list[tuple[str, str, str, str]] = field(default_factory=list)

    def add(self, what: str, time: str, ratio: str = "", limit: str = "") -> None:
        self.rows.append((what, time, ratio, limit))

    def __str__(self) -> str:
        head = ("", "best", "ratio", "must be")
        rule = ("---", "---:", "---:", "---")
        widths = [max(len(row[n]) for row in (head, rule, *self.rows)) for n in range(4)]
        lines = []
        for row in (head, rule, *self.rows):
            cells = [row[0].ljust(widths[0]), row[1].rjust(widths[1])]
            cells += [row[2].rjust(widths[2]), row[3].ljust(widths[3])]
            lines.append(f"| {' | '.join(cells)} |")
        return "\n".join(lines)
