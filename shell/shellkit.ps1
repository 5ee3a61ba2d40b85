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
# A value of --mfa-code goes to the program in its environment, and `-` in its place: the arguments
# of a program can be read by everyone on the machine. So `-` takes the place of six digits after what
# may have been meant for --mfa-code, too.
# Nothing is evaluated before the program has ended well, so Ctrl-C leaves the shell as it is.
function global:__shellkit_run {
    param([System.Collections.Generic.List[string]]$Words)
    $ErrorActionPreference = 'Continue'
    $PSNativeCommandUseErrorActionPreference = $false
    $PSNativeCommandArgumentPassing = 'Standard'
    $native = [System.Collections.Generic.List[string]]::new()
    $before = ''
    $given = [System.Environment]::GetEnvironmentVariable('SHELLKIT_MFA_CODE')
    $handed = $given
    foreach ($word in $Words) {
        if ($before -ceq '--mfa-code' -and $word -match '^[^-]') {
            $handed = $word
            $word = '-'
        }
        elseif ($before -cne '--' -and $word -cmatch '^--mfa-code=[^-]') {
            $handed = $word.Substring('--mfa-code='.Length)
            $word = '--mfa-code=-'
        }
        elseif ($before -match '^-(?!-mfa-serial$)[^=]*mfa[^=]*$' -and $word -match '^[0-9]{3} ?[0-9]{3}$') { $word = '-' }
        elseif ($before -cne '--' -and $word -match '^-(?!-mfa-serial=)[^=]*mfa[^=]*=[0-9]{3} ?[0-9]{3}$') {
            $word = $word.Substring(0, $word.IndexOf('=')) + '=-'
        }
        $native.Add((__shellkit_native $word))
        if ($before -cne '--') { $before = $word }
    }
    $encoding = $null
    __shellkit_set 'SHELLKIT_REQUEST' $global:__shellkit_this
    __shellkit_set 'SHELLKIT_PREVIOUS' $global:__shellkit_last
    __shellkit_set 'SHELLKIT_EXCHANGE' $null
    if ($handed -cne $given) { __shellkit_set 'SHELLKIT_MFA_CODE' $handed }
    try {
        # The program writes UTF-8; Windows would read it as the console's code page.
        if ([System.Environment]::OSVersion.Platform -eq 'Win32NT') {
            $encoding = [System.Console]::OutputEncoding
            # Where there is no console (ISE, remote sessions) it cannot be set.
            try { [System.Console]::OutputEncoding = [System.Text.UTF8Encoding]::new($false) } catch { $encoding = $null }
        }
        # Stays where the program cannot even be started, in place of what was there before.
        $global:LASTEXITCODE = 127
        # Outside Windows PowerShell takes a word for a pattern of file names, also out of a variable; in quotes it does not.
        if ([System.Environment]::OSVersion.Platform -ne 'Win32NT' -and @($native -match '[*?\[\]]|\A~').Count -gt 0) {
            $call = { & 'shellkit' 'env' '--shell' 'powershell' 'assume' }.ToString()
            for ($at = 0; $at -lt $native.Count; $at++) { $call += ' "$($native[' + $at + '])"' }
            & ([scriptblock]::Create($call))
        }
        else { & 'shellkit' 'env' '--shell' 'powershell' 'assume' $native }
    }
    finally {
        __shellkit_set 'SHELLKIT_REQUEST' $null
        __shellkit_set 'SHELLKIT_PREVIOUS' $null
        if ($handed -cne $given) { __shellkit_set 'SHELLKIT_MFA_CODE' $given }
        if ($null -ne $encoding) { [System.Console]::OutputEncoding = $encoding }
    }
}

# An alias would go before a function of the same name.
Microsoft.PowerShell.Management\Remove-Item -LiteralPath 'Alias:assume', 'Alias:unassume' -Force -ErrorAction Ignore

function global:assume {
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
        [Parameter(DontShow)][Alias('c')][switch]$UnknownC, # Else -c would be taken for -Chain, by its first letter.
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
    if ($UnknownC) { $words.Add('-c') }
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
        elseif ($global:LASTEXITCODE -eq 127) { $status = 127 } # It could not be started.
        __shellkit_say ('shellkit: ' + $_.Exception.Message)
        if ($status -eq 127) {
            __shellkit_say 'shellkit: its program is not there any more, or cannot be run: shellkit was moved or removed.'
            __shellkit_say '  Install it again if need be, then load it anew: shellkit init powershell | Out-String | Invoke-Expression'
        }
    }
    $global:LASTEXITCODE = $status
    # The one way for a function to leave `$?` false that prints, records and throws nothing.
    $ErrorActionPreference = 'Ignore'
    $PSCmdlet.WriteError([System.Management.Automation.ErrorRecord]::new([System.Exception]::new("exit $status"), 'ShellkitFailed', 'NotSpecified', $null))
}

function global:unassume {
    [CmdletBinding(PositionalBinding = $false)]
    param(
        [Alias('h')][switch]$Help,
        [Parameter(ValueFromRemainingArguments)][AllowEmptyString()][string[]]$Rest
    )
    if ($Help -or ($PSBoundParameters.ContainsKey('Rest') -and $Rest.Count -eq 1 -and $Rest[0] -ceq '--help')) {
        'usage: unassume'
        'Gives every variable that assume changed its value from before.'
        $global:LASTEXITCODE = 0
        return
    }
    $status = 2
    if ($PSBoundParameters.ContainsKey('Rest')) {
        __shellkit_say 'usage: unassume   (it takes no arguments)'
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

# ---------------------------------------------------------------- prompt

# What config.toml says under [prompt], or the defaults.
function global:__shellkit_prompt_settings {
    @{
        Enabled = 'auto'
        Position = 'before'
        Warning = 900
        Pieces = @('=(', 'profile=', 'account= ', 'left= ', '=) ')
    }
}

function global:__shellkit_prompt_alias {
    param([string]$Number)
    return $Number
}

function global:__shellkit_prompt_class {
    param([string]$Subject)
    if ($Subject -cmatch '(?i:\P{L}prod\P{L})|Prod[^a-z]|(?i:\P{L}production\P{L})|Production[^a-z]|(?i:\P{L}prd\P{L})|Prd[^a-z]|(?i:\P{L}live\P{L})|Live[^a-z]' -and $Subject -cnotmatch '\A(?i:\-(?s:.*)non(?s:.)prod(?s:.*)\-)\Z|\A(?i:\-(?s:.*)nonprod(?s:.*)\-)\Z|\A(?i:\-(?s:.*)pre(?s:.)prod(?s:.*)\-)\Z|\A(?i:\-(?s:.*)preprod(?s:.*)\-)\Z') { return 'production' }
    return ''
}

function global:__shellkit_prompt_code {
    param([string]$Name, [string]$Depth)
    if ($Name -ceq 'normal') { return '36' }
    if ($Name -ceq 'production') { return '1;31' }
    if ($Name -ceq 'warning') { return '33' }
    if ($Name -ceq 'expired') { return '7' }
    return ''
}
# The end of the settings.

# How many colours the terminal has; empty for none.
function global:__shellkit_prompt_depth {
    $get = { param([string]$Variable) [string][System.Environment]::GetEnvironmentVariable($Variable) }
    $term = & $get 'TERM'
    $windows = [System.Environment]::OSVersion.Platform -eq 'Win32NT'
    if ((& $get 'NO_COLOR') -ne '' -or $term -eq 'dumb') { return '' }
    if (@('truecolor', '24bit') -contains (& $get 'COLORTERM')) { return '24' }
    if ($windows) {
        # A terminal says that it knows escape sequences; the plain console need not.
        if ($Host.UI -and $Host.UI.PSObject.Properties['SupportsVirtualTerminal'] -and $Host.UI.SupportsVirtualTerminal) { return '24' }
        return ''
    }
    if ($term -eq '') { return '' }
    if ($term -like '*256*') { return '256' }
    return '8'
}

# Seconds as people read a time.
function global:__shellkit_prompt_time {
    param([long]$Seconds)
    if ($Seconds -lt 60) { return "${Seconds}s" }
    $minutes = [System.Math]::Floor(($Seconds + 30) / 60)
    if ($minutes -lt 60) { return "${minutes}m" }
    $hours = [System.Math]::Floor($minutes / 60)
    if ($minutes % 60 -eq 0) { return "${hours}h" }
    return [System.String]::Format('{0}h{1:00}m', $hours, $minutes % 60)
}

# What the prompt shows: empty where no role is active.
function global:__shellkit_prompt_make {
    param([bool]$Plain)
    $get = { param([string]$Variable) [string][System.Environment]::GetEnvironmentVariable($Variable) }
    $settings = __shellkit_prompt_settings
    $profileName = & $get 'SHELLKIT_PROFILE'
    # In mode profile there is no other name.
    if ($profileName -eq '' -and (& $get 'SHELLKIT_BASE_AWS_PROFILE') -ne '') { $profileName = & $get 'AWS_PROFILE' }
    if ($profileName -eq '') { return '' }
    $number = & $get 'SHELLKIT_ACCOUNT_ID'
    $account = __shellkit_prompt_alias $number
    $state = ''
    $left = ''
    $expires = & $get 'SHELLKIT_EXPIRES'
    if ($expires -cmatch '\A[0-9]{1,13}\z') {
        $seconds = [long]$expires - [System.DateTimeOffset]::UtcNow.ToUnixTimeSeconds()
        if ($seconds -le 0) {
            $state = 'expired'
            $left = 'expired'
        }
        else {
            if ($seconds -lt $settings.Warning) { $state = 'warning' }
            $left = __shellkit_prompt_time $seconds
        }
    }
    $color = ''
    $accent = ''
    $reset = ''
    $depth = ''
    if (-not $Plain) { $depth = __shellkit_prompt_depth }
    if ($depth -ne '') {
        $class = ''
        foreach ($subject in @($profileName, $number, $account)) {
            if ($class -eq '') { $class = __shellkit_prompt_class ('-' + $subject + '-') }
        }
        if ($class -eq '') {
            $class = 'normal'
            if ($state -eq 'warning') { $class = 'warning' }
        }
        $escape = [string][char]27
        $reset = $escape + '[0m'
        $color = $escape + '[0;' + (__shellkit_prompt_code $class $depth) + 'm'
        $accent = $color
        if ($state -ne '') { $accent = $color + $escape + '[' + (__shellkit_prompt_code $state $depth) + 'm' }
    }
    $text = ''
    foreach ($piece in $settings.Pieces) {
        $part, $lead = $piece.Split([char[]]'=', 2)
        $value = ''
        if ($part -ceq 'profile') { $value = $profileName }
        elseif ($part -ceq 'account') { $value = $account }
        elseif ($part -ceq 'account_id') { $value = $number }
        elseif ($part -ceq 'role') { $value = & $get 'SHELLKIT_ROLE' }
        elseif ($part -ceq 'region') { $value = & $get 'AWS_REGION' }
        elseif ($part -ceq 'left') { $value = $left }
        else {
            $value = $lead
            $lead = ''
        }
        if ($value -eq '') { continue }
        # A control character could only come from the environment; here it would act on the terminal.
        $value = $value -replace '\p{Cc}', '?'
        if ($part -ceq 'left') { $value = $accent + $value + $reset + $color }
        $text += $lead + $value
    }
    return $color + $text + $reset
}

# $Text: what the user's prompt shows. Returns it with the segment, unless it shows the role already.
function global:__shellkit_prompt_show {
    param([string]$Text)
    $settings = __shellkit_prompt_settings
    # starship shows AWSUME_PROFILE; others call shellkit_prompt themselves.
    $taken = $global:__shellkit_prompt_shown -or [System.Environment]::GetEnvironmentVariable('STARSHIP_SHELL') -ceq 'powershell'
    if ($taken -and $settings.Enabled -cne 'always') { return $Text }
    $segment = __shellkit_prompt_make $false
    if ($segment -eq '') { return $Text }
    $position = $settings.Position
    $plain = (__shellkit_prompt_make $true).TrimEnd(' ')
    if ($position -ceq 'right' -and (__shellkit_prompt_depth) -eq '') { $position = 'before' }
    if ($position -ceq 'after') { return $Text + $segment }
    if ($position -ceq 'right') {
        # Go to the edge, write, come back. Letters that may be wide count as two; a pair of surrogates does.
        $escape = [string][char]27
        $cells = $plain.Length + [regex]::Matches($plain, '[\u1100-\u115f\u2300-\ud7ff\ue000-\uffff]').Count
        return $escape + '7' + $escape + '[999C' + $escape + '[' + $cells + 'D' + $segment + $escape + '8' + $Text
    }
    # Empty lines at the top of a prompt stay at the top.
    $rest = $Text.TrimStart([char[]]"`r`n")
    return $Text.Substring(0, $Text.Length - $rest.Length) + $segment + $rest
}

# For hand-made prompts, and for others with -Plain: no colour.
function global:shellkit_prompt {
    param([switch]$Plain)
    $global:__shellkit_prompt_shown = $true
    __shellkit_prompt_make $Plain.IsPresent
}

# Whether the prompt is ours, or that of another who calls ours.
function global:__shellkit_prompt_is_there {
    if (-not (Microsoft.PowerShell.Management\Test-Path -LiteralPath 'variable:global:__shellkit_prompt_user')) { return $false }
    if (([string]$function:prompt).Contains('__shellkit_prompt_user')) { return $true }
    # Ours ends with this at $false.
    $global:__shellkit_prompt_shown = $true
    try { $null = & $function:prompt *>$null } catch { $null = $_ }
    $reached = -not $global:__shellkit_prompt_shown
    $global:__shellkit_prompt_shown = $false
    return $reached
}

# The user's prompt is called by the first statement, so it sees the right `$?` and $LASTEXITCODE;
# nothing after it starts a program. Loading twice leaves one layer; a new prompt, as of a $PROFILE
# that is read again, takes the place of the one that was kept.
function global:__shellkit_prompt_install {
    if ((__shellkit_prompt_settings).Enabled -ceq 'never' -or (__shellkit_prompt_is_there)) { return }
    $global:__shellkit_prompt_user = $function:prompt
    function global:prompt {
        $text = & $global:__shellkit_prompt_user
        # Of several objects the first is the prompt.
        if ($text -is [array]) { $text = $text[0] }
        try { $text = __shellkit_prompt_show ([string]$text) } catch { $null = $_ }
        $global:__shellkit_prompt_shown = $false
        $text
    }
}

if (-not (Microsoft.PowerShell.Management\Test-Path -LiteralPath 'variable:global:__shellkit_prompt_shown')) {
    $global:__shellkit_prompt_shown = $false
}
__shellkit_prompt_install

# ---------------------------------------------------------------- completion

# What TAB offers comes from the index, a text file that the program writes. No process is
# started while the files that it was made from are as they were (shellkit/profiles/index.py).

# Whether the file at $Path is as it was when its stamp was made.
function global:__shellkit_complete_same {
    param([string]$Path, [string]$Stamp)
    if ($Stamp -ceq 'absent') { return -not ([System.IO.File]::Exists($Path) -or [System.IO.Directory]::Exists($Path)) }
    if ($Stamp -ceq 'unknown' -or -not [System.IO.File]::Exists($Stamp)) { return $false }
    # Both have the same time, and of a missing file it is another.
    return [System.IO.File]::GetLastWriteTimeUtc($Path).Ticks -eq [System.IO.File]::GetLastWriteTimeUtc($Stamp).Ticks
}

# The parts of the index at $Path; nothing where it is not that of our files or, unless $New, where one of them has changed.
function global:__shellkit_complete_parts {
    param([string]$Path, [bool]$New)
    $parts = [System.IO.File]::ReadAllText($Path).Split([char]28)
    $header = $parts[0].Split([char]10)
    if ($header[0] -cne 'shellkit-index 1' -or $parts.Length -ne 6) { return }
    if (-not $New) {
        $base = [System.Environment]::GetEnvironmentVariable('HOME')
        if ($null -eq $base -or [System.Environment]::OSVersion.Platform -eq 'Win32NT') { $base = [System.Environment]::GetEnvironmentVariable('USERPROFILE') }
        $config = [System.Environment]::GetEnvironmentVariable('AWS_CONFIG_FILE')
        $credentials = [System.Environment]::GetEnvironmentVariable('AWS_SHARED_CREDENTIALS_FILE')
        if ($null -eq $config) { $config = ([string]$base).TrimEnd('/', '\') + '/.aws/config' }
        if ($null -eq $credentials) { $credentials = ([string]$base).TrimEnd('/', '\') + '/.aws/credentials' }
        if ($header[1] -cne $config -or $header[2] -cne $credentials) { return }
        foreach ($at in @(3, 5, 7)) {
            if (-not (__shellkit_complete_same $header[$at] $header[$at + 1])) { return }
        }
    }
    return $parts
}

# The same of the index of our files, wherever it is. Where it is missing or has had its day, the program makes it anew.
function global:__shellkit_complete_find {
    $folder = [System.Environment]::GetEnvironmentVariable('XDG_CACHE_HOME')
    if ($folder -and [System.IO.Path]::IsPathRooted($folder)) {
        $folder = [System.IO.Path]::Combine($folder, "shellkit")
    }
    elseif ([System.Environment]::OSVersion.Platform -eq 'Win32NT') {
        $folder = [System.IO.Path]::Combine([System.Environment]::GetFolderPath('LocalApplicationData'), "shellkit", 'Cache')
    }
    else {
        $base = [string][System.Environment]::GetEnvironmentVariable('HOME')
        $folder = [System.IO.Path]::Combine($base, 'Library', 'Caches', "shellkit")
        if (-not [System.IO.Directory]::Exists([System.IO.Path]::Combine($base, 'Library', 'Caches'))) {
            $folder = [System.IO.Path]::Combine($base, '.cache', "shellkit")
        }
    }
    foreach ($slot in 0..7) {
        $file = [System.IO.Path]::Combine($folder, 'complete', [string]$slot)
        if (-not [System.IO.File]::Exists($file)) { continue }
        $parts = __shellkit_complete_parts $file $false
        if ($parts) { return $parts }
    }
    $ErrorActionPreference = 'Continue'
    $PSNativeCommandUseErrorActionPreference = $false
    $status = Microsoft.PowerShell.Utility\Get-Variable -Name LASTEXITCODE -Scope Global -ValueOnly -ErrorAction Ignore
    $encoding = $null
    $file = $null
    try {
        if ([System.Environment]::OSVersion.Platform -eq 'Win32NT') {
            $encoding = [System.Console]::OutputEncoding
            # Where there is no console (ISE, remote sessions) it cannot be set.
            try { [System.Console]::OutputEncoding = [System.Text.UTF8Encoding]::new($false) } catch { $encoding = $null }
        }
        $file = & 'shellkit' 'index' 2>$null
    }
    finally {
        if ($null -ne $encoding) { [System.Console]::OutputEncoding = $encoding }
        $global:LASTEXITCODE = $status
    }
    if ($file) { return __shellkit_complete_parts ([string]$file) $true }
}

# What follows the word $Word of the scope $Scope in the $Table, a kind; or $Default.
function global:__shellkit_complete_kind {
    param([string]$Table, [string]$Scope, [string]$Word, [string]$Default)
    $pattern = '(?m)^' + [regex]::Escape($Scope) + '\t' + [regex]::Escape($Word) + '\t([^\t\n]*)\t'
    $found = [regex]::Match($Table, $pattern)
    if (-not $found.Success -and $Word -cmatch '\A-[A-Za-z]{2,}\z') {
        # As PowerShell writes it, or its beginning: -SessionName for --session-name.
        $letters = foreach ($letter in $Word.Substring(1).ToCharArray()) { [string]$letter + '-?' }
        $pattern = '(?mi)^' + [regex]::Escape($Scope) + '\t--' + [string]::Join('', @($letters)) + '[^\t\n]*\t([^\t\n]*)\t'
        $found = [regex]::Match($Table, $pattern)
    }
    if ($found.Success) { return $found.Groups[1].Value }
    return $Default
}

# What the word $Current may be, as `word TAB description`, where $Before are the words before it: lines after
# the head, the `--option=` in front of it, which is the first.
function global:__shellkit_complete_lines {
    param([string[]]$Parts, [string]$Scope, [string[]]$Before, [string]$Current)
    $table = $Parts[1]
    $count = 1
    $skip = ''
    $end = $false
    foreach ($word in $Before) {
        if ($skip) { $skip = '' }
        elseif (-not $end -and $word -ceq '--') { $end = $true }
        elseif (-not $end -and $word.Length -gt 1 -and $word[0] -eq [char]'-') { $skip = __shellkit_complete_kind $table $Scope $word '' }
        elseif ($Scope -ceq "shellkit") { $Scope = 'shellkit ' + $word }
        else { $count++ }
    }
    $head = ''
    if ($skip) { $kind = $skip }
    elseif (-not $end -and $Current -clike '--*=*') {
        $head = $Current.Substring(0, $Current.IndexOf('=') + 1)
        $kind = __shellkit_complete_kind $table $Scope $head.TrimEnd('=') 'nothing'
    }
    elseif (-not $end -and $Current -clike '-*') { $kind = '-' }
    elseif ($Scope -ceq "shellkit") { $kind = '>' }
    else { $kind = __shellkit_complete_kind $table $Scope ([string]$count) 'nothing' }
    $head
    if ($kind -ceq 'nothing' -or $kind -ceq 'files') { return }
    if ($kind -ceq 'targets' -or $kind -ceq 'profiles') {
        $Parts[4]
        if ($kind -ceq 'targets' -and $Current -match '^[0-9]+:') { $Parts[3] }
        return
    }
    $start = ''
    $of = ''
    if ($kind -ceq '-') { $kind = $Scope; $start = '-' }
    elseif ($kind -ceq '>') { $kind = "shellkit"; $of = '>' }
    foreach ($found in [regex]::Matches($table, '(?m)^' + [regex]::Escape($kind) + '\t(' + $start + '[^\t\n]*)\t' + $of + '[^\t\n]*\t(.*)$')) {
        $found.Groups[1].Value + [char]9 + $found.Groups[2].Value
    }
}

# $Text as a word of the command line, in quotes only where it needs them.
function global:__shellkit_complete_quote {
    param([string]$Text)
    if ($Text -cmatch '\A[A-Za-z0-9_.:/+=-]+\z') { return $Text }
    $quotes = [char]39, [char]0x2018, [char]0x2019, [char]0x201a, [char]0x201b
    foreach ($quote in $quotes) { $Text = $Text.Replace([string]$quote, [string]$quote + $quote) }
    return [string][char]39 + $Text + [char]39
}

# What the word $Text of the command line, which may lack its last quote, stands for.
function global:__shellkit_complete_typed {
    param([string]$Text)
    $single = '[' + [char]39 + [char]0x2018 + [char]0x2019 + [char]0x201a + [char]0x201b + ']'
    $double = '["' + [char]0x201c + [char]0x201d + [char]0x201e + ']'
    if ($Text -cmatch ('\A' + $single)) {
        $Text = $Text.Substring(1) -creplace ('(?<!' + $single + ')((?:' + $single + $single + ')*)' + $single + '\z'), '$1'
        return $Text -creplace ('(' + $single + ')' + $single), '$1'
    }
    $Text = $Text -creplace ('\A' + $double), '' -creplace ('(?<!`)' + $double + '\z'), ''
    return $Text -creplace '`(.)', '$1'
}

# The completions of the word $Current of the $Scope, after the words $Before: those that begin with it or, where there
# are none, those that have its letters in its order.
function global:__shellkit_complete {
    param([string]$Scope, [string[]]$Before, [string]$Current)
    $parts = $null
    try { $parts = __shellkit_complete_find } catch { $parts = $null } # A file that cannot be read.
    if (-not $parts) { return }
    $Current = __shellkit_complete_typed $Current
    $lines = @(__shellkit_complete_lines $parts $Scope $Before $Current)
    if ($lines.Length -lt 2) { return }
    $head = $lines[0]
    $text = [string]::Join("`n", $lines[1..($lines.Length - 1)])
    $typed = $Current.Substring($head.Length)
    $exact = '(?m)^(' + [regex]::Escape($typed) + '[^\t\n]*)\t([^\n]*)$'
    $letters = foreach ($letter in $typed.ToCharArray()) { [regex]::Escape([string]$letter) }
    $loose = '(?mi)^([^\t\n]*' + [string]::Join('[^\t\n]*', @($letters)) + '[^\t\n]*)\t([^\n]*)$'
    foreach ($pattern in @($exact, $loose)) {
        $found = [regex]::Matches($text, $pattern)
        foreach ($one in $found) {
            $word = $one.Groups[1].Value
            $said = $one.Groups[2].Value
            if (-not $said) { $said = $word }
            [System.Management.Automation.CompletionResult]::new((__shellkit_complete_quote ($head + $word)), $word, 'ParameterValue', $said)
        }
        if ($found.Count -gt 0) { return }
    }
}

# The words of the command $Ast before the one at the cursor, which is $Current, without the command itself.
function global:__shellkit_complete_before {
    param($Ast, [string]$Current)
    $end = $Ast.CommandElements.Count
    if ($Current) {
        # The cursor need not be in the last word.
        do { $end-- } while ($end -gt 0 -and $Ast.CommandElements[$end].Extent.Text -cne $Current)
        if ($end -eq 0) { $end = $Ast.CommandElements.Count - 1 }
    }
    $words = @(foreach ($element in $Ast.CommandElements) {
        if ($element -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $element.Value } else { $element.Extent.Text }
    })
    if ($end -gt 1) { $words[1..($end - 1)] }
}

Microsoft.PowerShell.Core\Register-ArgumentCompleter -CommandName 'assume' -ParameterName 'Name' -ScriptBlock {
    param($command, $parameter, $word, $ast, $bound)
    __shellkit_complete 'assume' @(__shellkit_complete_before $ast $word) $word
}
Microsoft.PowerShell.Core\Register-ArgumentCompleter -CommandName 'assume' -ParameterName 'Rest' -ScriptBlock {
    param($command, $parameter, $word, $ast, $bound)
    __shellkit_complete 'assume' @(__shellkit_complete_before $ast $word) $word
}
Microsoft.PowerShell.Core\Register-ArgumentCompleter -CommandName 'assume' -ParameterName Region -ScriptBlock {
    param($command, $parameter, $word, $ast, $bound)
    __shellkit_complete 'assume' @('--region') $word
}
Microsoft.PowerShell.Core\Register-ArgumentCompleter -CommandName 'assume' -ParameterName Duration -ScriptBlock {
    param($command, $parameter, $word, $ast, $bound)
    __shellkit_complete 'assume' @('--duration') $word
}
Microsoft.PowerShell.Core\Register-ArgumentCompleter -CommandName 'assume' -ParameterName SessionName -ScriptBlock {
    param($command, $parameter, $word, $ast, $bound)
    __shellkit_complete 'assume' @('--session-name') $word
}
Microsoft.PowerShell.Core\Register-ArgumentCompleter -CommandName 'assume' -ParameterName ExternalId -ScriptBlock {
    param($command, $parameter, $word, $ast, $bound)
    __shellkit_complete 'assume' @('--external-id') $word
}
Microsoft.PowerShell.Core\Register-ArgumentCompleter -CommandName 'assume' -ParameterName SourceIdentity -ScriptBlock {
    param($command, $parameter, $word, $ast, $bound)
    __shellkit_complete 'assume' @('--source-identity') $word
}
Microsoft.PowerShell.Core\Register-ArgumentCompleter -CommandName 'assume' -ParameterName Tag -ScriptBlock {
    param($command, $parameter, $word, $ast, $bound)
    __shellkit_complete 'assume' @('--tag') $word
}
Microsoft.PowerShell.Core\Register-ArgumentCompleter -CommandName 'assume' -ParameterName TransitiveTag -ScriptBlock {
    param($command, $parameter, $word, $ast, $bound)
    __shellkit_complete 'assume' @('--transitive-tag') $word
}
Microsoft.PowerShell.Core\Register-ArgumentCompleter -CommandName 'assume' -ParameterName Policy -ScriptBlock {
    param($command, $parameter, $word, $ast, $bound)
    __shellkit_complete 'assume' @('--policy') $word
}
Microsoft.PowerShell.Core\Register-ArgumentCompleter -CommandName 'assume' -ParameterName PolicyArn -ScriptBlock {
    param($command, $parameter, $word, $ast, $bound)
    __shellkit_complete 'assume' @('--policy-arn') $word
}
Microsoft.PowerShell.Core\Register-ArgumentCompleter -CommandName 'assume' -ParameterName Source -ScriptBlock {
    param($command, $parameter, $word, $ast, $bound)
    __shellkit_complete 'assume' @('--source') $word
}
Microsoft.PowerShell.Core\Register-ArgumentCompleter -CommandName 'assume' -ParameterName Mode -ScriptBlock {
    param($command, $parameter, $word, $ast, $bound)
    __shellkit_complete 'assume' @('--mode') $word
}
Microsoft.PowerShell.Core\Register-ArgumentCompleter -CommandName 'assume' -ParameterName MfaSerial -ScriptBlock {
    param($command, $parameter, $word, $ast, $bound)
    __shellkit_complete 'assume' @('--mfa-serial') $word
}
Microsoft.PowerShell.Core\Register-ArgumentCompleter -CommandName 'assume' -ParameterName MfaCode -ScriptBlock {
    param($command, $parameter, $word, $ast, $bound)
    __shellkit_complete 'assume' @('--mfa-code') $word
}
Microsoft.PowerShell.Core\Register-ArgumentCompleter -Native -CommandName shellkit -ScriptBlock {
    param($word, $ast, $position)
    __shellkit_complete shellkit @(__shellkit_complete_before $ast $word) $word
}
