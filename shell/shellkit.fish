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

# Nothing is evaluated before the program has ended well, so Ctrl-C leaves the shell as it is.
function assume --description 'Switch this shell to an AWS role'
    # While this is set and empty nothing is traced: what passes here is secret.
    builtin set -l fish_trace
    builtin set -l __shellkit_code (
        SHELLKIT_REQUEST="$__shellkit_this" SHELLKIT_PREVIOUS="$__shellkit_last" command 'shellkit' env --shell fish assume $argv
    )
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
