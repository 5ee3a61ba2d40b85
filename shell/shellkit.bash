# shellkit for bash (3.2 and later): assume and unassume for the shell you are in.
# Load it with:  eval -- "$(shellkit init bash)"
#
# Rendered from shellkit/shells/templates/bash.j2; docs/shells.md gives the rules it keeps.

# ---------------------------------------------------------------- helpers

# Runs "$@" with nothing traced, printed, exported by itself or shown to the user's traps:
# what passes here is secret.
__shellkit_quietly() {
    \builtin local __shellkit_flags="$-" __shellkit_status=0
    __shellkit_flags="${__shellkit_flags//[!avxET]/}"
    # From bash 4.4 on this puts the flags back even when Ctrl-C ends the function.
    \builtin local - 2>/dev/null || \builtin true
    \builtin set +avxET
    "$@" || __shellkit_status="$?"
    [[ -z ${__shellkit_flags} ]] || \builtin set "-${__shellkit_flags}"
    \builtin return "${__shellkit_status}"
}

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
        [[ -z ${!__shellkit_copy+set} ]] || \builtin return 0
    done
    \builtin return 1
}

# `local` refuses the name of a readonly global. It needs a function of its own, or it hides what it asks about.
__shellkit_is_free() {
    \builtin local "$1"
}

# What is readonly in a calling function is hidden from `local`; these refuse it, and change nothing.
__shellkit_is_writable() {
    __shellkit_is_free "$1" || \builtin return 1
    if [[ -n ${!1+set} ]]; then
        \builtin printf -v "$1" '%s' "${!1}"
    else
        \builtin unset -v "$1"
    fi
}

__shellkit_check() {
    \builtin local __shellkit_name
    for __shellkit_name in "$@"; do
        # Writing or unsetting a reference would hit another variable, and may run its subscript.
        if \builtin test -R "${__shellkit_name}" 2>/dev/null; then
            __shellkit_say "shellkit: ${__shellkit_name} is a name reference, so nothing was changed. Drop it first: unset -n ${__shellkit_name}"
            \builtin return 3
        fi
        if ! __shellkit_is_writable "${__shellkit_name}" 2>/dev/null; then
            __shellkit_say "shellkit: ${__shellkit_name} is readonly, so nothing was changed. Remove the readonly from your start-up files and open a new shell."
            \builtin return 3
        fi
        if ! __shellkit_is_writable "SHELLKIT_BASE_${__shellkit_name}" 2>/dev/null; then
            __shellkit_say "shellkit: SHELLKIT_BASE_${__shellkit_name} is readonly, so nothing was changed. Open a new shell."
            \builtin return 3
        fi
    done
}

# Fills __shellkit_exported and __shellkit_private of __shellkit_begin.
__shellkit_keep() {
    \builtin local __shellkit_name __shellkit_kind
    for __shellkit_name in "$@"; do
        if [[ -z ${!__shellkit_name+set} ]]; then
            __shellkit_exported+=("SHELLKIT_BASE_${__shellkit_name}=u")
            \builtin continue
        fi
        __shellkit_kind="$(\builtin declare -p "${__shellkit_name}")"
        __shellkit_kind="${__shellkit_kind#declare }"
        __shellkit_kind="${__shellkit_kind%% *}"
        case "${__shellkit_kind}" in
        *[aA]*)
            __shellkit_say "shellkit: ${__shellkit_name} is an array, so nothing was changed. Drop it first: unset ${__shellkit_name}"
            \builtin return 3
            ;;
        *x*) __shellkit_exported+=("SHELLKIT_BASE_${__shellkit_name}=e${!__shellkit_name}") ;;
        *) __shellkit_private+=("SHELLKIT_BASE_${__shellkit_name}=s${!__shellkit_name}") ;;
        esac
    done
}

# After it every managed variable is unset, and free of attributes that would change a value.
__shellkit_begin() {
    \builtin local __shellkit_exported __shellkit_private
    __shellkit_exported=() __shellkit_private=()
    __shellkit_managed __shellkit_check || \builtin return
    if ! __shellkit_managed __shellkit_is_kept; then
        __shellkit_managed __shellkit_keep || \builtin return
        [[ ${#__shellkit_private[@]} -eq 0 ]] || \builtin export -n "${__shellkit_private[@]}" || \builtin return
        [[ ${#__shellkit_exported[@]} -eq 0 ]] || \builtin export "${__shellkit_exported[@]}" || \builtin return
    fi
    __shellkit_managed builtin unset -v
}

# The recipe of the active identity, and of the one before: not exported, not secret.
# The same identity once more (--refresh) is not a new one. A nested shell does not know
# the recipe of the identity that it inherited: the program gives it along.
__shellkit_end() {
    [[ ${__shellkit_this-} != "$1" ]] || \builtin return 0
    __shellkit_last="${2-${__shellkit_this-}}"
    __shellkit_this="$1"
}

# Fills __shellkit_exported, __shellkit_private and __shellkit_copies of __shellkit_restore.
__shellkit_recall() {
    \builtin local __shellkit_name __shellkit_copy
    for __shellkit_name in "$@"; do
        __shellkit_copy="SHELLKIT_BASE_${__shellkit_name}"
        __shellkit_copies+=("${__shellkit_copy}")
        case "${!__shellkit_copy-}" in
        e*) __shellkit_exported+=("${__shellkit_name}=${!__shellkit_copy#e}") ;;
        s*) __shellkit_private+=("${__shellkit_name}=${!__shellkit_copy#s}") ;;
        *) ;;
        esac
    done
}

# The copies go last: whatever interrupts this, calling it again completes it.
__shellkit_restore() {
    \builtin local __shellkit_exported __shellkit_private __shellkit_copies
    __shellkit_exported=() __shellkit_private=() __shellkit_copies=()
    __shellkit_managed __shellkit_is_kept || \builtin return 0
    __shellkit_managed __shellkit_check || \builtin return
    __shellkit_managed __shellkit_recall
    __shellkit_managed builtin unset -v || \builtin return
    [[ ${#__shellkit_private[@]} -eq 0 ]] || \builtin export -n "${__shellkit_private[@]}" || \builtin return
    [[ ${#__shellkit_exported[@]} -eq 0 ]] || \builtin export "${__shellkit_exported[@]}" || \builtin return
    \builtin unset -v "${__shellkit_copies[@]}" || \builtin return
    __shellkit_end ''
}

# ---------------------------------------------------------------- commands

# Nothing is evaluated before the program has ended well, so Ctrl-C leaves the shell as it is.
__shellkit_run() {
    \builtin local __shellkit_code
    __shellkit_code="$(
        SHELLKIT_REQUEST="${__shellkit_this-}" SHELLKIT_PREVIOUS="${__shellkit_last-}" \
            \builtin command 'shellkit' env --shell bash assume "$@"
    )" || \builtin return "$?"
    __shellkit_code=${__shellkit_code//$'\r'/}
    \builtin eval "${__shellkit_code}"
}

\builtin unalias assume unassume 2>/dev/null || \builtin true

function assume() {
    __shellkit_quietly __shellkit_run "$@"
}

function unassume() {
    case "${#}:${1-}" in
    0:) __shellkit_quietly __shellkit_restore ;;
    1:-h | 1:--help)
        \builtin printf '%s\n' 'usage: unassume' \
            'Gives every variable that assume changed its value from before.'
        ;;
    *)
        __shellkit_say 'usage: unassume   (it takes no arguments)'
        \builtin return 2
        ;;
    esac
}
