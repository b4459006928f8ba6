# Gives one property of Windows' Assigned Access the content of a file, or takes it away if the file is empty.
# Only the account SYSTEM may do this, so `kiosk lockdown` has it run as a task of that account.
param(
    [Parameter(Mandatory)][ValidateSet('ShellLauncher', 'Configuration')][string]$Property,
    [Parameter(Mandatory)][string]$XmlFile,
    [Parameter(Mandatory)][string]$ResultFile
)
$ErrorActionPreference = 'Stop'
try {
    $xml = [System.IO.File]::ReadAllText($XmlFile, [System.Text.Encoding]::UTF8)
    $found = Get-CimInstance -Namespace 'root\cimv2\mdm\dmmap' -ClassName 'MDM_AssignedAccess'
    $found.$Property = if ($xml.Trim()) { [System.Net.WebUtility]::HtmlEncode($xml) } else { $null }
    Set-CimInstance -CimInstance $found
    'done' | Out-File -FilePath $ResultFile -Encoding ascii
}
catch {
    "failed: $($_.Exception.Message)" | Out-File -FilePath $ResultFile -Encoding utf8
    exit 1
}
