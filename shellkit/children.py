"""Programs that we wait for, where a signal may end us meanwhile."""

from __future__ import annotations

import threading
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    import subprocess

#: Seconds between two looks at whether one has ended.
_TICK = 0.02


class Waiter:
    """Waits for the end of ``child`` in a thread, which no signal interrupts.

    A handler that raises within ``Popen.wait`` can leave its lock taken, for ever.
    """

    def __init__(self, child: subprocess.Popen[bytes]) -> None:
        self._child = child
        threading.Thread(target=child.wait, daemon=True).start()

    def ended(self, seconds: float = float("inf")) -> bool:
        """Whether it ends within so many seconds."""
        deadline = time.monotonic() + seconds
        while self._child.returncode is None:
            if time.monotonic() > deadline:
                return False
            time.sleep(_TICK)
        return True

    def end(self) -> None:
        """Leave it not running."""
        while self._child.returncode is None:
            self._child.kill()
            time.sleep(_TICK)
