; The installer for Windows: per machine, with or without questions, in place over an older version.
;
;   kiosk-terminal_VERSION_x64.exe                     with questions
;   kiosk-terminal_VERSION_x64.exe /S                  without; exit code 0, 1 refused, 2 failed, 3010 restart needed
;       /ANSWERS=C:\path\enrol.toml   the hall's answer file: the unit enrols by itself (docs/PACKAGES.md)
;       /LOCKDOWN=no                  the program alone, for a clerk's PC: no account, no shell, no policy
;       /D=C:\Program Files\Kiosk     another folder (last, unquoted)
;
; Compiled by `python3 build/dev.py package` with -DPROGRAM, -DVERSION, -DFOUR, -DOUT, -DLICENSE.

Unicode true
SetCompressor /SOLID lzma
!include MUI2.nsh
!include FileFunc.nsh
!include LogicLib.nsh
!include WinVer.nsh
!include x64.nsh

!define NAME "Kiosk Terminal"
!define KEY "Software\KioskTerminal"
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\KioskTerminal"

Name "${NAME}"
OutFile "${OUT}"
RequestExecutionLevel admin
InstallDir "$PROGRAMFILES64\Kiosk Terminal"
InstallDirRegKey HKLM "${KEY}" "Folder"
ShowInstDetails show
ManifestDPIAware true
VIProductVersion "${FOUR}"
VIFileVersion "${FOUR}"
VIAddVersionKey /LANG=1033 "ProductName" "Rating terminal"
VIAddVersionKey /LANG=1033 "FileDescription" "Installer of the rating terminal"
VIAddVersionKey /LANG=1033 "FileVersion" "${VERSION}"
VIAddVersionKey /LANG=1033 "ProductVersion" "${VERSION}"
VIAddVersionKey /LANG=1033 "LegalCopyright" "GPL-3.0-or-later"

!define MUI_ABORTWARNING
!insertmacro MUI_PAGE_LICENSE "${LICENSE}"
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "SimpChinese"
!insertmacro MUI_LANGUAGE "English"

LangString OLD_WINDOWS ${LANG_SIMPCHINESE} "需要 64 位的 Windows 10（1809）或更高版本；未作任何改动。"
LangString OLD_WINDOWS ${LANG_ENGLISH} "This needs Windows 10 (1809) or later, of 64 bits; nothing was changed."
LangString NO_ANSWERS ${LANG_SIMPCHINESE} "找不到应答文件，未作任何改动："
LangString NO_ANSWERS ${LANG_ENGLISH} "The answer file is not there; nothing was changed:"
LangString STILL_RUNS ${LANG_SIMPCHINESE} "终端仍在运行，无法结束；未作任何改动。请在终端上以一次性口令退出后重试。"
LangString STILL_RUNS ${LANG_ENGLISH} "The terminal runs and does not end; nothing was changed. Leave it with your one-time code, then try again."
LangString TAMPERED ${LANG_SIMPCHINESE} "程序自检未通过，已恢复原先的版本。详情见上面各行。"
LangString TAMPERED ${LANG_ENGLISH} "The program's test of itself failed; the version before is back. The lines above say more."
LangString NOT_LOCKED ${LANG_SIMPCHINESE} "程序已安装，但锁定未全部完成，请看上面各行；在实机上确认后再投入使用。"
LangString NOT_LOCKED ${LANG_ENGLISH} "The program is installed, but not every step of the lock-down was done: see the lines above before citizens use it."
LangString UNSENT ${LANG_SIMPCHINESE} "还有评价未送达中心，不能卸载；未作任何改动。请看上面各行。"
LangString UNSENT ${LANG_ENGLISH} "Ratings have not reached central, so nothing was removed. The lines above say what to do."
LangString KEEP_HOME ${LANG_SIMPCHINESE} "程序已卸载。是否同时删除本机的评价流水和设置？（全部已送达中心）"
LangString KEEP_HOME ${LANG_ENGLISH} "The program is removed. Delete the journal and the settings of this unit as well? (Everything reached central.)"

Var Home
Var Answers
Var Lockdown
Var Restart

; Say it, and give it to whoever installs without questions as the exit code.
!macro Refuse CODE WORDS
    DetailPrint "${WORDS}"
    MessageBox MB_OK|MB_ICONSTOP "${WORDS}" /SD IDOK
    SetErrorLevel ${CODE}
    Quit
!macroend

; The terminal ends as its supervisor is told to; what it has to write, it writes. Gives 0 in $0 if nothing of it is left.
!macro EndTerminal UN
Function ${UN}EndTerminal
    nsExec::ExecToLog 'schtasks.exe /end /tn "kiosk-lockdown-at-start"'
    Pop $0
    ; A shell that is killed is started again: the session of the terminal's own account is signed out instead, never ours.
    nsExec::ExecToLog 'powershell.exe -NoProfile -NonInteractive -Command "$$own = (Get-Process -Id $$PID).SessionId; Get-Process kiosk -ErrorAction SilentlyContinue | Select-Object -ExpandProperty SessionId -Unique | Where-Object { $$_ -ne $$own } | ForEach-Object { logoff.exe $$_ }"'
    Pop $0
    StrCpy $1 0
    ${Do}
        nsExec::ExecToStack 'tasklist.exe /nh /fi "IMAGENAME eq kiosk.exe"'
        Pop $0
        Pop $2
        ${${UN}StrContains} $3 "kiosk.exe" $2
        ${If} $3 == ""
            StrCpy $0 0
            Return
        ${EndIf}
        ${If} $1 < 20
            nsExec::ExecToLog 'taskkill.exe /im kiosk.exe'
        ${Else}
            nsExec::ExecToLog 'taskkill.exe /f /im kiosk.exe'
        ${EndIf}
        Pop $0
        Sleep 500
        IntOp $1 $1 + 1
    ${LoopUntil} $1 > 40
    StrCpy $0 1
FunctionEnd
!macroend

; $result = needle if it is found in haystack, else "".
!macro StrContainsFunction UN
Function ${UN}StrContainsInner
    Exch $R1
    Exch
    Exch $R2
    Push $R3
    Push $R4
    Push $R5
    StrLen $R3 $R2
    StrCpy $R4 0
    ${Do}
        StrCpy $R5 $R1 $R3 $R4
        ${If} $R5 == $R2
            StrCpy $R1 $R2
            ${ExitDo}
        ${EndIf}
        ${If} $R5 == ""
            StrCpy $R1 ""
            ${ExitDo}
        ${EndIf}
        IntOp $R4 $R4 + 1
    ${Loop}
    Pop $R5
    Pop $R4
    Pop $R3
    Pop $R2
    Exch $R1
FunctionEnd
!macroend
!macro CallStrContains UN RESULT NEEDLE HAYSTACK
    Push `${NEEDLE}`
    Push `${HAYSTACK}`
    Call ${UN}StrContainsInner
    Pop ${RESULT}
!macroend
!define StrContains `!insertmacro CallStrContains ""`
!define un.StrContains `!insertmacro CallStrContains "un."`
!insertmacro StrContainsFunction ""
!insertmacro StrContainsFunction "un."
!insertmacro EndTerminal ""
!insertmacro EndTerminal "un."

Function .onInit
    ${IfNot} ${RunningX64}
    ${OrIfNot} ${AtLeastBuild} 17763
        !insertmacro Refuse 1 "$(OLD_WINDOWS)"
    ${EndIf}
    SetRegView 64
    SetShellVarContext all
    StrCpy $Home "$APPDATA\kiosk-terminal\home"
    ${GetParameters} $0
    ${GetOptions} $0 "/ANSWERS=" $Answers
    ${GetOptions} $0 "/LOCKDOWN=" $Lockdown
    ${If} $Answers != ""
    ${AndIfNot} ${FileExists} "$Answers"
        !insertmacro Refuse 1 "$(NO_ANSWERS) $Answers"
    ${EndIf}
FunctionEnd

Section "Terminal"
    StrCpy $Restart 0
    ; 1. Nothing of the version before is touched until it has ended.
    Call EndTerminal
    ${If} $0 != 0
        !insertmacro Refuse 2 "$(STILL_RUNS)"
    ${EndIf}

    ; 2. The new version beside the old one, tried, and only then in its place: a plug pulled here leaves either.
    RMDir /r "$INSTDIR.new"
    SetOutPath "$INSTDIR.new"
    File /r "${PROGRAM}\*"
    nsExec::ExecToLog '"$INSTDIR.new\kiosk.exe" selftest'
    Pop $0
    ${If} $0 != 0
        SetOutPath "$TEMP"
        RMDir /r "$INSTDIR.new"
        !insertmacro Refuse 2 "$(TAMPERED)"
    ${EndIf}
    SetOutPath "$TEMP"
    RMDir /r "$INSTDIR.old"
    ${If} ${FileExists} "$INSTDIR\kiosk.exe"
        ClearErrors
        Rename "$INSTDIR" "$INSTDIR.old"
        ${If} ${Errors}
            RMDir /r "$INSTDIR.new"
            !insertmacro Refuse 2 "$(STILL_RUNS)"
        ${EndIf}
    ${Else}
        RMDir "$INSTDIR"
    ${EndIf}
    ClearErrors
    Rename "$INSTDIR.new" "$INSTDIR"
    ${If} ${Errors}
        Rename "$INSTDIR.old" "$INSTDIR"
        !insertmacro Refuse 2 "$(TAMPERED)"
    ${EndIf}
    RMDir /r "$INSTDIR.old"

    ; 3. The state of the unit lies apart from the program, and stays through every version.
    CreateDirectory "$Home"
    ${If} $Answers != ""
        CopyFiles /SILENT "$Answers" "$Home\enrol.toml"
    ${EndIf}

    ; 4. Who takes it away again.
    WriteUninstaller "$INSTDIR\uninstall.exe"
    WriteRegStr HKLM "${KEY}" "Folder" "$INSTDIR"
    WriteRegStr HKLM "${KEY}" "Version" "${VERSION}"
    WriteRegStr HKLM "${UNINSTALL}" "DisplayName" "${NAME}"
    WriteRegStr HKLM "${UNINSTALL}" "DisplayVersion" "${VERSION}"
    WriteRegStr HKLM "${UNINSTALL}" "Publisher" "The rating terminal's makers"
    WriteRegStr HKLM "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
    WriteRegStr HKLM "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
    WriteRegDWORD HKLM "${UNINSTALL}" "NoModify" 1
    WriteRegDWORD HKLM "${UNINSTALL}" "NoRepair" 1

    ; 5. The write filter, the shell, the keys, power and updates; or the console alone on a clerk's PC.
    ${If} $Lockdown == "no"
        CreateShortcut "$SMPROGRAMS\Kiosk Clerk.lnk" "$INSTDIR\kiosk.exe" "clerk"
    ${Else}
        WriteRegStr HKLM "${KEY}" "Lockdown" "yes"
        nsExec::ExecToLog '"$INSTDIR\kiosk.exe" --home "$Home" lockdown apply'
        Pop $0
        ${Switch} $0
        ${Case} 0
            ${Break}
        ${Case} 3010
            StrCpy $Restart 1
            ${Break}
        ${Default}
            DetailPrint "$(NOT_LOCKED)"
            MessageBox MB_OK|MB_ICONEXCLAMATION "$(NOT_LOCKED)" /SD IDOK
            SetErrorLevel 2
        ${EndSwitch}
        nsExec::ExecToLog '"$INSTDIR\kiosk.exe" lockdown list'
        Pop $0
    ${EndIf}
    ${If} $Restart == 1
        SetRebootFlag true
        SetErrorLevel 3010
    ${EndIf}
SectionEnd

Function un.onInit
    SetRegView 64
    SetShellVarContext all
    StrCpy $Home "$APPDATA\kiosk-terminal\home"
FunctionEnd

Section "Uninstall"
    ; Refused while a rating lies on this machine alone, looked at again once nothing can be tapped any more.
    nsExec::ExecToLog '"$INSTDIR\kiosk.exe" --home "$Home" removal check'
    Pop $0
    ${If} $0 != 0
        !insertmacro Refuse 1 "$(UNSENT)"
    ${EndIf}
    Call un.EndTerminal
    ${If} $0 != 0
        !insertmacro Refuse 2 "$(STILL_RUNS)"
    ${EndIf}
    nsExec::ExecToLog '"$INSTDIR\kiosk.exe" --home "$Home" removal check'
    Pop $0
    ${If} $0 != 0
        !insertmacro Refuse 1 "$(UNSENT)"
    ${EndIf}
    ReadRegStr $0 HKLM "${KEY}" "Lockdown"
    ${If} $0 == "yes"
        nsExec::ExecToLog '"$INSTDIR\kiosk.exe" --home "$Home" lockdown undo'
        Pop $0
        SetRebootFlag true
    ${EndIf}
    Delete "$SMPROGRAMS\Kiosk Clerk.lnk"
    RMDir /r "$INSTDIR"
    DeleteRegKey HKLM "${KEY}"
    DeleteRegKey HKLM "${UNINSTALL}"
    ; Without questions the unit's state stays: whoever wants it gone deletes the folder.
    MessageBox MB_YESNO|MB_ICONQUESTION|MB_DEFBUTTON2 "$(KEEP_HOME)" /SD IDNO IDNO kept
    RMDir /r "$APPDATA\kiosk-terminal"
    kept:
    ${If} ${RebootFlag}
        SetErrorLevel 3010
    ${EndIf}
SectionEnd
