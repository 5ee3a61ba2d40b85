# shellkit for fish (3.4 and later): assume and unassume for the shell you are in.
# Load it with:  shellkit init fish | source
#
# Rendered from shellkit/shells/templates/fish.j2; docs/shells.md gives the rules it keeps.

# ---------------------------------------------------------------- helpers

# A message never decides over the status.
function __shellkit_say
    builtin printf '%s\n' $argv[1] >&2
    builtin true
end

# Runs $argv with the names of the managed variables as its last arguments.
function __shellkit_managed
    $argv AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_REGION AWS_DEFAULT_REGION \
        AWS_CREDENTIAL_EXPIRATION AWSUME_PROFILE SHELLKIT_PROFILE SHELLKIT_ACCOUNT_ID SHELLKIT_ROLE \
        SHELLKIT_EXPIRES AWS_PROFILE AWS_DEFAULT_PROFILE AWS_SECURITY_TOKEN AWS_SESSION_EXPIRATION \
        AWS_ROLE_ARN AWS_ROLE_SESSION_NAME AWS_WEB_IDENTITY_TOKEN_FILE \
        AWS_CONTAINER_CREDENTIALS_RELATIVE_URI AWS_CONTAINER_CREDENTIALS_FULL_URI \
        AWS_CONTAINER_AUTHORIZATION_TOKEN AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE AWS_CREDENTIAL_FILE \
        AWS_ACCOUNT_ID AWSUME_EXPIRATION
end

# ---------------------------------------------------------------- keep and restore

# Of each variable NAME the state before the first `assume` is kept in SHELLKIT_BASE_NAME:
# `e` and the value (exported), `s` and the value (not exported), `u` (unset).
# The copy of a variable that is not exported is not exported either.
#
# Universal variables belong to all of the user's shells and are never written.
# __shellkit_universal names those that showed through, and so must show again;
# __shellkit_hollow those that were set to no element at all, which is not one empty element.

function __shellkit_is_kept
    for __shellkit_name in $argv
        builtin set -q SHELLKIT_BASE_$__shellkit_name
        and return 0
    end
    return 1
end

# fish gives an exported universal variable to every program; only an exported
# global one goes before it, and an empty AWS_PROFILE is an error to some programs.
function __shellkit_check
    for __shellkit_name in $argv
        if builtin set -qUx $__shellkit_name
            __shellkit_say "shellkit: $__shellkit_name is an exported universal variable, which fish cannot hide from programs, so nothing was changed. Make it a global one: set -eU $__shellkit_name, then in config.fish: set -gx $__shellkit_name VALUE"
            return 3
        end
    end
end

function __shellkit_keep
    builtin set -g -u __shellkit_universal
    builtin set -g -u __shellkit_hollow
    for __shellkit_name in $argv
        builtin set -l __shellkit_scope -g
        if not builtin set -q -g $__shellkit_name
            if not builtin set -q -U $__shellkit_name
                builtin set -gx SHELLKIT_BASE_$__shellkit_name u
                continue
            end
            builtin set __shellkit_scope -U
            builtin set -a __shellkit_universal $__shellkit_name
        end
        builtin set -l __shellkit_value $$__shellkit_name
        builtin set -q __shellkit_value[1]
        or builtin set -a __shellkit_hollow $__shellkit_name
        builtin set -l __shellkit_first "$__shellkit_value[1]"
        builtin set -e __shellkit_value[1]
        if builtin set -q $__shellkit_scope -x $__shellkit_name
            builtin set -gx SHELLKIT_BASE_$__shellkit_name e$__shellkit_first $__shellkit_value
        else
            builtin set -gu SHELLKIT_BASE_$__shellkit_name s$__shellkit_first $__shellkit_value
        end
    end
end

# A universal variable would show where the global one is erased: an empty global hides it.
function __shellkit_clear
    for __shellkit_name in $argv
        if builtin set -q -U $__shellkit_name
            builtin set -gu $__shellkit_name
        else
            builtin set -eg $__shellkit_name
        end
    end
    builtin true
end

# $argv: the variables that are unset while the role is active.
function __shellkit_begin
    __shellkit_check $argv
    or return
    if not __shellkit_managed __shellkit_is_kept
        __shellkit_managed __shellkit_keep
        or return
    end
    __shellkit_clear $argv
end

# The recipe of the active identity, and of the one before: not exported, not secret.
# The same identity once more (--refresh) is not a new one. A nested shell does not know
# the recipe of the identity that it inherited: the program gives it along.
function __shellkit_end
    if builtin test "$__shellkit_this" = "$argv[1]"
        return 0
    end
    if builtin set -q argv[2]
        builtin set -gu __shellkit_last $argv[2]
    else
        builtin set -gu __shellkit_last $__shellkit_this
    end
    builtin set -gu __shellkit_this $argv[1]
    builtin true
end

function __shellkit_recall
    for __shellkit_name in $argv
        builtin set -eg $__shellkit_name
        builtin contains -- $__shellkit_name $__shellkit_universal
        and continue
        builtin set -l __shellkit_copy SHELLKIT_BASE_$__shellkit_name
        builtin set -l __shellkit_rest $$__shellkit_copy
        builtin set -l __shellkit_state u
        builtin set -l __shellkit_value
        # A match sets both by name, so that newlines in the value are kept.
        builtin string match -rq -- '(?s)^(?<__shellkit_state>[es])(?<__shellkit_value>.*)\z' "$__shellkit_rest[1]"
        builtin set -e __shellkit_rest[1]
        builtin contains -- $__shellkit_name $__shellkit_hollow
        and builtin set -e __shellkit_value[1]
        switch $__shellkit_state
            case e
                builtin set -gx $__shellkit_name $__shellkit_value $__shellkit_rest
            case s
                builtin set -gu $__shellkit_name $__shellkit_value $__shellkit_rest
        end
    end
end

function __shellkit_forget
    for __shellkit_name in $argv
        builtin set -eg SHELLKIT_BASE_$__shellkit_name
    end
    builtin set -eg __shellkit_universal
    builtin set -eg __shellkit_hollow
end

# The copies go last: whatever interrupts this, calling it again completes it.
function __shellkit_restore
    __shellkit_managed __shellkit_is_kept
    or return 0
    __shellkit_managed __shellkit_recall
    __shellkit_managed __shellkit_forget
    __shellkit_end ''
end

# ---------------------------------------------------------------- commands

# Runs the program with the words $argv. A value of --mfa-code goes to it in its environment, and `-`
# in its place: the arguments of a program can be read by everyone on the machine. So `-` takes the
# place of six digits after what may have been meant for --mfa-code, too.
function __shellkit_call
    builtin set -l fish_trace
    builtin set -l __shellkit_words
    builtin set -l __shellkit_before
    builtin set -l __shellkit_given
    builtin set -l __shellkit_word
    for __shellkit_word in $argv
        if builtin string match -q -- --mfa-code "$__shellkit_before"
            and builtin string match -qr -- '^[^-]' $__shellkit_word
            builtin set __shellkit_given $__shellkit_word
            builtin set __shellkit_word -
        else if not builtin string match -q -- -- "$__shellkit_before"
            and builtin string match -qr -- '^--mfa-code=[^-]' $__shellkit_word
            builtin set __shellkit_given (builtin string replace -- --mfa-code= '' $__shellkit_word | builtin string collect)
            builtin set __shellkit_word --mfa-code=-
        else if builtin string match -qr -- '^-(?!-mfa-serial\z)[^=]*(?i:mfa)[^=]*\z' "$__shellkit_before"
            and builtin string match -qr -- '^[0-9]{3} ?[0-9]{3}\z' $__shellkit_word
            builtin set __shellkit_word -
        else if not builtin string match -q -- -- "$__shellkit_before"
            and builtin string match -qr -- '^-(?!-mfa-serial=)[^=]*(?i:mfa)[^=]*=[0-9]{3} ?[0-9]{3}\z' $__shellkit_word
            builtin set __shellkit_word (builtin string replace -r -- '=.*' =- $__shellkit_word)
        end
        builtin set -a __shellkit_words $__shellkit_word
        builtin string match -q -- -- "$__shellkit_before"
        or builtin set __shellkit_before $__shellkit_word
    end
    if builtin set -q __shellkit_given[1]
        SHELLKIT_MFA_CODE="$__shellkit_given" __shellkit_call $__shellkit_words # Which have no code any more.
        return
    end
    builtin set -l __shellkit_code (__shellkit_run $__shellkit_words)
    and builtin printf '%s\n' $__shellkit_code
end

# The program itself. Where __shellkit_said is set, what it says on stderr goes there.
function __shellkit_run
    builtin set -l fish_trace
    builtin set -lx SHELLKIT_REQUEST "$__shellkit_this"
    builtin set -lx SHELLKIT_PREVIOUS "$__shellkit_last"
    builtin set -lx SHELLKIT_EXCHANGE ''
    # The zeros part the words whatever IFS is.
    builtin set -l __shellkit_program (builtin printf '%s\0' 'shellkit' env --shell fish assume | builtin string split0)
    if builtin set -q __shellkit_said
        command $__shellkit_program $argv 2>| builtin read -gz __shellkit_said
        return $pipestatus[1]
    end
    command $__shellkit_program $argv
end

# Where fish could not start the program $argv[2]: says what that means. $argv[1] is the status, and stays it.
function __shellkit_gone
    if builtin contains -- $argv[1] 126 127
        __shellkit_say "shellkit: $argv[2] is not there any more, or cannot be run: shellkit was moved or removed."
        __shellkit_say '  Install it again if need be, then load it anew: shellkit init fish | source'
    end
    return $argv[1]
end

# Nothing is evaluated before the program has ended well, so Ctrl-C leaves the shell as it is.
function assume --description 'Switch this shell to an AWS role'
    # While this is set and empty nothing is traced: what passes here is secret.
    builtin set -l fish_trace
    # A command substitution has the shell's stderr, not ours. Where ours is not the terminal, what the
    # program says is kept, and said once it has ended.
    builtin set -eg __shellkit_said
    builtin test -t 2
    or builtin set -g __shellkit_said
    builtin set -l __shellkit_code (__shellkit_call $argv)
    builtin set -l __shellkit_status $status
    builtin printf '%s' $__shellkit_said >&2
    builtin set -eg __shellkit_said
    builtin test $__shellkit_status = 0
    or __shellkit_gone $__shellkit_status (builtin printf '%s\n' 'shellkit')
    or return
    builtin printf '%s\n' $__shellkit_code | builtin string replace -a \r '' | builtin source
end

function unassume --description 'Give the AWS variables their values from before'
    builtin set -l fish_trace
    switch (builtin count $argv)"$argv[1]"
        case 0
            __shellkit_restore
        case 1-h 1--help
            builtin printf '%s\n' 'usage: unassume' \
                'Gives every variable that assume changed its value from before.'
        case '*'
            __shellkit_say 'usage: unassume   (it takes no arguments)'
            return 2
    end
end

# ---------------------------------------------------------------- prompt

# The functions without a scope of their own set variables of their caller:
# __shellkit_head, _tail and _left (text), _color, _accent (of the time left) and _reset.
# All are empty where no role is active.

# What config.toml says under [prompt], or the defaults.
function __shellkit_prompt_settings --no-scope-shadowing
    builtin set __shellkit_enabled auto
    builtin set __shellkit_position before
    builtin set __shellkit_warning 900
    builtin set __shellkit_pieces '=(' 'profile=' 'account= ' 'left= ' '=) '
end

function __shellkit_prompt_alias --no-scope-shadowing
    builtin set __shellkit_account $__shellkit_number
end

function __shellkit_prompt_class --no-scope-shadowing
    if builtin string match -rq -- '(?i:\\P{L}prod\\P{L})|Prod[^a-z]|(?i:\\P{L}production\\P{L})|Production[^a-z]|(?i:\\P{L}prd\\P{L})|Prd[^a-z]|(?i:\\P{L}live\\P{L})|Live[^a-z]' $__shellkit_subject
        and not builtin string match -rq -- '\\A(?i:\\-(?s:.*)non(?s:.)prod(?s:.*)\\-)\\Z|\\A(?i:\\-(?s:.*)nonprod(?s:.*)\\-)\\Z|\\A(?i:\\-(?s:.*)pre(?s:.)prod(?s:.*)\\-)\\Z|\\A(?i:\\-(?s:.*)preprod(?s:.*)\\-)\\Z' $__shellkit_subject
        builtin set __shellkit_class production
        return 0
    end
    return 0
end

function __shellkit_prompt_code --no-scope-shadowing
    if builtin test $__shellkit_name = normal
        builtin set __shellkit_code 36
        return 0
    end
    if builtin test $__shellkit_name = production
        builtin set __shellkit_code '1;31'
        return 0
    end
    if builtin test $__shellkit_name = warning
        builtin set __shellkit_code 33
        return 0
    end
    if builtin test $__shellkit_name = expired
        builtin set __shellkit_code 7
        return 0
    end
    builtin set __shellkit_code ''
end
# The end of the settings.

# Sets __shellkit_now. fish has no clock, but from 3.6 on it tells the age of a file: with the
# time at which that was changed this gives the time, by two calls of stat(2).
function __shellkit_prompt_clock --no-scope-shadowing
    builtin set __shellkit_now
    builtin string match -rq -- '^(3\.[6-9]|3\.\d\d|[4-9]|\d\d)' $version
    and builtin set __shellkit_now (builtin math (builtin path mtime /) + (builtin path mtime -R /))
    builtin true
end

# Sets __shellkit_text to the time left as people read it, __shellkit_state to warning or expired,
# and __shellkit_hold to the seconds for which that stays right.
function __shellkit_prompt_left --no-scope-shadowing
    builtin string match -rq -- '^\d{1,13}$' "$SHELLKIT_EXPIRES"
    or return 0
    __shellkit_prompt_clock
    if not builtin set -q __shellkit_now[1]
        # Without a clock the end itself is what can be said: HH:MM in UTC.
        builtin set __shellkit_text (builtin string replace -rf -- '.*T(\d\d:\d\d):.*' '$1Z' "$AWS_CREDENTIAL_EXPIRATION")
        return 0
    end
    builtin set __shellkit_now (builtin math $SHELLKIT_EXPIRES - $__shellkit_now)
    builtin set __shellkit_hold 86400
    if builtin test $__shellkit_now -le 0
        builtin set __shellkit_state expired
        builtin set __shellkit_text expired
        return 0
    end
    builtin test $__shellkit_now -ge $__shellkit_warning
    or builtin set __shellkit_state warning
    # What is shown holds for the rest of the minute, and until the warning.
    builtin set __shellkit_hold (builtin math "($__shellkit_now + 30) % 60")
    builtin test -z "$__shellkit_state" -a (builtin math $__shellkit_now - $__shellkit_warning) -lt $__shellkit_hold
    and builtin set __shellkit_hold (builtin math $__shellkit_now - $__shellkit_warning)
    builtin test $__shellkit_now -ge 120
    or builtin set __shellkit_hold 0
    if builtin test $__shellkit_now -lt 60
        builtin set __shellkit_text {$__shellkit_now}s
        return 0
    end
    builtin set __shellkit_now (builtin math "floor(($__shellkit_now + 30) / 60)")
    if builtin test $__shellkit_now -lt 60
        builtin set __shellkit_text {$__shellkit_now}m
        return 0
    end
    builtin set __shellkit_text (builtin printf '%dh%02dm' (builtin math "floor($__shellkit_now / 60)") (builtin math $__shellkit_now % 60))
    builtin set __shellkit_text (builtin string replace -r -- 'h00m$' h $__shellkit_text)
end

# Sets __shellkit_depth to how many colours the terminal has; empty for none.
function __shellkit_prompt_depth --no-scope-shadowing
    builtin set __shellkit_depth 8
    if builtin test -n "$NO_COLOR" -o -z "$TERM" -o "$TERM" = dumb
        builtin set __shellkit_depth ''
    else if builtin contains -- "$COLORTERM" truecolor 24bit
        builtin set __shellkit_depth 24
    else if builtin string match -q -- '*256*' "$TERM"
        builtin set __shellkit_depth 256
    end
end

# Sets __shellkit_color, __shellkit_accent and __shellkit_reset.
function __shellkit_prompt_paint --no-scope-shadowing
    __shellkit_prompt_depth
    builtin test -n "$__shellkit_depth"
    or return 0
    for __shellkit_subject in -"$__shellkit_profile"- -"$__shellkit_number"- -"$__shellkit_account"-
        builtin test -n "$__shellkit_class"
        and break
        __shellkit_prompt_class
    end
    builtin set __shellkit_name $__shellkit_class
    if builtin test -z "$__shellkit_name"
        builtin set __shellkit_name normal
        builtin test "$__shellkit_state" = warning
        and builtin set __shellkit_name warning
    end
    __shellkit_prompt_code
    builtin set __shellkit_reset \e'[0m'
    builtin set __shellkit_color \e"[0;"$__shellkit_code"m"
    builtin set __shellkit_accent $__shellkit_color
    builtin test -n "$__shellkit_state"
    or return 0
    builtin set __shellkit_name $__shellkit_state
    __shellkit_prompt_code
    builtin set __shellkit_accent $__shellkit_color\e"["$__shellkit_code"m"
end

# $argv: --plain for no colours. Sets __shellkit_segment to what the prompt shows, and the
# settings beside it; __shellkit_segment is empty where no role is active.
function __shellkit_prompt_make --no-scope-shadowing
    builtin set -l fish_trace
    builtin set __shellkit_segment ''
    builtin set -l __shellkit_enabled
    builtin set -l __shellkit_position
    builtin set -l __shellkit_warning
    builtin set -l __shellkit_pieces
    __shellkit_prompt_settings
    builtin set -l __shellkit_profile "$SHELLKIT_PROFILE"
    # In mode profile there is no other name.
    builtin test -z "$__shellkit_profile"
    and builtin set -q SHELLKIT_BASE_AWS_PROFILE
    and builtin set __shellkit_profile "$AWS_PROFILE"
    builtin test -n "$__shellkit_profile"
    or return 0
    builtin set -l __shellkit_number "$SHELLKIT_ACCOUNT_ID"
    builtin set -l __shellkit_account ''
    builtin set -l __shellkit_state ''
    builtin set -l __shellkit_text ''
    builtin set -l __shellkit_now
    builtin set -l __shellkit_depth
    builtin set -l __shellkit_class ''
    builtin set -l __shellkit_code
    builtin set -l __shellkit_name
    builtin set -l __shellkit_subject
    builtin set -l __shellkit_color
    builtin set -l __shellkit_accent
    builtin set -l __shellkit_reset
    builtin test -n "$__shellkit_number"
    and __shellkit_prompt_alias
    __shellkit_prompt_left
    builtin contains -- --plain $argv
    or __shellkit_prompt_paint
    for __shellkit_piece in $__shellkit_pieces
        # A match sets both by name.
        builtin string match -rq -- '^(?<__shellkit_name>\w*)=(?<__shellkit_lead>.*)$' $__shellkit_piece
        builtin set -l __shellkit_value
        switch $__shellkit_name
            case profile
                builtin set __shellkit_value $__shellkit_profile
            case account
                builtin set __shellkit_value $__shellkit_account
            case account_id
                builtin set __shellkit_value $__shellkit_number
            case role
                builtin set __shellkit_value "$SHELLKIT_ROLE"
            case region
                builtin set __shellkit_value "$AWS_REGION"
            case left
                builtin set __shellkit_value $__shellkit_text
            case '*'
                builtin set __shellkit_value $__shellkit_lead
                builtin set __shellkit_lead ''
        end
        builtin test -n "$__shellkit_value"
        or continue
        # A control character could only come from the environment; here it would act on the terminal.
        builtin set __shellkit_value (builtin string replace -ra -- '[[:cntrl:]]' '?' "$__shellkit_value" | builtin string join '?')
        builtin test "$__shellkit_name" = left
        and builtin set __shellkit_value "$__shellkit_accent$__shellkit_value$__shellkit_reset$__shellkit_color"
        builtin set __shellkit_segment "$__shellkit_segment$__shellkit_lead$__shellkit_value"
    end
    builtin set __shellkit_segment "$__shellkit_color$__shellkit_segment$__shellkit_reset"
end

# Makes what the prompt shows anew, with what it was made from (the words that __shellkit_prompt_show
# compares) and the time until which it holds. The age of the root directory is the clock: where that
# is younger than before, it was changed.
function __shellkit_prompt_refresh
    builtin set -l fish_trace
    builtin set -l __shellkit_segment
    builtin set -l __shellkit_hold
    __shellkit_prompt_make
    # starship shows AWSUME_PROFILE.
    builtin test "$STARSHIP_SHELL" = fish -a "$__shellkit_prompt_settled[1]" != always
    and builtin set __shellkit_segment ''
    builtin set -g __shellkit_prompt_key "$SHELLKIT_PROFILE:$SHELLKIT_ACCOUNT_ID:$SHELLKIT_ROLE:$SHELLKIT_EXPIRES:$AWS_REGION:$SHELLKIT_BASE_AWS_PROFILE:$AWS_PROFILE:$TERM:$COLORTERM:$NO_COLOR:$STARSHIP_SHELL"
    builtin set -g __shellkit_prompt_before $__shellkit_segment
    builtin set -g __shellkit_prompt_after ''
    builtin set -g __shellkit_prompt_hold
    if builtin test $__shellkit_prompt_settled[2] = after
        builtin set __shellkit_prompt_before ''
        builtin set __shellkit_prompt_after $__shellkit_segment
    end
    if builtin set -q __shellkit_hold[1]
        builtin set -l __shellkit_age (builtin path mtime -R /)
        builtin set __shellkit_prompt_hold $__shellkit_age (builtin math $__shellkit_age + $__shellkit_hold)
    end
end

# $argv: what the user's prompt shows. Prints it with the segment, unless it shows the role already.
# This, the hook and ours in its place are what a draw costs: few commands, and only the user's in
# parentheses. fish traces neither prompts nor events.
function __shellkit_prompt_show
    if builtin test "$SHELLKIT_PROFILE:$SHELLKIT_ACCOUNT_ID:$SHELLKIT_ROLE:$SHELLKIT_EXPIRES:$AWS_REGION:$SHELLKIT_BASE_AWS_PROFILE:$AWS_PROFILE:$TERM:$COLORTERM:$NO_COLOR:$STARSHIP_SHELL" != "$__shellkit_prompt_key"
        __shellkit_prompt_refresh
    else if builtin set -q __shellkit_prompt_hold[1]
        builtin path mtime -R / | builtin read -l __shellkit_age
        builtin test "$__shellkit_age" -ge $__shellkit_prompt_hold[1] -a "$__shellkit_age" -le $__shellkit_prompt_hold[2]
        or __shellkit_prompt_refresh
    end
    switch "$__shellkit_prompt_inside:$argv[1]"
        case 1:\n'*'
            # Empty lines at the top of a prompt stay at the top.
            builtin string match -rq -- '^(?<__shellkit_start>\n*)(?<__shellkit_rest>(?s:.*))\z' $argv[1]
            builtin printf '%s' "$__shellkit_start$__shellkit_prompt_before$__shellkit_rest$__shellkit_prompt_after"
        case '1:*'
            builtin printf '%s' "$__shellkit_prompt_before$argv[1]$__shellkit_prompt_after"
        case '*'
            builtin printf '%s' "$argv[1]"
    end
end

# Before each prompt: whoever has defined it meanwhile, the segment is around it. Ours handles an
# event: once another function has its name, nobody answers that any more.
function __shellkit_prompt_hook --on-event fish_prompt
    builtin set -g __shellkit_prompt_inside 1
    builtin emit __shellkit_prompt_ours ours
    builtin set -q __shellkit_prompt_inside[1]
    and __shellkit_prompt_wrap
end

# Puts ours in the place of the user's prompt, which keeps a name of its own, since a prompt around
# ours may call ours, which then shows nothing. A copy of ours, which virtualenv puts back, answers
# nobody: it is told by its description.
function __shellkit_prompt_wrap
    builtin set __shellkit_prompt_inside
    builtin test -n "$SHELLKIT_PROFILE$SHELLKIT_BASE_AWS_PROFILE"
    or return 0
    builtin set -l __shellkit_name $__shellkit_prompt_settled[3]
    builtin functions -Dv $__shellkit_name | builtin string match -q -- 'The prompt, with the AWS role'
    and return 0
    builtin set -l __shellkit_user __shellkit_prompt_none
    if builtin functions -q $__shellkit_name
        builtin set -g __shellkit_prompt_layer (builtin math 0$__shellkit_prompt_layer + 1)
        builtin set __shellkit_user __shellkit_prompt_user$__shellkit_prompt_layer
        builtin functions -c $__shellkit_name $__shellkit_user
    end
    function $__shellkit_name --inherit-variable __shellkit_user --on-event __shellkit_prompt_ours --description 'The prompt, with the AWS role'
        # Up to the user's prompt nothing changes $status and $pipestatus.
        switch "$__shellkit_prompt_inside:$SHELLKIT_PROFILE$SHELLKIT_BASE_AWS_PROFILE"\n"$argv[1]"
            case '1:*'\nours
                builtin set __shellkit_prompt_inside
            case '1:*' 'shown:*' :\n'*'
                $__shellkit_user $argv
            case '*'
                # While this is empty, a command substitution is one text, with its empty lines.
                builtin set -l IFS
                builtin set -g __shellkit_prompt_inside 1
                __shellkit_prompt_show ($__shellkit_user $argv)
                builtin set -g __shellkit_prompt_inside
        end
    end
end

function __shellkit_prompt_none
end

function shellkit_prompt --description 'Show the AWS role, in a prompt of your own'
    builtin set -l __shellkit_status $status
    builtin set -l __shellkit_segment
    builtin set -l __shellkit_hold
    __shellkit_prompt_make $argv
    # Then the prompt need not; unless it is to show it in any case.
    builtin test -n "$__shellkit_prompt_inside" -a "$__shellkit_prompt_settled[1]" != always
    and builtin set -g __shellkit_prompt_inside shown
    builtin printf '%s' $__shellkit_segment
    return $__shellkit_status
end

# Sets __shellkit_prompt_settled: whether the segment is shown, where, and in which function.
function __shellkit_prompt_install
    builtin set -l __shellkit_enabled
    builtin set -l __shellkit_position
    builtin set -l __shellkit_warning
    builtin set -l __shellkit_pieces
    __shellkit_prompt_settings
    builtin set -l __shellkit_name fish_prompt
    builtin test $__shellkit_position = right
    and builtin set __shellkit_name fish_right_prompt
    if builtin status is-interactive
        and builtin test $__shellkit_enabled != never
        builtin set -g __shellkit_prompt_settled $__shellkit_enabled $__shellkit_position $__shellkit_name
        # Where a block begins or a function is called, fish counts the lines before it in its file:
        # what runs for each prompt gets files of its own.
        for __shellkit_name in __shellkit_prompt_{hook,wrap,show}
            builtin functions $__shellkit_name | builtin source
        end
    else
        builtin functions -e __shellkit_prompt_hook
    end
end

__shellkit_prompt_install

# ---------------------------------------------------------------- completion

# What TAB offers comes from the index, a text file that the program writes. No process is
# started while the files that it was made from are as they were (shellkit/profiles/index.py).

# What follows the word $argv[2] of the scope $argv[1], a kind; or $argv[3].
function __shellkit_complete_kind
    builtin set -l __shellkit_entry (builtin string escape --style=regex -- $argv[1] $argv[2])
    builtin set __shellkit_entry '^'$__shellkit_entry[1]'\t'$__shellkit_entry[2]'\t([^\t]*)\t.*'
    builtin string replace -rf -- $__shellkit_entry '$1' $argv[4..-1]
    or builtin printf '%s\n' $argv[3]
end

# The words of the scope $argv[1] that begin with $argv[2], and are of the kind $argv[3], with their descriptions.
function __shellkit_complete_scope
    builtin set -l __shellkit_entry (builtin string escape --style=regex -- $argv[1])
    builtin string replace -rf -- '^'$__shellkit_entry'\t('$argv[2]'[^\t]*)\t'$argv[3]'[^\t]*\t(.*)' '$1\t$2' $argv[4..-1]
end

# Whether the file $argv[1] is as it was when its stamp $argv[2] was made.
function __shellkit_complete_same
    switch $argv[2]
        case absent
            not builtin test -e $argv[1]
        case unknown
            return 1
        case '*'
            builtin test -e $argv[1] -a -e $argv[2]
            and not builtin test $argv[1] -nt $argv[2]
            and not builtin test $argv[1] -ot $argv[2]
    end
end

# Whether $argv, the header of an index, is that of the index of our files, and none of them has changed.
function __shellkit_complete_holds
    builtin set -l __shellkit_config $HOME/.aws/config
    builtin set -l __shellkit_credentials $HOME/.aws/credentials
    builtin set -q AWS_CONFIG_FILE
    and builtin set __shellkit_config "$AWS_CONFIG_FILE"
    builtin set -q AWS_SHARED_CREDENTIALS_FILE
    and builtin set __shellkit_credentials "$AWS_SHARED_CREDENTIALS_FILE"
    builtin test "$argv[1]" = 'shellkit-index 1' -a "$argv[2]" = $__shellkit_config -a "$argv[3]" = $__shellkit_credentials
    # Before 3.6 fish cannot ask which of two files is the newer.
    and not builtin string match -rq '^(2|3\.[0-5])\.' -- $version
    and __shellkit_complete_same "$argv[4]" "$argv[5]"
    and __shellkit_complete_same "$argv[6]" "$argv[7]"
    and __shellkit_complete_same "$argv[8]" "$argv[9]"
end

# What $argv, the words of the command table, come to: the head, the scope and the kind of the word at the cursor.
function __shellkit_complete_place
    builtin set -l __shellkit_token (builtin commandline -ct)
    builtin set -l __shellkit_scope assume
    builtin set -l __shellkit_count 1
    builtin set -l __shellkit_skip ''
    builtin set -l __shellkit_end ''
    builtin set -l __shellkit_words (builtin commandline -opc)
    switch $__shellkit_words[1]
        case shellkit '*/shellkit'
            builtin set __shellkit_scope shellkit
        case unassume
            builtin set __shellkit_scope unassume
    end
    for __shellkit_word in $__shellkit_words[2..-1]
        if builtin test -n "$__shellkit_skip"
            builtin set __shellkit_skip ''
        else if builtin test -z "$__shellkit_end"; and builtin string match -q -- -- $__shellkit_word
            builtin set __shellkit_end 1
        else if builtin test -z "$__shellkit_end"; and builtin string match -qr -- '^-.' $__shellkit_word
            builtin set __shellkit_skip (__shellkit_complete_kind $__shellkit_scope $__shellkit_word '' $argv)
        else if builtin test $__shellkit_scope = shellkit
            builtin set __shellkit_scope "shellkit $__shellkit_word"
        else
            builtin set __shellkit_count (builtin math $__shellkit_count + 1)
        end
    end
    builtin set -l __shellkit_head ''
    builtin set -l __shellkit_kind
    if builtin test -n "$__shellkit_skip"
        builtin set __shellkit_kind $__shellkit_skip
    else if builtin test -z "$__shellkit_end"; and builtin string match -q -- '--*=*' $__shellkit_token
        builtin set __shellkit_head (builtin string replace -r -- '=.*' '' $__shellkit_token)
        builtin set __shellkit_kind (__shellkit_complete_kind $__shellkit_scope $__shellkit_head nothing $argv)
        builtin set __shellkit_head $__shellkit_head=
    else if builtin test -z "$__shellkit_end"; and builtin string match -q -- '-*' $__shellkit_token
        builtin set __shellkit_kind -
    else if builtin test $__shellkit_scope = shellkit
        builtin set __shellkit_kind '>'
    else
        builtin set __shellkit_kind (__shellkit_complete_kind $__shellkit_scope $__shellkit_count nothing $argv)
    end
    builtin printf '%s\n' "$__shellkit_head" $__shellkit_scope $__shellkit_kind
end

# Prints the lines of $argv[2], `word TAB description`, whose word has the letters of what has been typed after $argv[1]
# in their order, and $argv[1] before each. fish ranks them; by itself it would look into the descriptions too.
function __shellkit_complete_match
    builtin set -l __shellkit_typed (builtin commandline -ct | builtin string replace -- "$argv[1]" '' | builtin string replace -ra '["\'\\\\]' '')
    if builtin test -z "$argv[1]$__shellkit_typed"
        builtin string split -n \n -- "$argv[2]"
        return
    end
    builtin set -l __shellkit_typed (builtin string split '' -- "$__shellkit_typed" | builtin string escape --style=regex | builtin string join '[^\t\n]*')
    # All lines at once: that is quicker than one by one.
    builtin set -l __shellkit_found (builtin string match -rai -- '(?m)^[^\t\n]*'"$__shellkit_typed"'.*$' "$argv[2]")
    and builtin printf '%s\n' "$argv[1]"$__shellkit_found
end

# Prints what the word at the cursor may be, with descriptions, from the index $argv[1]. Fails where it is not the
# index of our files or, unless $argv[2] says that it is new, where one of them has changed.
function __shellkit_complete_read
    builtin read -z -d \x1c -l __shellkit_header __shellkit_table __shellkit_names __shellkit_roles __shellkit_described __shellkit_rest <$argv[1]
    builtin test -n "$argv[2]"
    or __shellkit_complete_holds (builtin string split \n -- "$__shellkit_header")
    or return
    # One that is torn, as after a power cut, does not come to its end.
    builtin test -z "$__shellkit_names" -o (builtin string sub -s -1 -- "$__shellkit_described" | builtin count) -gt 1
    or return
    builtin set -l __shellkit_table (builtin string split \n -- "$__shellkit_table")
    builtin set -l __shellkit_place (__shellkit_complete_place $__shellkit_table)
    switch $__shellkit_place[3]
        case nothing
        case files
            __fish_complete_path (builtin commandline -ct)
        case -
            __shellkit_complete_match '' (__shellkit_complete_scope $__shellkit_place[2] - '' $__shellkit_table | builtin string collect)
        case '>'
            __shellkit_complete_match '' (__shellkit_complete_scope shellkit '' '>' $__shellkit_table | builtin string collect)
        case targets profiles
            __shellkit_complete_match "$__shellkit_place[1]" "$__shellkit_described"
            builtin test $__shellkit_place[3] = targets
            and builtin string match -qr '^["\']?[0-9]+:' -- (builtin commandline -ct)
            and __shellkit_complete_match '' "$__shellkit_roles"
        case '*'
            __shellkit_complete_match "$__shellkit_place[1]" (__shellkit_complete_scope $__shellkit_place[3] '' '' $__shellkit_table | builtin string collect)
    end
    builtin true
end

# The same, from the index of our files wherever it is. Where it is missing or has had its day, the
# program makes it anew.
function __shellkit_complete
    builtin set -l fish_trace
    builtin set -l __shellkit_folders $HOME/.cache $HOME/Library/Caches
    builtin string match -q '/*' -- "$XDG_CACHE_HOME"
    and builtin set __shellkit_folders $XDG_CACHE_HOME
    for __shellkit_file in $__shellkit_folders/shellkit/complete/{0,1,2,3,4,5,6,7}
        builtin test -f $__shellkit_file -a -r $__shellkit_file -a -O $__shellkit_file
        and __shellkit_complete_read $__shellkit_file ''
        and return
    end
    # What fish says of a program that is not there goes past the redirection.
    builtin set -l __shellkit_program (builtin printf '%s\n' 'shellkit')
    builtin command -q $__shellkit_program[1]
    or return
    builtin set -l __shellkit_file (command $__shellkit_program index 2>/dev/null)
    or return
    __shellkit_complete_read (builtin string replace -a \r '' -- $__shellkit_file) new
end

# What other files say of a command of this name is not about ours.
for __shellkit_command in assume unassume shellkit
    complete -c $__shellkit_command -e
    complete -c $__shellkit_command -f -a '(__shellkit_complete)'
end
builtin set -e __shellkit_command
