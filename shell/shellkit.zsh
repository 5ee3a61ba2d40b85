# shellkit for zsh (5.0 and later): assume and unassume for the shell you are in.
# Load it with:  eval -- "$(shellkit init zsh)"
#
# Rendered from shellkit/shells/templates/zsh.j2; docs/shells.md gives the rules it keeps.
# The functions that a person calls set the options (`emulate -L zsh`); those they call rely on it.

# ---------------------------------------------------------------- helpers

# A message never decides over the status.
__shellkit_say() {
    \builtin printf '%s\n' "$1" >&2 || \builtin true
}

# Runs "$@" with the names of the managed variables as its last arguments.
__shellkit_managed() {
    "$@" AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_REGION AWS_DEFAULT_REGION \
        AWS_CREDENTIAL_EXPIRATION AWSUME_PROFILE SHELLKIT_PROFILE SHELLKIT_ACCOUNT_ID SHELLKIT_ROLE \
        SHELLKIT_EXPIRES AWS_PROFILE AWS_DEFAULT_PROFILE AWS_SECURITY_TOKEN AWS_SESSION_EXPIRATION \
        AWS_ROLE_ARN AWS_ROLE_SESSION_NAME AWS_WEB_IDENTITY_TOKEN_FILE \
        AWS_CONTAINER_CREDENTIALS_RELATIVE_URI AWS_CONTAINER_CREDENTIALS_FULL_URI \
        AWS_CONTAINER_AUTHORIZATION_TOKEN AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE AWS_CREDENTIAL_FILE \
        AWS_ACCOUNT_ID AWSUME_EXPIRATION
}

# ---------------------------------------------------------------- keep and restore

# Of each variable NAME the state before the first `assume` is kept in SHELLKIT_BASE_NAME:
# `e` and the value (exported), `s` and the value (not exported), `u` (unset).
# The copy of a variable that is not exported is not exported either.

__shellkit_is_kept() {
    \builtin local __shellkit_name __shellkit_copy
    for __shellkit_name in "$@"; do
        __shellkit_copy="SHELLKIT_BASE_${__shellkit_name}"
        [[ -z ${(P)__shellkit_copy+set} ]] || \builtin return 0
    done
    \builtin return 1
}

__shellkit_check() {
    \builtin local __shellkit_name __shellkit_copy
    for __shellkit_name in "$@"; do
        __shellkit_copy="SHELLKIT_BASE_${__shellkit_name}"
        if [[ ${(Pt)__shellkit_name} == *readonly* ]]; then
            __shellkit_say "shellkit: ${__shellkit_name} is readonly, so nothing was changed. Give it back: typeset +r ${__shellkit_name}"
            \builtin return 3
        fi
        if [[ ${(Pt)__shellkit_copy} == *readonly* ]]; then
            __shellkit_say "shellkit: ${__shellkit_copy} is readonly, so nothing was changed. Give it back: typeset +r ${__shellkit_copy}"
            \builtin return 3
        fi
    done
}

# Fills __shellkit_exported and __shellkit_private of __shellkit_begin.
__shellkit_keep() {
    \builtin local __shellkit_name
    for __shellkit_name in "$@"; do
        case "${(Pt)__shellkit_name}" in
            '')
                __shellkit_exported+=("SHELLKIT_BASE_${__shellkit_name}=u")
                ;;
            array*|association*|nameref*)
                __shellkit_say "shellkit: ${__shellkit_name} is not a plain variable, so nothing was changed. Drop it first: unset ${__shellkit_name}"
                \builtin return 3
                ;;
            *export*)
                __shellkit_exported+=("SHELLKIT_BASE_${__shellkit_name}=e${(P)__shellkit_name}")
                ;;
            *)
                __shellkit_private+=("SHELLKIT_BASE_${__shellkit_name}=s${(P)__shellkit_name}")
                ;;
        esac
    done
}

# After it every managed variable is unset, and free of attributes that would change a value.
__shellkit_begin() {
    \builtin local -a __shellkit_exported __shellkit_private
    __shellkit_managed __shellkit_check || \builtin return
    if ! __shellkit_managed __shellkit_is_kept; then
        __shellkit_managed __shellkit_keep || \builtin return
        [[ ${#__shellkit_private} -eq 0 ]] || \builtin typeset -g +x "${__shellkit_private[@]}" || \builtin return
        [[ ${#__shellkit_exported} -eq 0 ]] || \builtin typeset -gx "${__shellkit_exported[@]}" || \builtin return
    fi
    __shellkit_managed builtin unset -v
}

# The recipe of the active identity, and of the one before: not exported, not secret.
# The same identity once more (--refresh) is not a new one. A nested shell does not know
# the recipe of the identity that it inherited: the program gives it along.
__shellkit_end() {
    [[ "${__shellkit_this-}" != "$1" ]] || \builtin return 0
    \builtin typeset -g __shellkit_last="${2-${__shellkit_this-}}"
    \builtin typeset -g __shellkit_this="$1"
}

# Fills __shellkit_exported, __shellkit_private and __shellkit_copies of __shellkit_restore.
__shellkit_recall() {
    \builtin local __shellkit_name __shellkit_copy
    for __shellkit_name in "$@"; do
        __shellkit_copy="SHELLKIT_BASE_${__shellkit_name}"
        __shellkit_copies+=("${__shellkit_copy}")
        case "${(P)__shellkit_copy-}" in
            e*)
                __shellkit_exported+=("${__shellkit_name}=${${(P)__shellkit_copy}#e}")
                ;;
            s*)
                __shellkit_private+=("${__shellkit_name}=${${(P)__shellkit_copy}#s}")
                ;;
        esac
    done
}

# The copies go last: whatever interrupts this, calling it again completes it.
__shellkit_restore() {
    \builtin local -a __shellkit_exported __shellkit_private __shellkit_copies
    __shellkit_managed __shellkit_is_kept || \builtin return 0
    __shellkit_managed __shellkit_check || \builtin return
    __shellkit_managed __shellkit_recall
    __shellkit_managed builtin unset -v || \builtin return
    [[ ${#__shellkit_private} -eq 0 ]] || \builtin typeset -g +x "${__shellkit_private[@]}" || \builtin return
    [[ ${#__shellkit_exported} -eq 0 ]] || \builtin typeset -gx "${__shellkit_exported[@]}" || \builtin return
    \builtin unset -v "${__shellkit_copies[@]}" || \builtin return
    __shellkit_end ''
}

# ---------------------------------------------------------------- commands

# Nothing is evaluated before the program has ended well, so Ctrl-C leaves the shell as it is.
# The quotes keep global aliases out.
__shellkit_run() {
    \builtin local __shellkit_code __shellkit_interrupted=''
    {
        __shellkit_code="$(
            SHELLKIT_REQUEST="${__shellkit_this-}" SHELLKIT_PREVIOUS="${__shellkit_last-}" \
                \builtin command 'shellkit' 'env' '--shell' 'zsh' 'assume' "$@"
        )" || \builtin return "$?"
    } always {
        # By itself zsh would make it 2, where other shells and our own exit code say 130.
        if [[ ${TRY_BLOCK_INTERRUPT-0} -eq 1 ]]; then
            TRY_BLOCK_INTERRUPT=0
            __shellkit_interrupted=1
        fi
    }
    [[ -z ${__shellkit_interrupted} ]] || \builtin return 130
    __shellkit_code="${__shellkit_code//$'\r'/}"
    \builtin eval "${__shellkit_code}"
}

\builtin unalias assume unassume 2>/dev/null || \builtin true

# The backslash keeps an alias of that name out of the definition: zsh parses
# all of this before it runs the line above.
function \assume() {
    \builtin emulate -L zsh
    \builtin setopt no_xtrace no_verbose no_all_export no_err_exit no_err_return no_aliases
    \builtin trap - DEBUG # Only until the function ends: such a trap sees each command, with its values.
    __shellkit_run "$@"
}

function \unassume() {
    \builtin emulate -L zsh
    \builtin setopt no_xtrace no_verbose no_all_export no_err_exit no_err_return no_aliases
    \builtin trap - DEBUG # Only until the function ends: such a trap sees each command, with its values.
    case "${#}:${1-}" in
        0:)
            __shellkit_restore
            ;;
        1:-h|1:--help)
            \builtin printf '%s\n' 'usage: unassume' \
                'Gives every variable that assume changed its value from before.'
            ;;
        *)
            __shellkit_say 'usage: unassume   (it takes no arguments)'
            \builtin return 2
            ;;
    esac
}
