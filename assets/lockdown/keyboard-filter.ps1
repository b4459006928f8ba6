# Blocks (or frees) the predefined keys that are listed in a file, one name a line, for every account but administrators.
# Prints the names that this Windows does not know: they differ from release to release, and whoever sets the unit up
# has to try those by hand.
param(
    [Parameter(Mandatory)][string]$KeysFile,
    [Parameter(Mandatory)][ValidateSet('Block', 'Free')][string]$Action
)
$ErrorActionPreference = 'Stop'
$namespace = 'root\standardcimv2\embedded'
$known = @(Get-CimInstance -Namespace $namespace -ClassName 'WEKF_PredefinedKey')
foreach ($name in [System.IO.File]::ReadAllLines($KeysFile)) {
    $name = $name.Trim()
    if (-not $name) { continue }
    $key = $known | Where-Object { $_.Id -eq $name }
    if ($null -eq $key) { Write-Output "unknown: $name"; continue }
    $key.Enabled = ($Action -eq 'Block')
    Set-CimInstance -CimInstance $key
}
foreach ($setting in Get-CimInstance -Namespace $namespace -ClassName 'WEKF_Settings') {
    if ($setting.Name -eq 'DisableKeyboardFilterForAdministrators') { $setting.Value = 'true' }
    elseif ($setting.Name -eq 'ForceOffAccessibility') { $setting.Value = if ($Action -eq 'Block') { 'true' } else { 'false' } }
    else { continue }
    Set-CimInstance -CimInstance $setting
}
