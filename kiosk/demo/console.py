"""The clerk's console on a screen of its own."""

from pathlib import Path

from kiosk.demo.programs import Program, Terminal, kiosk_command, until
from kiosk.demo.screen import VirtualScreen


class Console:
    """`kiosk clerk` for one terminal, on a virtual screen."""

    def __init__(self, terminal: Terminal, screen: VirtualScreen, log: Path) -> None:
        self._screen = screen
        command = kiosk_command("clerk", "--station", f"http://127.0.0.1:{terminal.port}")
        self._program = Program("console", command, log, {**screen.environment, "KIOSK_HOME": str(terminal.home)})
        with self._program.or_ended():
            until("the console's window", screen.has_window, alive=self._program)

    def photograph(self, path: Path) -> None:
        """Save what the clerk sees."""
        self._program.check()
        self._screen.photograph(path)

    def close(self) -> None:
        """End the console."""
        self._program.stop()
