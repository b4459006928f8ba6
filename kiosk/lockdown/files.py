"""The two files by which Windows is told what an account may see: Shell Launcher's and Assigned Access's.

Both have Windows make and sign in an account of its own (`AutoLogonAccount`), so that no password lies anywhere.
"""

from pathlib import PureWindowsPath
from xml.sax.saxutils import quoteattr

LEFT_BY_A_TECHNICIAN = 79
"""How the program ends when a technician left it: it is not started again before somebody signs in."""
_PROFILE = "{7B5D1E0A-6C1B-4E0C-9C55-1F9D2A6F0E11}"


def command_of(program: PureWindowsPath, home: PureWindowsPath) -> tuple[str, str]:
    """The program and its arguments, as the account's shell."""
    return str(program), f'--home "{home}" supervise'


def shell_launcher(program: PureWindowsPath, home: PureWindowsPath) -> str:
    """For editions with Shell Launcher: the program in place of the desktop; administrators keep theirs."""
    path, arguments = command_of(program, home)
    shell = quoteattr(f'"{path}" {arguments}')
    return f"""\
<?xml version="1.0" encoding="utf-8"?>
<ShellLauncherConfiguration
    xmlns="http://schemas.microsoft.com/ShellLauncher/2018/Configuration"
    xmlns:V2="http://schemas.microsoft.com/ShellLauncher/2019/Configuration">
  <Profiles>
    <DefaultProfile>
      <Shell Shell="%SystemRoot%\\explorer.exe"/>
    </DefaultProfile>
    <Profile Id="{_PROFILE}">
      <Shell Shell={shell} V2:AppType="Desktop" V2:AllAppsFullScreen="false">
        <ReturnCodeActions>
          <ReturnCodeAction ReturnCode="{LEFT_BY_A_TECHNICIAN}" Action="DoNothing"/>
        </ReturnCodeActions>
        <DefaultAction Action="RestartShell"/>
      </Shell>
    </Profile>
  </Profiles>
  <Configs>
    <Config>
      <AutoLogonAccount/>
      <Profile Id="{_PROFILE}"/>
    </Config>
  </Configs>
</ShellLauncherConfiguration>
"""


def assigned_access(program: PureWindowsPath, home: PureWindowsPath) -> str:
    """For Windows Pro, which has no Shell Launcher: the one program that the account may start, started at once."""
    path, arguments = command_of(program, home)
    return f"""\
<?xml version="1.0" encoding="utf-8"?>
<AssignedAccessConfiguration
    xmlns="http://schemas.microsoft.com/AssignedAccess/2017/config"
    xmlns:rs5="http://schemas.microsoft.com/AssignedAccess/201810/config"
    xmlns:v5="http://schemas.microsoft.com/AssignedAccess/2022/config">
  <Profiles>
    <Profile Id="{_PROFILE}">
      <AllAppsList>
        <AllowedApps>
          <App DesktopAppPath={quoteattr(path)} rs5:AutoLaunch="true" rs5:AutoLaunchArguments={quoteattr(arguments)}/>
        </AllowedApps>
      </AllAppsList>
      <v5:StartPins><![CDATA[{{"pinnedList":[]}}]]></v5:StartPins>
      <Taskbar ShowTaskbar="false"/>
    </Profile>
  </Profiles>
  <Configs>
    <Config>
      <AutoLogonAccount rs5:DisplayName="kiosk"/>
      <DefaultProfile Id="{_PROFILE}"/>
    </Config>
  </Configs>
</AssignedAccessConfiguration>
"""
