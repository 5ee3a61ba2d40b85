# shellkit for PowerShell (5.1 and later): assume and unassume for the shell you are in.
# Load it with:  shellkit init powershell | Out-String | Invoke-Expression
#
# Rendered from shellkit/shells/templates/powershell.j2; docs/shells.md gives the rules it keeps.

# ---------------------------------------------------------------- helpers

function global:__shellkit_say {
    param([string]$Text)
    [System.Console]::Error.WriteLine($Text)
}

# The names of the managed variables.
function global:__shellkit_managed {
    @(
        'AWS_ACCESS_KEY_ID'
        'AWS_SECRET_ACCESS_KEY'
        'AWS_SESSION_TOKEN'
        'AWS_REGION'
        'AWS_DEFAULT_REGION'
        'AWS_CREDENTIAL_EXPIRATION'
        'AWSUME_PROFILE'
        'SHELLKIT_PROFILE'
        'SHELLKIT_ACCOUNT_ID'
        'SHELLKIT_ROLE'
        'SHELLKIT_EXPIRES'
        'AWS_PROFILE'
        'AWS_DEFAULT_PROFILE'
        'AWS_SECURITY_TOKEN'
        'AWS_SESSION_EXPIRATION'
        'AWS_ROLE_ARN'
        'AWS_ROLE_SESSION_NAME'
        'AWS_WEB_IDENTITY_TOKEN_FILE'
        'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'
        'AWS_CONTAINER_CREDENTIALS_FULL_URI'
        'AWS_CONTAINER_AUTHORIZATION_TOKEN'
        'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'
        'AWS_CREDENTIAL_FILE'
        'AWS_ACCOUNT_ID'
        'AWSUME_EXPIRATION'
    )
}

# $null unsets. A plain $null would arrive in .NET as an empty string, hence NullString.
function global:__shellkit_set {
    param([string]$Variable, $Value)
    if ($null -eq $Value) {
        [System.Environment]::SetEnvironmentVariable($Variable, [NullString]::Value)
    }
    else {
        [System.Environment]::SetEnvironmentVariable($Variable, [string]$Value)
    }
}

# Before 7.3 PowerShell did not escape the quotes within an argument, and dropped empty ones.
function global:__shellkit_native {
    param([string]$Word)
    $version = $PSVersionTable.PSVersion
    if ($version.Major -gt 7 -or ($version.Major -eq 7 -and $version.Minor -ge 3)) { return $Word }
    if ($Word -eq '') { return '""' }
    $escaped = $Word -replace '(\\*)"', '$1$1\"'
    if ($escaped -match '\s') { $escaped = $escaped -replace '(\\+)$', '$1$1' }
    return $escaped
}

# ---------------------------------------------------------------- keep and restore

# Of each variable NAME the state before the first `assume` is kept in SHELLKIT_BASE_NAME:
# `e` and the value, or `u` (unset). A shell with variables of its own also has `s`
# (not exported), which a program that it starts sees as unset.

function global:__shellkit_is_kept {
    foreach ($variable in (__shellkit_managed)) {
        if ($null -ne [System.Environment]::GetEnvironmentVariable('SHELLKIT_BASE_' + $variable)) {
            return $true
        }
    }
    return $false
}

# The recipe of the active identity, and of the one before: not exported, not secret.
# The same identity once more (--refresh) is not a new one. A nested shell does not know
# the recipe of the identity that it inherited: the program gives it along.
function global:__shellkit_end {
    param([string]$Recipe, $Inherited)
    if ($global:__shellkit_this -ceq $Recipe) { return }
    $global:__shellkit_last = $global:__shellkit_this
    if ($null -ne $Inherited) { $global:__shellkit_last = [string]$Inherited }
    $global:__shellkit_this = $Recipe
}

# All of it happens, or nothing does.
function global:__shellkit_switch {
    param([System.Collections.IDictionary]$Values, [string]$Recipe, $Inherited)
    $ErrorActionPreference = 'Stop'
    $kept = __shellkit_is_kept
    $before = @{}
    foreach ($variable in (__shellkit_managed)) {
        foreach ($touched in @($variable, ('SHELLKIT_BASE_' + $variable))) {
            $before[$touched] = [System.Environment]::GetEnvironmentVariable($touched)
        }
    }
    try {
        foreach ($variable in (__shellkit_managed)) {
            if (-not $kept) {
                $copy = 'u'
                if ($null -ne $before[$variable]) { $copy = 'e' + $before[$variable] }
                __shellkit_set ('SHELLKIT_BASE_' + $variable) $copy
            }
            __shellkit_set $variable $Values[$variable]
        }
    }
    catch {
        foreach ($touched in $before.Keys) { __shellkit_set $touched $before[$touched] }
        throw
    }
    __shellkit_end $Recipe $Inherited
}

# The copies go last: whatever interrupts this, calling it again completes it.
function global:__shellkit_restore {
    $ErrorActionPreference = 'Stop'
    if (-not (__shellkit_is_kept)) { return }
    foreach ($variable in (__shellkit_managed)) {
        $copy = [System.Environment]::GetEnvironmentVariable('SHELLKIT_BASE_' + $variable)
        $value = $null
        if ($copy -clike 'e*') { $value = $copy.Substring(1) }
        __shellkit_set $variable $value
    }
    foreach ($variable in (__shellkit_managed)) {
        __shellkit_set ('SHELLKIT_BASE_' + $variable) $null
    }
    __shellkit_end ''
}

if (-not (Microsoft.PowerShell.Management\Test-Path -LiteralPath 'variable:global:__shellkit_this')) {
    $global:__shellkit_this = ''
    $global:__shellkit_last = ''
}

# ---------------------------------------------------------------- commands

# The code that the program printed, or nothing; its exit code is in $global:LASTEXITCODE.
# Nothing is evaluated before the program has ended well, so Ctrl-C leaves the shell as it is.
function global:__shellkit_run {
    param([System.Collections.Generic.List[string]]$Words)
    $ErrorActionPreference = 'Continue'
    $PSNativeCommandUseErrorActionPreference = $false
    $PSNativeCommandArgumentPassing = 'Standard'
    $native = [System.Collections.Generic.List[string]]::new()
    foreach ($word in $Words) { $native.Add((__shellkit_native $word)) }
    $encoding = $null
    __shellkit_set 'SHELLKIT_REQUEST' $global:__shellkit_this
    __shellkit_set 'SHELLKIT_PREVIOUS' $global:__shellkit_last
    try {
        # The program writes UTF-8; Windows would read it as the console's code page.
        if ([System.Environment]::OSVersion.Platform -eq 'Win32NT') {
            $encoding = [System.Console]::OutputEncoding
            [System.Console]::OutputEncoding = [System.Text.UTF8Encoding]::new($false)
        }
        # Stays where the program cannot even be started, in place of what was there before.
        $global:LASTEXITCODE = 127
        & 'C:\it''s\shellkit.exe' 'env' '--shell' 'powershell' 'assume' $native
    }
    finally {
        __shellkit_set 'SHELLKIT_REQUEST' $null
        __shellkit_set 'SHELLKIT_PREVIOUS' $null
        if ($null -ne $encoding) { [System.Console]::OutputEncoding = $encoding }
    }
}

# An alias would go before a function of the same name.
Microsoft.PowerShell.Management\Remove-Item -LiteralPath 'Alias:role', 'Alias:unrole' -Force -ErrorAction Ignore

function global:role {
    [CmdletBinding(PositionalBinding = $false)]
    param(
        [Parameter(Position = 0)][AllowEmptyString()][string]$Name,
        [Alias('r')][string]$Region,
        [Alias('d')][string]$Duration,
        [string]$SessionName,
        [string]$ExternalId,
        [string]$SourceIdentity,
        [string[]]$Tag,
        [string[]]$TransitiveTag,
        [string]$Policy,
        [string[]]$PolicyArn,
        [string]$Source,
        [switch]$Chain,
        [string]$Mode,
        [string]$MfaSerial,
        [string]$MfaCode,
        [switch]$Refresh,
        [switch]$NoInput,
        [Alias('q')][switch]$Quiet,
        [switch]$Explain,
        [Alias('h')][switch]$Help,
        [Parameter(ValueFromRemainingArguments)][AllowEmptyString()][string[]]$Rest
    )
    $words = [System.Collections.Generic.List[string]]::new()
    if ($PSBoundParameters.ContainsKey('Region')) { $words.Add('--region=' + $Region) }
    if ($PSBoundParameters.ContainsKey('Duration')) { $words.Add('--duration=' + $Duration) }
    if ($PSBoundParameters.ContainsKey('SessionName')) { $words.Add('--session-name=' + $SessionName) }
    if ($PSBoundParameters.ContainsKey('ExternalId')) { $words.Add('--external-id=' + $ExternalId) }
    if ($PSBoundParameters.ContainsKey('SourceIdentity')) { $words.Add('--source-identity=' + $SourceIdentity) }
    foreach ($value in $Tag) { $words.Add('--tag=' + $value) }
    foreach ($value in $TransitiveTag) { $words.Add('--transitive-tag=' + $value) }
    if ($PSBoundParameters.ContainsKey('Policy')) { $words.Add('--policy=' + $Policy) }
    foreach ($value in $PolicyArn) { $words.Add('--policy-arn=' + $value) }
    if ($PSBoundParameters.ContainsKey('Source')) { $words.Add('--source=' + $Source) }
    if ($Chain) { $words.Add('--chain') }
    if ($PSBoundParameters.ContainsKey('Mode')) { $words.Add('--mode=' + $Mode) }
    if ($PSBoundParameters.ContainsKey('MfaSerial')) { $words.Add('--mfa-serial=' + $MfaSerial) }
    if ($PSBoundParameters.ContainsKey('MfaCode')) { $words.Add('--mfa-code=' + $MfaCode) }
    if ($Refresh) { $words.Add('--refresh') }
    if ($NoInput) { $words.Add('--no-input') }
    if ($Quiet) { $words.Add('--quiet') }
    if ($PSBoundParameters.ContainsKey('Verbose') -and $PSBoundParameters['Verbose']) { $words.Add('--verbose') }
    if ($Explain) { $words.Add('--explain') }
    if ($Help) { $words.Add('--help') }
    # Name may be a GNU option (`assume --region eu-west-1 prod -q`): its value, in Rest, must follow it.
    if ($PSBoundParameters.ContainsKey('Name')) { $words.Add($Name) }
    if ($PSBoundParameters.ContainsKey('Rest')) { $words.AddRange($Rest) }
    $status = 1
    try {
        $code = __shellkit_run $words
        $status = $global:LASTEXITCODE
        if ($status -eq 0) {
            if ($code) { Microsoft.PowerShell.Utility\Invoke-Expression -Command ($code -join "`n") }
            return
        }
    }
    catch {
        if ($status -eq 0) { $status = 1 }
        __shellkit_say ('shellkit: ' + $_.Exception.Message)
    }
    $global:LASTEXITCODE = $status
    # The one way for a function to leave `$?` false that prints, records and throws nothing.
    $ErrorActionPreference = 'Ignore'
    $PSCmdlet.WriteError([System.Management.Automation.ErrorRecord]::new([System.Exception]::new("exit $status"), 'ShellkitFailed', 'NotSpecified', $null))
}

function global:unrole {
    [CmdletBinding(PositionalBinding = $false)]
    param(
        [Alias('h')][switch]$Help,
        [Parameter(ValueFromRemainingArguments)][AllowEmptyString()][string[]]$Rest
    )
    if ($Help -or ($PSBoundParameters.ContainsKey('Rest') -and $Rest.Count -eq 1 -and $Rest[0] -ceq '--help')) {
        'usage: unrole'
        'Gives every variable that role changed its value from before.'
        $global:LASTEXITCODE = 0
        return
    }
    $status = 2
    if ($PSBoundParameters.ContainsKey('Rest')) {
        __shellkit_say 'usage: unrole   (it takes no arguments)'
    }
    else {
        try {
            __shellkit_restore
            $global:LASTEXITCODE = 0
            return
        }
        catch {
            __shellkit_say ('shellkit: ' + $_.Exception.Message)
            $status = 1
        }
    }
    $global:LASTEXITCODE = $status
    $ErrorActionPreference = 'Ignore'
    $PSCmdlet.WriteError([System.Management.Automation.ErrorRecord]::new([System.Exception]::new("exit $status"), 'ShellkitFailed', 'NotSpecified', $null))
}
