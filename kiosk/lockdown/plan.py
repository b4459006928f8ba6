"""What is done to a Windows machine, in which order, and what refuses: a pure function of what it is.

Each step says in words what it does, and how it is taken back. What only a person at the real unit can see is in
`assets/lockdown/confirm.*.txt`, which `kiosk lockdown list` prints.
"""

from dataclasses import dataclass
from typing import Literal

from kiosk.lockdown.facts import Facts
from kiosk.lockdown.files import assigned_access, shell_launcher

_POLICIES = r"HKLM\SOFTWARE\Policies\Microsoft\Windows"
_UPDATE = rf"{_POLICIES}\WindowsUpdate"
_CONTROL = r"HKLM\SYSTEM\CurrentControlSet\Control"
_EXPLORER = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\Explorer"
_REPORTS = r"HKLM\SOFTWARE\Microsoft\Windows\Windows Error Reporting"

_REFUSALS = {
    "by_sector": "This machine has a write filter (EWF or FBWF) that cannot leave a folder out for good: every rating "
    "would be lost at a restart. Take that filter away, then run this again.",
    "unread": "What the Unified Write Filter says of itself is not understood, so nobody knows whether ratings would "
    "be lost at a restart. See `uwfmgr get-config`.",
}


@dataclass(frozen=True, slots=True)
class Command:
    """Run a program of Windows, and another one to take it back. `restart`: it takes effect at the next start."""

    words: str
    run: tuple[str, ...]
    undo: tuple[str, ...] = ()
    restart: bool = False


@dataclass(frozen=True, slots=True)
class Value:
    """One value of the registry; what was there before is kept, and comes back."""

    words: str
    key: str
    name: str
    kind: Literal["REG_DWORD", "REG_SZ"]
    value: str


@dataclass(frozen=True, slots=True)
class Access:
    """Shell Launcher's or Assigned Access's configuration, which only the account SYSTEM may set."""

    words: str
    name: Literal["ShellLauncher", "Configuration"]
    xml: str
    restart: bool = True


@dataclass(frozen=True, slots=True)
class Keys:
    """Keyboard Filter, with the keys of `assets/lockdown/keys.txt`."""

    words: str
    restart: bool = True


Step = Command | Value | Access | Keys


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps in order, or why nothing is done. `warnings`: what this machine cannot be kept from."""

    steps: tuple[Step, ...]
    refusal: str = ""
    warnings: tuple[str, ...] = ()


def plan_for(facts: Facts) -> Plan:
    """What to do on this machine."""
    if facts.write_filter in _REFUSALS:
        return Plan((), _REFUSALS[facts.write_filter])
    steps = (*_keeping(facts), *_shell(facts), *_power(), *_quiet(), _again(facts))
    return Plan(steps, "", tuple(_warnings(facts)))


def _again(facts: Facts) -> Command:
    """What Keyboard Filter needs is there after a restart only, and updates of Windows undo some of this."""
    task = ("/tn", "kiosk-lockdown-at-start")
    line = f'"{facts.program}" --home "{facts.home}" lockdown apply'
    return Command(
        "all of this is done again at each start",
        ("schtasks.exe", "/create", *task, "/ru", "SYSTEM", "/sc", "ONSTART", "/f", "/tr", line),
        ("schtasks.exe", "/delete", *task, "/f"),
    )


def _keeping(facts: Facts) -> list[Step]:
    """What keeps the home, and keeps others out of it."""
    home = str(facts.home)
    steps: list[Step] = []
    if facts.write_filter == "on":
        steps.append(
            Command(
                "the write filter leaves the terminal's home alone from the next start on",
                ("uwfmgr.exe", "file", "add-exclusion", home), ("uwfmgr.exe", "file", "remove-exclusion", home), True,
            )
        )  # fmt: skip
    # By number, for names of groups are translated: SYSTEM, the administrators, and whoever made the file.
    rights = ("*S-1-5-18:(OI)(CI)F", "*S-1-5-32-544:(OI)(CI)F", "*S-1-3-0:(OI)(CI)(IO)F", "*S-1-5-32-545:(RX,AD,WD)")
    steps.append(
        Command(
            "the home belongs to the terminal's account, to SYSTEM and to administrators, and nobody else reads it",
            ("icacls.exe", home, "/inheritance:r", "/grant:r", *rights),
        )
    )
    return steps


def _shell(facts: Facts) -> list[Step]:
    if facts.has_device_lockdown:
        features = ("Client-EmbeddedShellLauncher", "Client-KeyboardFilter")
        return [
            *(
                Command(
                    f"Windows' feature {feature} is there",
                    ("dism.exe", "/online", "/enable-feature", f"/featurename:{feature}", "/all", "/norestart"),
                    restart=True,
                )
                for feature in features
            ),
            Access(
                "from power-on an account of its own shows the terminal in place of the desktop", "ShellLauncher",
                shell_launcher(facts.program, facts.home),
            ),
            Keys("no key combination leaves the terminal; administrators keep theirs"),
        ]  # fmt: skip
    if facts.edition.startswith("Professional"):
        return [
            Access(
                "from power-on an account of its own may start the terminal and nothing else", "Configuration",
                assigned_access(facts.program, facts.home),
            )
        ]  # fmt: skip
    return []


def _power() -> list[Step]:
    """A terminal does not sleep; its screen is darkened by the hall's hours, by itself."""
    never = (("standby-timeout", "30"), ("hibernate-timeout", "180"), ("monitor-timeout", "10"), ("disk-timeout", "20"))
    steps: list[Step] = [
        Command(
            f"no {name} on mains", ("powercfg.exe", "/change", f"{name}-ac", "0"),
            ("powercfg.exe", "/change", f"{name}-ac", before),
        )
        for name, before in never
    ]  # fmt: skip
    for button in ("PBUTTONACTION", "SBUTTONACTION", "LIDACTION"):
        steps.append(
            Command(
                f"{button} does nothing",
                ("powercfg.exe", "/setacvalueindex", "SCHEME_CURRENT", "SUB_BUTTONS", button, "0"),
                ("powercfg.exe", "/setacvalueindex", "SCHEME_CURRENT", "SUB_BUTTONS", button, "1"),
            )
        )
    return [*steps, Command("and from now on", ("powercfg.exe", "/setactive", "SCHEME_CURRENT"))]


def _quiet() -> list[Step]:
    """No dialog of Windows' own before a citizen, no restart in the hall's hours, no memory of ours on the disk."""
    numbers = (
        ("no restart for updates while somebody is signed in", rf"{_UPDATE}\AU", "NoAutoRebootWithLoggedOnUsers", 1),
        ("updates are fetched and wait for their night", rf"{_UPDATE}\AU", "AUOptions", 3),
        ("active hours are set", _UPDATE, "SetActiveHours", 1),
        ("from six", _UPDATE, "ActiveHoursStart", 6),
        ("to midnight", _UPDATE, "ActiveHoursEnd", 0),
        ("no notice of a restart", _UPDATE, "SetAutoRestartNotificationDisable", 1),
        ("no swipe from the edge", rf"{_POLICIES}\EdgeUI", "AllowEdgeSwipe", 0),
        ("no lock screen", rf"{_POLICIES}\Personalization", "NoLockScreen", 1),
        ("nothing starts from a stick", _EXPLORER, "NoDriveTypeAutoRun", 255),
        ("no error dialog of the system", rf"{_CONTROL}\Windows", "ErrorMode", 2),
        ("no error report", _REPORTS, "Disabled", 1),
        ("and none shown", _REPORTS, "DontShowUI", 1),
        ("no memory dump, for it would hold the journal's key", rf"{_CONTROL}\CrashControl", "CrashDumpEnabled", 0),
    )
    return [Value(words, key, name, "REG_DWORD", str(number)) for words, key, name, number in numbers]


def _warnings(facts: Facts) -> list[str]:
    said = []
    if facts.edition.startswith("Professional"):
        said.append("Windows Pro has neither Shell Launcher nor Keyboard Filter: Ctrl+Alt+Del reaches Windows here. "
                    "Take Windows Enterprise LTSC or IoT for a screen that stands alone with citizens.")  # fmt: skip
    elif not facts.has_device_lockdown:
        said.append(f"The edition {facts.edition} can lock an account down to one program in no way: the terminal is "
                    "installed, and whoever has a keyboard can leave it.")  # fmt: skip
    if facts.write_filter in ("on", "excluded"):
        said.append("With a write filter the system's key store is thrown away at a restart: keep the secrets in the "
                    'home ([secrets] store = "file" in kiosk.toml).')  # fmt: skip
    return said
