{ The station through the command-line client, for Delphi and Free Pascal: nothing but a program that is run.

  Exit codes: 0 done, 1 refused, 69 the terminal is away, 75 busy (try again), 77 not let in, 78 cannot be asked so. }
unit KioskStation;

{$IFDEF FPC}{$MODE DELPHI}{$ENDIF}

interface

const
  KioskDone = 0;
  KioskRefused = 1;
  KioskAway = 69;
  KioskBusy = 75;

{ Runs `kiosk` with these words and gives its exit code; Output is what it printed, in UTF-8. }
function RunKiosk(const Words: array of string; out Output: string): Integer;

{ Starts a visit. Key must be new for each visit and the same for each try of one. }
function StartVisit(const Matter, CaseNumber, Key: string; out VisitId: string): Integer;

{ Shows the five levels to the citizen who is being served. }
function InviteToRate: Integer;

implementation

uses
{$IFDEF FPC}
  SysUtils, Classes, Process;
{$ELSE}
  System.SysUtils, Winapi.Windows;
{$ENDIF}

{$IFDEF FPC}

function RunKiosk(const Words: array of string; out Output: string): Integer;
var
  Program_: TProcess;
  Text: TStringStream;
  Buffer: array [0 .. 4095] of Byte;
  Index, Count: Integer;
begin
  Program_ := TProcess.Create(nil);
  Text := TStringStream.Create('');
  try
    Program_.Executable := 'kiosk';
    for Index := Low(Words) to High(Words) do
      Program_.Parameters.Add(Words[Index]);
    Program_.Options := [poUsePipes, poNoConsole];
    Program_.Execute;
    Program_.CloseInput;
    repeat
      Count := Program_.Output.Read(Buffer, SizeOf(Buffer));
      if Count > 0 then
        Text.Write(Buffer, Count);
    until Count <= 0;
    while Program_.Running do { not WaitOnExit, after which ExitCode is 0 on Unix in Free Pascal 3.2.2 }
      Sleep(2);
    Output := Trim(Text.DataString);
    Result := Program_.ExitCode;
  finally
    Text.Free;
    Program_.Free;
  end;
end;

{$ELSE}

function Quoted(const Word_: string): string;
begin
  if Pos('"', Word_) > 0 then
    raise EArgumentException.Create('a quotation mark cannot be handed over');
  Result := '"' + Word_ + '"';
end;

function RunKiosk(const Words: array of string; out Output: string): Integer;
var
  Inherit: TSecurityAttributes;
  ReadEnd, WriteEnd: THandle;
  Startup: TStartupInfo;
  Started: TProcessInformation;
  Line: string;
  Word_: string;
  Buffer: array [0 .. 4095] of Byte;
  Count, Code: DWORD;
  All, Piece: TBytes;
begin
  Line := 'kiosk.exe';
  for Word_ in Words do
    Line := Line + ' ' + Quoted(Word_);
  UniqueString(Line);
  Inherit.nLength := SizeOf(Inherit);
  Inherit.bInheritHandle := True;
  Inherit.lpSecurityDescriptor := nil;
  Win32Check(CreatePipe(ReadEnd, WriteEnd, @Inherit, 0));
  try
    SetHandleInformation(ReadEnd, HANDLE_FLAG_INHERIT, 0);
    FillChar(Startup, SizeOf(Startup), 0);
    Startup.cb := SizeOf(Startup);
    Startup.dwFlags := STARTF_USESTDHANDLES;
    Startup.hStdOutput := WriteEnd;
    Win32Check(CreateProcess(nil, PChar(Line), nil, nil, True, CREATE_NO_WINDOW, nil, nil, Startup, Started));
    CloseHandle(WriteEnd);
    SetLength(All, 0);
    while ReadFile(ReadEnd, Buffer, SizeOf(Buffer), Count, nil) and (Count > 0) do
    begin
      SetLength(Piece, Count);
      Move(Buffer, Piece[0], Count);
      All := All + Piece;
    end;
    WaitForSingleObject(Started.hProcess, INFINITE);
    GetExitCodeProcess(Started.hProcess, Code);
    CloseHandle(Started.hThread);
    CloseHandle(Started.hProcess);
    Output := Trim(TEncoding.UTF8.GetString(All));
    Result := Integer(Code);
  finally
    CloseHandle(ReadEnd);
  end;
end;

{$ENDIF}

function StartVisit(const Matter, CaseNumber, Key: string; out VisitId: string): Integer;
begin
  Result := RunKiosk(['visit', 'start', '--matter', Matter, '--case', CaseNumber, '--key', Key], VisitId);
end;

function InviteToRate: Integer;
var
  Ignored: string;
begin
  Result := RunKiosk(['visit', 'invite'], Ignored);
end;

end.
