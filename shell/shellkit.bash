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
    # From bash 4.4 on this puts the flags back even when Ctrl-C ends the function. In a zsh, where
    # somebody loads it by mistake, it would list all variables.
    \builtin local - >/dev/null 2>&1 || \builtin true
    \builtin set +avxET
    "$@" || __shellkit_status="$?"
    [[ -z ${__shellkit_flags} ]] || \builtin set "-${__shellkit_flags}"
    \builtin return "${__shellkit_status}"
}

# A message never decides over the status. $2: it says what was done, which the shell around a
# subshell does not see (`assume prod | cat`); a person is told.
__shellkit_say() {
    \builtin printf '%s\n' "$1" >&2 || \builtin true
    [[ -z ${2-} || ${BASH_SUBSHELL-0} -eq 0 || ! -t 2 ]] ||
        \builtin printf '%s\n' 'shellkit: this is a subshell: the shell around it is unchanged' >&2 || \builtin true
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
    [[ -z ${__shellkit_here+set} ]] || __shellkit_hook_again
    \builtin test "${__shellkit_this-}" != "$1" || \builtin return 0
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

# MSYS (Git Bash) rewrites what looks like a path in the environment of Windows programs, and a
# secret may begin with a slash. $1: the beginnings of the variables that it shall leave alone.
__shellkit_keep_from_msys() {
    case ";${MSYS2_ENV_CONV_EXCL-};" in
    *';*;'* | *";$1;"*) \builtin export MSYS2_ENV_CONV_EXCL ;;
    *) \builtin export MSYS2_ENV_CONV_EXCL="${MSYS2_ENV_CONV_EXCL:+${MSYS2_ENV_CONV_EXCL};}$1" ;;
    esac
}
case "${OSTYPE-}" in
msys* | cygwin*) __shellkit_keep_from_msys 'AWS_ACCESS_KEY_ID;AWS_SECRET_ACCESS_KEY;AWS_SESSION_TOKEN;SHELLKIT_' ;;
*) ;;
esac

# The program, in place of a subshell. A value of --mfa-code goes to it in its environment, and `-`
# in its place: the arguments of a program can be read by everyone on the machine. So `-` takes the
# place of six digits after what may have been meant for --mfa-code, too. What MSYS would make of
# the arguments is theirs alone.
__shellkit_core() {
    \builtin local __shellkit_word __shellkit_before='' __shellkit_option __shellkit_value
    for __shellkit_word in "$@"; do
        \builtin shift
        __shellkit_option="${__shellkit_before}" __shellkit_value="${__shellkit_word}"
        if [[ ${__shellkit_before} != -- && ${__shellkit_word} == -*=* ]]; then
            __shellkit_option="${__shellkit_word%%=*}" __shellkit_value="${__shellkit_word#*=}"
        fi
        if [[ ${__shellkit_option} == --mfa-code && ${__shellkit_value} == [!-]* ]]; then
            # shellcheck disable=SC2034 # For the program.
            \builtin export SHELLKIT_MFA_CODE="${__shellkit_value}" || \builtin return
            __shellkit_word="${__shellkit_word%"${__shellkit_value}"}-"
        elif [[ ${__shellkit_option} == -*[mM][fF][aA]* && ${__shellkit_option} != --mfa-serial && ${__shellkit_option} != *=* && ${__shellkit_value/ /} == [0-9][0-9][0-9][0-9][0-9][0-9] ]]; then
            __shellkit_word="${__shellkit_word%"${__shellkit_value}"}-"
        fi
        \builtin set -- "$@" "${__shellkit_word}"
        [[ ${__shellkit_before} == -- ]] || __shellkit_before="${__shellkit_word}"
    done
    SHELLKIT_REQUEST="${__shellkit_this-}" SHELLKIT_PREVIOUS="${__shellkit_last-}" \
        SHELLKIT_EXCHANGE="${__shellkit_exchange-}" MSYS2_ARG_CONV_EXCL='*' \
        \builtin exec 'shellkit' env --shell bash assume "$@"
}

# Whether this shell can ask a person, where the program finds no terminal: sets __shellkit_terminal.
__shellkit_can_ask() {
    [[ $- == *i* && ${BASH_VERSINFO[0]} -ge 4 ]] || \builtin return 1
    if { \builtin true 3<>/dev/tty; } 2>/dev/null; then
        __shellkit_terminal=/dev/tty
    elif [[ -t 0 ]]; then
        __shellkit_terminal=/dev/stdin
    elif [[ -t 2 ]]; then
        __shellkit_terminal=/dev/stderr
    else
        \builtin return 1
    fi
    [[ ${BASH_SUBSHELL-0} -eq 0 ]] || __shellkit_in_front
}

# Whether the system lets this shell read from its terminal: not where another job is in front. It
# is asked for no letter, so none is lost.
__shellkit_in_front() {
    (
        \builtin trap '' TTIN
        IFS='' \builtin read -r -t 0.01 -n 0 -u 3
    ) 3<>"${__shellkit_terminal}" 2>/dev/null
}

# $1: a question; $2: -s, if the answer is not to be seen. The rest of a paste is dropped.
__shellkit_ask() {
    \builtin local __shellkit_reply='' __shellkit_answer='end'
    \builtin printf '%s' "$1" >&3
    if IFS='' \builtin read -r ${2+"$2"} -u 3 __shellkit_reply || [[ -n ${__shellkit_reply} ]]; then
        __shellkit_answer="answer ${__shellkit_reply}"
    fi
    [[ -z ${2-} && ${__shellkit_answer} != end ]] || \builtin printf '\n' >&3
    # By number of letters, so that an unfinished line is given too.
    while IFS='' \builtin read -r -s -t 0.01 -n 1000 -u 3 __shellkit_reply; do
        \builtin true
    done
    \builtin printf '%s\n' "${__shellkit_answer}" >&5
}

# 3: the terminal; 4 and 5: from the program, and to it. docs/shells.md says what goes there.
__shellkit_relay() {
    \builtin local __shellkit_line
    \builtin printf 'hello\n' >&5
    while IFS='' \builtin read -r -u 4 __shellkit_line; do
        __shellkit_line="${__shellkit_line//$'\r'/}"
        case "${__shellkit_line}" in
        'run '*) \builtin printf '%s\n' "${__shellkit_line#run }" ;;
        'say '*) \builtin printf '%s\n' "${__shellkit_line#say }" >&3 ;;
        'ask '*) __shellkit_ask "${__shellkit_line#ask }" ;;
        'hide '*) __shellkit_ask "${__shellkit_line#hide }" -s ;;
        *) ;;
        esac
    done 2>/dev/null
    \builtin return 0
}

# The exchange, in a subshell: the program runs beside it, and ends when it does.
__shellkit_exchange() {
    \builtin local __shellkit_job __shellkit_status=0
    if ! \builtin true 6>&2; then # Closed.
        __shellkit_exchange "$@" 2>/dev/null || \builtin return
        \builtin return 0
    fi
    # What is evaluated sees the aliases of now, and one may be called coproc. bash 3.2 could not
    # read it otherwise; and bash has something to say where the user has one, too.
    \builtin shopt -u expand_aliases
    { \builtin eval 'coproc __shellkit_ends { __shellkit_core "$@" 2>&6 6>&-; }'; } 6>&2 2>/dev/null
    __shellkit_job="$!"
    \builtin trap '' PIPE TSTP TTIN TTOU
    # Descriptors of our own: bash closes its own as soon as the program has ended.
    __shellkit_relay 3<>"${__shellkit_terminal}" 4<&"${__shellkit_ends[0]-}" 5>&"${__shellkit_ends[1]-}" || \builtin return 1
    \builtin wait "${__shellkit_job}" || __shellkit_status="$?"
    \builtin return "${__shellkit_status}"
}

# Where the shell could not start the program "$2": says what that means. "$1" is the status, and stays it.
__shellkit_gone() {
    case "$1" in
    126 | 127)
        __shellkit_say "shellkit: $2 is not there any more, or cannot be run: shellkit was moved or removed."
        # shellcheck disable=SC2016  # For a person to type.
        __shellkit_say '  Install it again if need be, then load it anew: eval -- "$(shellkit init bash)"'
        ;;
    *) ;;
    esac
    \builtin return "$1"
}

# Nothing is evaluated before the program has ended well, so Ctrl-C leaves the shell as it is.
__shellkit_run() {
    \builtin local __shellkit_code __shellkit_status=0 __shellkit_exchange='' __shellkit_terminal=''
    if __shellkit_can_ask; then
        __shellkit_exchange=offered
        [[ ! -t 0 ]] || __shellkit_exchange='offered stdin'
    fi
    __shellkit_code="$(__shellkit_core "$@")" || __shellkit_status="$?"
    if [[ ${__shellkit_status} -eq 5 && -n ${__shellkit_exchange} ]]; then
        __shellkit_status=0 __shellkit_exchange=open
        __shellkit_code="$(__shellkit_exchange "$@")" || __shellkit_status="$?"
    fi
    [[ ${__shellkit_status} -eq 0 ]] || __shellkit_gone "${__shellkit_status}" 'shellkit' || \builtin return
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

# zsh reads this without a complaint, and would do something else.
[[ -n ${BASH_VERSINFO-} ]] || {
    \builtin printf '%s\n' 'shellkit: these functions are for bash; for zsh: shellkit init zsh' >&2
    \builtin unset -f assume unassume
}

# ---------------------------------------------------------------- prompt

# In PS1 stands a text that never changes and only refers to these variables, so a value
# shows as it is and is never run: __shellkit_prompt_head, _left and _tail (text), _color,
# _accent (of the time left), _reset, and _right (all of it, at the right edge). They are
# empty where no role is active.

# What config.toml says under [prompt], or the defaults.
__shellkit_prompt_settings() {
    __shellkit_enabled='auto'
    __shellkit_position='before'
    __shellkit_warning=900
    __shellkit_pieces=('=(' 'profile=' 'account= ' 'left= ' '=) ')
}

__shellkit_prompt_alias() {
    case "$1" in
    *) __shellkit_account="$1" ;;
    esac
}

__shellkit_prompt_class() {
    case "$1" in
    '-'*[nN][oO][nN]?[pP][rR][oO][dD]*'-' | '-'*[nN][oO][nN][pP][rR][oO][dD]*'-' | '-'*[pP][rR][eE]?[pP][rR][oO][dD]*'-' | '-'*[pP][rR][eE][pP][rR][oO][dD]*'-') ;;
    *[![:alpha:]][pP][rR][oO][dD][![:alpha:]]* | *'Prod'[![:lower:]]* | *[![:alpha:]][pP][rR][oO][dD][uU][cC][tT][iI][oO][nN][![:alpha:]]* | *'Production'[![:lower:]]* | *[![:alpha:]][pP][rR][dD][![:alpha:]]* | *'Prd'[![:lower:]]* | *[![:alpha:]][lL][iI][vV][eE][![:alpha:]]* | *'Live'[![:lower:]]*) __shellkit_class='production' ;;
    *) ;;
    esac
}

__shellkit_prompt_code() {
    case "$2:$1" in
    *':normal') __shellkit_code='36' ;;
    *':production') __shellkit_code='1;31' ;;
    *':warning') __shellkit_code='33' ;;
    *':expired') __shellkit_code='7' ;;
    *) __shellkit_code='' ;;
    esac
}
# The end of the settings.

# Sets __shellkit_now, or leaves it empty. Before 4.2 bash has no clock: there it is SECONDS,
# counted from when this was loaded, for as long as nobody sets it back.
__shellkit_prompt_clock() {
    if [[ ${BASH_VERSINFO[0]} -gt 4 || "${BASH_VERSINFO[0]}${BASH_VERSINFO[1]}" == 4[2-9] ]]; then
        \builtin printf -v __shellkit_now '%(%s)T' -1
    elif [[ -n ${__shellkit_prompt_started-} && ${SECONDS} -ge ${__shellkit_prompt_seconds} ]]; then
        __shellkit_prompt_seconds="${SECONDS}"
        __shellkit_now=$((__shellkit_prompt_started + SECONDS))
    else
        __shellkit_prompt_started=''
    fi
}

# $1: seconds. Sets __shellkit_text as people read a time.
__shellkit_prompt_time() {
    \builtin local __shellkit_minutes
    if [[ $1 -lt 60 ]]; then
        __shellkit_text="${1}s"
        \builtin return 0
    fi
    __shellkit_minutes=$((($1 + 30) / 60))
    if [[ ${__shellkit_minutes} -lt 60 ]]; then
        __shellkit_text="${__shellkit_minutes}m"
    elif [[ $((__shellkit_minutes % 60)) -eq 0 ]]; then
        __shellkit_text="$((__shellkit_minutes / 60))h"
    else
        \builtin printf -v __shellkit_text '%dh%02dm' "$((__shellkit_minutes / 60))" "$((__shellkit_minutes % 60))"
    fi
}

# Sets __shellkit_text to the time left, __shellkit_state to warning or expired, and
# __shellkit_prompt_since and _until to the first and the last second for which that is right.
__shellkit_prompt_left() {
    \builtin local __shellkit_now='' __shellkit_rest __shellkit_hold
    __shellkit_text=''
    case "${SHELLKIT_EXPIRES-}" in
    '' | *[!0-9]* | ??????????????*) \builtin return 0 ;;
    *) ;;
    esac
    __shellkit_prompt_clock
    __shellkit_prompt_since="${__shellkit_now}"
    if [[ -z ${__shellkit_now} ]]; then
        __shellkit_prompt_until=''
        # Without a clock the end itself is what can be said: HH:MM in UTC.
        __shellkit_text="${AWS_CREDENTIAL_EXPIRATION-}"
        __shellkit_text="${__shellkit_text#*T}"
        __shellkit_text="${__shellkit_text%:*}Z"
        \builtin return 0
    fi
    __shellkit_rest=$((10#${SHELLKIT_EXPIRES} - __shellkit_now))
    if [[ ${__shellkit_rest} -le 0 ]]; then
        __shellkit_prompt_until=99999999998
        __shellkit_state=expired
        __shellkit_text=expired
        \builtin return 0
    fi
    # What is shown holds for the rest of the minute, and until the warning.
    __shellkit_hold=$(((__shellkit_rest + 30) % 60))
    [[ ${__shellkit_rest} -ge ${__shellkit_warning} ]] || __shellkit_state=warning
    [[ -n ${__shellkit_state} || $((__shellkit_rest - __shellkit_warning)) -ge ${__shellkit_hold} ]] || __shellkit_hold=$((__shellkit_rest - __shellkit_warning))
    [[ ${__shellkit_rest} -ge 120 ]] || __shellkit_hold=0
    __shellkit_prompt_until=$((__shellkit_now + __shellkit_hold))
    __shellkit_prompt_time "${__shellkit_rest}"
}

# Sets __shellkit_depth to how many colours the terminal has; empty for none.
__shellkit_prompt_depth() {
    __shellkit_depth=8
    case "${NO_COLOR:+none}:${COLORTERM-}:${TERM-}" in
    none:* | *:dumb | *:) __shellkit_depth='' ;;
    *:truecolor:* | *:24bit:* | *-direct*) __shellkit_depth=24 ;;
    *256*) __shellkit_depth=256 ;;
    *) ;;
    esac
}

# Sets __shellkit_prompt_color, _accent and _reset.
__shellkit_prompt_paint() {
    \builtin local __shellkit_depth __shellkit_class='' __shellkit_code='' __shellkit_base __shellkit_subject __shellkit_folds=''
    __shellkit_prompt_color='' __shellkit_prompt_accent='' __shellkit_prompt_reset=''
    __shellkit_prompt_depth
    [[ -n ${__shellkit_depth} ]] || \builtin return 0
    # With it, the capital at which a word begins in `AcmeProdAdmin` is found within `subprod` too.
    if \builtin shopt -q nocasematch; then
        __shellkit_folds=1
        \builtin shopt -u nocasematch
    fi
    for __shellkit_subject in "${__shellkit_profile}" "${__shellkit_number}" "${__shellkit_account}"; do
        [[ -n ${__shellkit_class} ]] || __shellkit_prompt_class "-${__shellkit_subject}-"
    done
    [[ -z ${__shellkit_folds} ]] || \builtin shopt -s nocasematch
    case "${__shellkit_class}:${__shellkit_state}" in
    :warning) __shellkit_class=warning ;;
    :*) __shellkit_class=normal ;;
    *) ;;
    esac
    __shellkit_prompt_code "${__shellkit_class}" "${__shellkit_depth}"
    __shellkit_base=$'\033[0;'"${__shellkit_code}m"
    __shellkit_prompt_reset=$'\033[0m'
    __shellkit_prompt_color="${__shellkit_base}"
    __shellkit_prompt_accent="${__shellkit_base}"
    [[ -n ${__shellkit_state} ]] || \builtin return 0
    __shellkit_prompt_code "${__shellkit_state}" "${__shellkit_depth}"
    __shellkit_prompt_accent="${__shellkit_base}"$'\033['"${__shellkit_code}m"
}

# Fills the variables that PS1 refers to from the environment.
__shellkit_prompt_make() {
    \builtin local __shellkit_profile="${SHELLKIT_PROFILE-}" __shellkit_number="${SHELLKIT_ACCOUNT_ID-}"
    \builtin local __shellkit_account='' __shellkit_state='' __shellkit_text='' __shellkit_piece __shellkit_value
    __shellkit_prompt_head='' __shellkit_prompt_left='' __shellkit_prompt_tail=''
    __shellkit_prompt_color='' __shellkit_prompt_accent='' __shellkit_prompt_reset=''
    __shellkit_prompt_until=99999999999
    # In mode profile there is no other name.
    [[ -n ${__shellkit_profile} || -z ${SHELLKIT_BASE_AWS_PROFILE+set} ]] || __shellkit_profile="${AWS_PROFILE-}"
    [[ -n ${__shellkit_profile} ]] || \builtin return 0
    __shellkit_prompt_alias "${__shellkit_number}"
    __shellkit_prompt_left
    for __shellkit_piece in ${__shellkit_pieces[@]+"${__shellkit_pieces[@]}"}; do
        case "${__shellkit_piece%%=*}" in
        profile) __shellkit_value="${__shellkit_profile}" ;;
        account) __shellkit_value="${__shellkit_account}" ;;
        account_id) __shellkit_value="${__shellkit_number}" ;;
        role) __shellkit_value="${SHELLKIT_ROLE-}" ;;
        region) __shellkit_value="${AWS_REGION-}" ;;
        left) __shellkit_value="${__shellkit_text}" ;;
        *) __shellkit_value="${__shellkit_piece#=}" __shellkit_piece='=' ;;
        esac
        [[ -n ${__shellkit_value} ]] || \builtin continue
        # A control character could only come from the environment; here it would act on the terminal.
        __shellkit_value="${__shellkit_value//[[:cntrl:]]/?}"
        if [[ ${__shellkit_piece} == left=* ]]; then
            __shellkit_prompt_head+="${__shellkit_piece#*=}"
            __shellkit_prompt_left="${__shellkit_value}"
        elif [[ -n ${__shellkit_prompt_left} ]]; then
            __shellkit_prompt_tail+="${__shellkit_piece#*=}${__shellkit_value}"
        else
            __shellkit_prompt_head+="${__shellkit_piece#*=}${__shellkit_value}"
        fi
    done
    __shellkit_prompt_paint
}

# $1: a variable. Sets __shellkit_text to what says its value in PS1. Where bash does not expand
# variables there, that is the value, in which only the backslash is special. In POSIX mode bash
# expands them whatever promptvars says.
__shellkit_prompt_refer() {
    if \builtin shopt -q promptvars || \builtin shopt -qo posix; then
        __shellkit_text="\${$1-}"
    else
        __shellkit_text="${!1-}"
        __shellkit_text="${__shellkit_text//\\/\\\\}"
    fi
}

# Sets __shellkit_cells to the columns that the text "$1" takes, or to a few more: bash does not know
# which letters are wide, so the Korean ones and all from U+2300 on are taken for it.
__shellkit_prompt_cells() {
    \builtin local __shellkit_at __shellkit_letter
    __shellkit_cells=${#1}
    for ((__shellkit_at = 0; __shellkit_at < ${#1}; __shellkit_at++)); do
        \builtin printf -v __shellkit_letter '%d' "'${1:__shellkit_at:1}"
        [[ ${__shellkit_letter} -lt 4352 || (${__shellkit_letter} -gt 4447 && ${__shellkit_letter} -lt 8960) ]] ||
            __shellkit_cells=$((__shellkit_cells + 1))
    done
}

# As __shellkit_is_free, in silence: stderr is closed for it, since a draw opens no file, not even /dev/null.
__shellkit_prompt_is_free() {
    __shellkit_is_free "$1" 2>&-
}

# Sets __shellkit_segment to what stands in PS1.
__shellkit_prompt_place() {
    \builtin local __shellkit_text __shellkit_color __shellkit_reset __shellkit_cells
    if [[ ${__shellkit_position} == right && ${TERM-} != dumb && -n ${TERM-} ]]; then
        __shellkit_text="${__shellkit_prompt_head-}${__shellkit_prompt_left-}${__shellkit_prompt_tail-}"
        __shellkit_text="${__shellkit_text%"${__shellkit_text##*[! ]}"}"
        __shellkit_prompt_cells "${__shellkit_text}"
        # Go to the edge, write, come back: readline is told that it takes no room.
        __shellkit_prompt_right=$'\0337\033[999C\033['"${__shellkit_cells}D${__shellkit_prompt_color-}${__shellkit_prompt_head-}${__shellkit_prompt_accent-}${__shellkit_prompt_left-}${__shellkit_prompt_reset-}${__shellkit_prompt_color-}${__shellkit_prompt_tail-}${__shellkit_prompt_reset-}"$'\0338'
        __shellkit_prompt_refer __shellkit_prompt_right
        __shellkit_segment="\\[${__shellkit_text}\\]"
        \builtin return 0
    fi
    __shellkit_prompt_refer __shellkit_prompt_color
    __shellkit_color="${__shellkit_text}"
    __shellkit_segment="\\[${__shellkit_text}\\]"
    __shellkit_prompt_refer __shellkit_prompt_head
    __shellkit_segment+="${__shellkit_text}"
    __shellkit_prompt_refer __shellkit_prompt_accent
    __shellkit_segment+="\\[${__shellkit_text}\\]"
    __shellkit_prompt_refer __shellkit_prompt_left
    __shellkit_segment+="${__shellkit_text}"
    __shellkit_prompt_refer __shellkit_prompt_reset
    __shellkit_reset="${__shellkit_text}"
    __shellkit_prompt_refer __shellkit_prompt_tail
    __shellkit_segment+="\\[${__shellkit_reset}${__shellkit_color}\\]${__shellkit_text}\\[${__shellkit_reset}\\]"
}

# Puts __shellkit_segment into PS1, in place of the one that may be there. Where PS1 has it
# already it is left alone, whatever others have put around it.
__shellkit_prompt_put() {
    \builtin local __shellkit_start='' __shellkit_rest="${PS1-}" __shellkit_old="${__shellkit_prompt_last-}"
    [[ -n ${__shellkit_segment} && ${__shellkit_rest} == *"${__shellkit_segment}"* ]] && \builtin return 0
    # An assignment to a readonly variable would end all that is being run, and say so at each prompt.
    __shellkit_prompt_is_free PS1 || \builtin return 0
    if [[ -n ${__shellkit_old} && ${__shellkit_rest} == *"${__shellkit_old}"* ]]; then
        __shellkit_rest="${__shellkit_rest%%"${__shellkit_old}"*}${__shellkit_rest#*"${__shellkit_old}"}"
        PS1="${__shellkit_rest}"
    fi
    [[ -n ${__shellkit_segment} ]] || \builtin return 0
    __shellkit_prompt_last="${__shellkit_segment}"
    if [[ ${__shellkit_position} == after ]]; then
        PS1="${__shellkit_rest}${__shellkit_segment}"
        \builtin return 0
    fi
    # Empty lines at the top of a prompt stay at the top.
    while \builtin :; do
        case "${__shellkit_rest}" in
        $'\n'*)
            __shellkit_start+=$'\n'
            __shellkit_rest="${__shellkit_rest#$'\n'}"
            ;;
        '\n'*)
            __shellkit_start+='\n'
            __shellkit_rest="${__shellkit_rest#'\n'}"
            ;;
        *) \builtin break ;;
        esac
    done
    PS1="${__shellkit_start}${__shellkit_segment}${__shellkit_rest}"
}

# starship shows AWSUME_PROFILE; others call shellkit_prompt themselves.
__shellkit_prompt_is_taken() {
    [[ ${__shellkit_enabled} != always ]] || \builtin return 1
    [[ ${STARSHIP_SHELL-} == bash || ${PS1-} == *[!_]shellkit_prompt* ]]
}

# Whether what was made last time still holds. $1: all that went into it, but the time.
__shellkit_prompt_holds() {
    \builtin local __shellkit_now=''
    \builtin test "$1" = "${__shellkit_prompt_key-}" || \builtin return 1
    [[ ${__shellkit_prompt_until} -ne 99999999999 ]] || \builtin return 0
    __shellkit_prompt_clock
    # A clock that was set back makes it wrong as well.
    [[ ${__shellkit_now:-99999999999} -le ${__shellkit_prompt_until:-0} && ${__shellkit_now} -ge ${__shellkit_prompt_since} ]]
}

__shellkit_prompt_draw() {
    \builtin local __shellkit_enabled __shellkit_position __shellkit_warning __shellkit_pieces __shellkit_segment='' __shellkit_key
    __shellkit_key="${SHELLKIT_PROFILE-}:${SHELLKIT_ACCOUNT_ID-}:${SHELLKIT_ROLE-}:${SHELLKIT_EXPIRES-}:${AWS_REGION-}:${SHELLKIT_BASE_AWS_PROFILE+kept}:${AWS_PROFILE-}:${TERM-}:${COLORTERM-}:${NO_COLOR-}:${BASHOPTS-}:${SHELLOPTS-}"
    if __shellkit_prompt_holds "${__shellkit_key}"; then
        [[ ${PS1-} != "${__shellkit_prompt_ps1-}" ]] || \builtin return 0
        __shellkit_prompt_settings
    else
        __shellkit_prompt_settings
        __shellkit_prompt_make
        __shellkit_prompt_key="${__shellkit_key}"
    fi
    if [[ -n ${__shellkit_prompt_head}${__shellkit_prompt_left} ]] && ! __shellkit_prompt_is_taken; then
        __shellkit_prompt_place
    fi
    __shellkit_prompt_put
    __shellkit_prompt_ps1="${PS1-}"
}

# Sets __shellkit_slot to the element of PROMPT_COMMAND that bash runs last; before 5.1 it runs one.
__shellkit_prompt_slot() {
    \builtin local __shellkit_name
    __shellkit_slot=0
    if [[ ${BASH_VERSINFO[0]} -gt 5 || "${BASH_VERSINFO[0]}${BASH_VERSINFO[1]}" == 5[1-9] ]]; then
        for __shellkit_name in ${PROMPT_COMMAND[@]+"${!PROMPT_COMMAND[@]}"}; do
            __shellkit_slot="${__shellkit_name}"
        done
    fi
}

# What PROMPT_COMMAND gets. A PROMPT_COMMAND that is exported reaches shells in which nothing of ours
# is loaded: there it does nothing.
__shellkit_prompt_line() {
    # shellcheck disable=SC2016 # For PROMPT_COMMAND to expand.
    __shellkit_hook='${__shellkit_here-:} __shellkit_prompt_hook'
}

# A hook that comes after ours may set PS1, so ours goes last: a few times, since others may want the same.
__shellkit_prompt_settle() {
    \builtin local __shellkit_slot __shellkit_at __shellkit_head __shellkit_tail __shellkit_hook
    __shellkit_prompt_line
    __shellkit_prompt_slot
    # bash-preexec means to be the last, and sets no PS1.
    case "${PROMPT_COMMAND[__shellkit_slot]-}" in
    *"${__shellkit_hook}" | *__bp_interactive_mode) \builtin return 0 ;;
    *) ;;
    esac
    [[ ${__shellkit_prompt_moves-0} -lt 3 ]] || \builtin return 0
    __shellkit_prompt_is_free PROMPT_COMMAND || \builtin return 0
    for __shellkit_at in ${PROMPT_COMMAND[@]+"${!PROMPT_COMMAND[@]}"}; do
        [[ ${PROMPT_COMMAND[__shellkit_at]} == *"${__shellkit_hook}"* ]] || \builtin continue
        __shellkit_head="${PROMPT_COMMAND[__shellkit_at]%%"${__shellkit_hook}"*}"
        __shellkit_tail="${PROMPT_COMMAND[__shellkit_at]#*"${__shellkit_hook}"}"
        # Only where it stands as a command of its own.
        case "${__shellkit_head}|${__shellkit_tail}" in
        '|' | '|'[$'\n;']* | *[$'\n;']'|'[$'\n;']* | *[$'\n;']'|' | *'; |'[$'\n;']*) ;;
        *) \builtin return 0 ;;
        esac
        __shellkit_tail="${__shellkit_tail#"${__shellkit_tail%%[!$' \n;']*}"}"
        __shellkit_prompt_moves=$((${__shellkit_prompt_moves-0} + 1))
        if [[ ${#PROMPT_COMMAND[@]} -eq 1 && ${__shellkit_at} -eq 0 ]]; then
            # shellcheck disable=SC2178 # A string stays one, and so does an array.
            PROMPT_COMMAND="${__shellkit_head}${__shellkit_tail}"
        elif [[ -n ${__shellkit_head}${__shellkit_tail} ]]; then
            PROMPT_COMMAND[__shellkit_at]="${__shellkit_head}${__shellkit_tail}"
        else
            \builtin unset -v "PROMPT_COMMAND[${__shellkit_at}]"
        fi
        __shellkit_prompt_append
        \builtin return 0
    done
}

# A line of its own, since what is there may end in a semicolon or a comment.
__shellkit_prompt_append() {
    \builtin local __shellkit_slot __shellkit_hook
    __shellkit_prompt_line
    __shellkit_prompt_slot
    if [[ ${__shellkit_slot} -gt 0 ]]; then
        PROMPT_COMMAND[__shellkit_slot + 1]="${__shellkit_hook}"
    else
        # Not within the quotes: in POSIX mode it would be no newline there.
        [[ -z ${PROMPT_COMMAND-} ]] || __shellkit_hook="${PROMPT_COMMAND}"$'\n'"${__shellkit_hook}"
        # shellcheck disable=SC2178 # A string stays one, and so does an array.
        PROMPT_COMMAND="${__shellkit_hook}"
    fi
}

# bash gives `$?` and PIPESTATUS back after PROMPT_COMMAND, so the status is only for hooks after
# ours. Where there are none it is 0: any other would set off `set -e` and the user's ERR trap.
__shellkit_prompt_hook() {
    \builtin local __shellkit_rc="$?"
    case "$-" in
    *[avxET]*) __shellkit_quietly __shellkit_prompt_draw ;;
    *) __shellkit_prompt_draw ;;
    esac
    case "$-:${PROMPT_COMMAND[*]-}" in
    *:*__shellkit_prompt_hook) ;;
    *e*:*) __shellkit_prompt_settle ;;
    *)
        __shellkit_prompt_settle
        \builtin return "${__shellkit_rc}"
        ;;
    esac
}

__shellkit_prompt_is_hooked() {
    [[ "${PROMPT_COMMAND[*]-}" == *__shellkit_prompt_hook* ]]
}

__shellkit_prompt_install() {
    \builtin local __shellkit_enabled __shellkit_position __shellkit_warning __shellkit_pieces __shellkit_segment __shellkit_text
    __shellkit_prompt_settings
    [[ $- == *i* && ${__shellkit_enabled} != never ]] || \builtin return 0
    __shellkit_here=''
    ! __shellkit_prompt_is_hooked || \builtin return 0
    for __shellkit_text in PROMPT_COMMAND PS1; do
        __shellkit_prompt_is_free "${__shellkit_text}" && \builtin continue
        __shellkit_prompt_is_taken ||
            __shellkit_say "shellkit: ${__shellkit_text} is readonly, so the prompt will not show the role. Take that away, or write \$(shellkit_prompt) into PS1."
        \builtin return 0
    done
    if [[ ${BASH_VERSINFO[0]} -lt 4 || "${BASH_VERSINFO[0]}${BASH_VERSINFO[1]}" == 4[01] ]]; then
        __shellkit_prompt_seconds="${SECONDS}"
        __shellkit_prompt_started="$(\builtin command date '+%s')" || \builtin true
        __shellkit_prompt_started=$((${__shellkit_prompt_started:-0} - SECONDS))
    fi
    # A PS1 that was exported may have come with it from the shell around this one.
    __shellkit_prompt_place
    __shellkit_prompt_last="${__shellkit_segment}"
    __shellkit_prompt_append
}

# With a PROMPT_COMMAND that was written anew the hook is gone, and the prompt would go on to show what it
# showed last: at each change of identity it is looked for.
__shellkit_hook_again() {
    \builtin local __shellkit_text
    ! __shellkit_prompt_is_hooked || \builtin return 0
    for __shellkit_text in PROMPT_COMMAND PS1; do
        __shellkit_prompt_is_free "${__shellkit_text}" || \builtin return 0
    done
    __shellkit_prompt_append
}

# For hand-made prompts, and for others' `--plain`: no colour; `-v NAME`: into a variable, with
# no process. Without it what is printed suits PS1: colours are marked as having no width.
shellkit_prompt() {
    \builtin local __shellkit_rc="$?" __shellkit_plain='' __shellkit_into='' __shellkit_open=$'\001' __shellkit_close=$'\002'
    \builtin local __shellkit_enabled __shellkit_position __shellkit_warning __shellkit_pieces
    \builtin local __shellkit_prompt_head __shellkit_prompt_left __shellkit_prompt_tail
    \builtin local __shellkit_prompt_color __shellkit_prompt_accent __shellkit_prompt_reset __shellkit_prompt_since __shellkit_prompt_until
    while [[ $# -gt 0 ]]; do
        case "$1" in
        --plain) __shellkit_plain=1 ;;
        -v)
            __shellkit_into="${2-}"
            [[ $# -lt 2 ]] || \builtin shift
            ;;
        *)
            __shellkit_say 'usage: shellkit_prompt [--plain] [-v NAME]'
            \builtin return 2
            ;;
        esac
        \builtin shift
    done
    __shellkit_prompt_settings
    __shellkit_prompt_make
    if [[ -n ${__shellkit_plain} || -z ${__shellkit_prompt_reset} ]]; then
        __shellkit_plain="${__shellkit_prompt_head}${__shellkit_prompt_left}${__shellkit_prompt_tail}"
    else
        __shellkit_plain="${__shellkit_open}${__shellkit_prompt_color}${__shellkit_close}${__shellkit_prompt_head}${__shellkit_open}${__shellkit_prompt_accent}${__shellkit_close}${__shellkit_prompt_left}"
        __shellkit_plain+="${__shellkit_open}${__shellkit_prompt_reset}${__shellkit_prompt_color}${__shellkit_close}${__shellkit_prompt_tail}${__shellkit_open}${__shellkit_prompt_reset}${__shellkit_close}"
    fi
    if [[ -n ${__shellkit_into} ]]; then
        \builtin printf -v "${__shellkit_into}" '%s' "${__shellkit_plain}"
    else
        \builtin printf '%s' "${__shellkit_plain}"
    fi
    \builtin return "${__shellkit_rc}"
}

__shellkit_quietly __shellkit_prompt_install

# ---------------------------------------------------------------- completion

# What TAB offers comes from the index, a text file that the program writes. No process is
# started while the files that it was made from are as they were (shellkit/profiles/index.py).

# Takes "$1", the line up to the cursor, apart. Fills __shellkit_words, the last of which is the one to
# complete; __shellkit_kept is how it begins where readline leaves that alone, and __shellkit_open
# the quote that is open.
__shellkit_complete_split() {
    \builtin local __shellkit_char __shellkit_next __shellkit_word='' __shellkit_some='' __shellkit_outer='' __shellkit_at
    # Where the variable is unset, readline goes on with what was in it, as a rule the default.
    \builtin local __shellkit_breaks="${COMP_WORDBREAKS-"@:=|;(<>&"}"
    __shellkit_words=() __shellkit_kept='' __shellkit_open=''
    for ((__shellkit_at = 0; __shellkit_at < ${#1}; __shellkit_at++)); do
        __shellkit_char="${1:__shellkit_at:1}"
        __shellkit_next="${1:__shellkit_at+1:1}"
        case "${__shellkit_open}${__shellkit_char}" in
        \'\' | \"\")
            __shellkit_open=''
            __shellkit_kept="${__shellkit_outer}"
            ;;
        \' | \")
            __shellkit_open="${__shellkit_char}"
            __shellkit_outer="${__shellkit_kept}"
            __shellkit_kept="${__shellkit_word}"
            __shellkit_some=1
            ;;
        \\)
            __shellkit_word="${__shellkit_word}${__shellkit_next}"
            __shellkit_at=$((__shellkit_at + 1))
            __shellkit_some=1
            ;;
        \"\\)
            [[ ${__shellkit_next} == [\$\`\"\\] ]] || __shellkit_word="${__shellkit_word}\\"
            __shellkit_word="${__shellkit_word}${__shellkit_next}"
            __shellkit_at=$((__shellkit_at + 1))
            ;;
        [[:space:]])
            [[ -z ${__shellkit_some} ]] || __shellkit_words+=("${__shellkit_word}")
            __shellkit_word='' __shellkit_some='' __shellkit_kept=''
            ;;
        *)
            # At `@` and `$` the word that readline takes out begins, at others it begins after them.
            __shellkit_next="${__shellkit_word}"
            __shellkit_word="${__shellkit_word}${__shellkit_char}"
            __shellkit_some=1
            if [[ -z ${__shellkit_open} && ${__shellkit_breaks} == *"${__shellkit_char}"* ]]; then
                __shellkit_kept="${__shellkit_word}"
                [[ ${__shellkit_char} != [@$] ]] || __shellkit_kept="${__shellkit_next}"
            fi
            ;;
        esac
    done
    __shellkit_words+=("${__shellkit_word}")
}

# What follows the word "$2" of the scope "$1", a kind, goes to __shellkit_kind.
__shellkit_complete_kind() {
    \builtin local IFS=$'\n' __shellkit_entry
    __shellkit_kind="$3"
    for __shellkit_entry in ${__shellkit_table}; do
        case "${__shellkit_entry}" in
        "$1"$'\t'"$2"$'\t'*)
            __shellkit_kind="${__shellkit_entry#*$'\t'*$'\t'}"
            __shellkit_kind="${__shellkit_kind%%$'\t'*}"
            \builtin return
            ;;
        *) ;;
        esac
    done
}

# The words of the scope "$1" that begin with "$2", and are of the kind "$3", go to __shellkit_list.
__shellkit_complete_scope() {
    \builtin local IFS=$'\n' __shellkit_entry
    __shellkit_list=''
    for __shellkit_entry in ${__shellkit_table}; do
        case "${__shellkit_entry}" in
        "$1"$'\t'"$2"*$'\t'"$3"*$'\t'*)
            __shellkit_entry="${__shellkit_entry#*$'\t'}"
            __shellkit_list="${__shellkit_list}${__shellkit_entry%%$'\t'*}"$'\n'
            ;;
        *) ;;
        esac
    done
}

# Of the roles in __shellkit_list keeps those of the account with which "$1" begins.
__shellkit_complete_roles() {
    \builtin local IFS=$'\n' __shellkit_entry __shellkit_roles=''
    for __shellkit_entry in ${__shellkit_list}; do
        case "${__shellkit_entry}" in
        "${1%%:*}":*) __shellkit_roles="${__shellkit_roles}${__shellkit_entry%%$'\t'*}"$'\n' ;;
        *) ;;
        esac
    done
    __shellkit_list="${__shellkit_roles}"
}

# Says of the last word, by those before it, what kind it is of, and in which scope; in
# __shellkit_head is the `--option=` in front of a value.
__shellkit_complete_place() {
    \builtin local __shellkit_word __shellkit_skip='' __shellkit_count=1 __shellkit_end='' __shellkit_at
    \builtin local __shellkit_last_at=$((${#__shellkit_words[@]} - 1))
    __shellkit_head='' __shellkit_scope=assume
    case "${__shellkit_words[0]##*/}" in
    shellkit | shellkit.exe) __shellkit_scope=shellkit ;;
    unassume) __shellkit_scope=unassume ;;
    *) ;;
    esac
    for ((__shellkit_at = 1; __shellkit_at < __shellkit_last_at; __shellkit_at++)); do
        __shellkit_word="${__shellkit_words[__shellkit_at]}"
        if [[ -n ${__shellkit_skip} ]]; then
            __shellkit_skip=''
        elif [[ -z ${__shellkit_end} && ${__shellkit_word} == -- ]]; then
            __shellkit_end=1
        elif [[ -z ${__shellkit_end} && ${__shellkit_word} == -?* ]]; then
            __shellkit_complete_kind "${__shellkit_scope}" "${__shellkit_word}" ''
            __shellkit_skip="${__shellkit_kind}"
        elif [[ ${__shellkit_scope} == shellkit ]]; then
            __shellkit_scope="shellkit ${__shellkit_word}"
        else
            __shellkit_count=$((__shellkit_count + 1))
        fi
    done
    __shellkit_word="${__shellkit_words[__shellkit_last_at]}"
    if [[ -n ${__shellkit_skip} ]]; then
        __shellkit_kind="${__shellkit_skip}"
    elif [[ -z ${__shellkit_end} && ${__shellkit_word} == --*=* ]]; then
        __shellkit_head="${__shellkit_word%%=*}="
        __shellkit_complete_kind "${__shellkit_scope}" "${__shellkit_head%=}" nothing
    elif [[ -z ${__shellkit_end} && ${__shellkit_word} == -* ]]; then
        __shellkit_kind='-'
    elif [[ ${__shellkit_scope} == shellkit ]]; then
        __shellkit_kind='>'
    else
        __shellkit_complete_kind "${__shellkit_scope}" "${__shellkit_count}" nothing
    fi
}

# Whether the file "$1" is as it was when its stamp "$2" was made.
__shellkit_complete_same() {
    case "$2" in
    absent) [[ ! -e $1 ]] ;;
    unknown) \builtin return 1 ;;
    *) [[ -e $1 && -e $2 && ! $1 -nt $2 && ! $1 -ot $2 ]] ;;
    esac
}

# Takes what the last word may be from the index on stdin to __shellkit_list, one to a line. Fails where it
# is not the index of our files or, unless "$1" says that it is new, where one of them has changed.
__shellkit_complete_read() {
    \builtin local LC_ALL=C IFS='' __shellkit_table __shellkit_file __shellkit_stamp __shellkit_at __shellkit_word
    \builtin local __shellkit_home="${HOME-}"
    \builtin local __shellkit_config="${AWS_CONFIG_FILE-${__shellkit_home%/}/.aws/config}"
    \builtin local __shellkit_credentials="${AWS_SHARED_CREDENTIALS_FILE-${__shellkit_home%/}/.aws/credentials}"
    for __shellkit_word in 'shellkit-index 1' "${__shellkit_config}" "${__shellkit_credentials}"; do
        \builtin read -r __shellkit_file || \builtin return
        [[ -n $1 || ${__shellkit_file} == "${__shellkit_word}" ]] || \builtin return
    done
    for __shellkit_at in 1 2 3; do
        \builtin read -r __shellkit_file && \builtin read -r __shellkit_stamp || \builtin return
        [[ -n $1 ]] || __shellkit_complete_same "${__shellkit_file}" "${__shellkit_stamp}" || \builtin return
    done
    \builtin read -r -d $'\034' __shellkit_file || \builtin return # The lengths, which others need.
    \builtin read -r -d $'\034' __shellkit_table || \builtin return
    __shellkit_complete_place
    __shellkit_word="${__shellkit_words[${#__shellkit_words[@]} - 1]}"
    __shellkit_list=''
    case "${__shellkit_kind}" in
    nothing | files) ;;
    -) __shellkit_complete_scope "${__shellkit_scope}" '-' '' ;;
    '>') __shellkit_complete_scope shellkit '' '>' ;;
    targets | profiles)
        \builtin read -r -d $'\034' __shellkit_list || \builtin return
        __shellkit_sorted=1
        # Letters that can be one thing only are found in half the time.
        [[ ${__shellkit_table} != *$'\nprofiles\tlower-case\t'* ]] || __shellkit_mixed=''
        if [[ ${__shellkit_kind}${__shellkit_word} == targets[0-9]*:* ]]; then
            \builtin read -r -d $'\034' __shellkit_file || \builtin return
            [[ ${__shellkit_list} == *:* ]] || __shellkit_list=''
            __shellkit_list="${__shellkit_list}${__shellkit_file}"
            __shellkit_complete_roles "${__shellkit_word}"
            __shellkit_mixed=1 __shellkit_sorted=''
        fi
        ;;
    *) __shellkit_complete_scope "${__shellkit_kind}" '' '' ;;
    esac
}

# The same, from the index of our files wherever it is. Where it is missing or has had its day, the
# program makes it anew.
__shellkit_complete_find() {
    \builtin local __shellkit_folder="${HOME-}/.cache" __shellkit_slot __shellkit_file
    [[ ${OSTYPE-} != darwin* ]] || __shellkit_folder="${HOME-}/Library/Caches"
    [[ ${XDG_CACHE_HOME-} != /* ]] || __shellkit_folder="${XDG_CACHE_HOME}"
    for __shellkit_slot in 0 1 2 3 4 5 6 7; do
        __shellkit_file="${__shellkit_folder}/shellkit/complete/${__shellkit_slot}"
        [[ -f ${__shellkit_file} && -r ${__shellkit_file} && -O ${__shellkit_file} ]] || \builtin continue
        ! __shellkit_complete_read '' <"${__shellkit_file}" || \builtin return 0
    done
    __shellkit_file="$(\builtin command 'shellkit' index 2>/dev/null)" || \builtin return
    __shellkit_complete_read new <"${__shellkit_file%$'\r'}"
}

# Of the lines of "$1", which are in order, those that begin with "$2" go to COMPREPLY. They stand together:
# where, is found by halving.
__shellkit_complete_slice() {
    \builtin local __shellkit_names __shellkit_bound __shellkit_at __shellkit_low=0 __shellkit_high __shellkit_first='' __shellkit_end
    # shellcheck disable=SC2206  # Lines are words here, and nothing is a pattern.
    __shellkit_names=($1)
    \builtin printf -v __shellkit_end '%s\377' "$2" # Greater than any letter.
    for __shellkit_bound in "$2" "${__shellkit_end}"; do
        __shellkit_high=${#__shellkit_names[@]}
        while [[ ${__shellkit_low} -lt ${__shellkit_high} ]]; do
            __shellkit_at=$(((__shellkit_low + __shellkit_high) / 2))
            if [[ ${__shellkit_names[__shellkit_at]} < ${__shellkit_bound} ]]; then
                __shellkit_low=$((__shellkit_at + 1))
            else
                __shellkit_high=${__shellkit_at}
            fi
        done
        \builtin : "${__shellkit_first:=${__shellkit_low}}"
    done
    [[ ${__shellkit_low} -eq ${__shellkit_first} ]] ||
        COMPREPLY=("${__shellkit_names[@]:__shellkit_first:__shellkit_low-__shellkit_first}")
}

# Of the lines of "$1" those that begin with "$2" go to COMPREPLY; where there are none, those that
# begin with "$3" and then have the letters of "$2" in their order. Bytes will do, and take half the time.
__shellkit_complete_match() {
    \builtin local LC_ALL=C IFS=$'\n' __w __shellkit_entry __shellkit_at __shellkit_char __y=''
    \builtin local __shellkit_lower=abcdefghijklmnopqrstuvwxyz __shellkit_upper=ABCDEFGHIJKLMNOPQRSTUVWXYZ
    COMPREPLY=() __shellkit_fuzzy=()
    if [[ -z $2 ]]; then
        # shellcheck disable=SC2206  # Lines are words here, and nothing is a pattern.
        COMPREPLY=($1)
        \builtin return
    fi
    if [[ -n ${__shellkit_sorted} ]]; then
        __shellkit_complete_slice "$1" "$2"
    else
        for __w in $1; do
            [[ ${__w} != "$2"* ]] || COMPREPLY+=("${__w}")
        done
    fi
    [[ ${#COMPREPLY[@]} -eq 0 ]] || \builtin return 0
    # The pattern is put together beforehand, and has a short name: in the loop each letter of a name counts.
    for ((__shellkit_at = 0; __shellkit_at < ${#2}; __shellkit_at++)); do
        __shellkit_char="${2:__shellkit_at:1}"
        [[ ${__shellkit_at} -ne ${#3} ]] || __y="${__y}*"
        if [[ ${__shellkit_at} -lt ${#3} ]]; then
            __y="${__y}\\${__shellkit_char}"
            \builtin continue
        elif [[ ${__shellkit_lower} == *"${__shellkit_char}"* ]]; then
            __shellkit_entry="${__shellkit_lower%%"${__shellkit_char}"*}"
        elif [[ ${__shellkit_upper} == *"${__shellkit_char}"* ]]; then
            __shellkit_entry="${__shellkit_upper%%"${__shellkit_char}"*}"
        else
            __y="${__y}\\${__shellkit_char}*"
            \builtin continue
        fi
        __shellkit_char="${__shellkit_lower:${#__shellkit_entry}:1}"
        [[ -z ${__shellkit_mixed} ]] || __shellkit_char="[${__shellkit_char}${__shellkit_upper:${#__shellkit_entry}:1}]"
        __y="${__y}${__shellkit_char}*"
    done
    for __w in $1; do
        # shellcheck disable=SC2254  # It is a pattern.
        case "${__w}" in
        ${__y}) __shellkit_fuzzy+=("${__w}") ;;
        *) ;;
        esac
    done
    [[ ${#__shellkit_fuzzy[@]} -eq 0 ]] || COMPREPLY=("${__shellkit_fuzzy[@]}")
}

# COMPREPLY as it has to stand in the line, after "$1", where the quote "$2" is open. readline closes
# that itself, unless the last sign is such a quote.
__shellkit_complete_quote() {
    \builtin local IFS='' __shellkit_at __shellkit_word
    [[ -z $1 ]] || COMPREPLY=("${COMPREPLY[@]#"$1"}")
    [[ ${COMPREPLY[*]} == *[!a-zA-Z0-9_./:=@%+,-]* ]] || \builtin return 0
    for __shellkit_at in "${!COMPREPLY[@]}"; do
        __shellkit_word="${COMPREPLY[__shellkit_at]}"
        case "$2" in
        \')
            __shellkit_word="${__shellkit_word//\'/\'\\\'\'}"
            [[ ${__shellkit_word} != *\' ]] || __shellkit_word="${__shellkit_word}'"
            ;;
        \")
            __shellkit_word="${__shellkit_word//\\/\\\\}"
            __shellkit_word="${__shellkit_word//\"/\\\"}"
            __shellkit_word="${__shellkit_word//\$/\\\$}"
            __shellkit_word="${__shellkit_word//\`/\\\`}"
            [[ ${__shellkit_word} != *\" ]] || __shellkit_word="${__shellkit_word}\""
            ;;
        *) [[ -z ${__shellkit_word} ]] || \builtin printf -v __shellkit_word '%q' "${__shellkit_word}" ;;
        esac
        COMPREPLY[__shellkit_at]="${__shellkit_word}"
    done
}

__shellkit_complete_all() {
    \builtin local __shellkit_words __shellkit_kept __shellkit_open __shellkit_kind='' __shellkit_scope __shellkit_head=''
    \builtin local __shellkit_list='' __shellkit_fuzzy __shellkit_word __shellkit_mixed=1 __shellkit_sorted=''
    \builtin set -f
    __shellkit_complete_split "${COMP_LINE:0:COMP_POINT}"
    __shellkit_complete_find || \builtin return 0
    [[ ${__shellkit_kind} != files ]] || \builtin compopt -o default 2>/dev/null || \builtin true
    __shellkit_word="${__shellkit_words[${#__shellkit_words[@]} - 1]#"${__shellkit_head}"}"
    case "${__shellkit_kept}" in
    "${__shellkit_head}"*)
        __shellkit_kept="${__shellkit_kept#"${__shellkit_head}"}"
        __shellkit_head=''
        ;;
    *)
        __shellkit_head="${__shellkit_head#"${__shellkit_kept}"}"
        __shellkit_kept=''
        ;;
    esac
    __shellkit_complete_match "${__shellkit_list}" "${__shellkit_word}" "${__shellkit_kept}"
    [[ ${#COMPREPLY[@]} -gt 0 ]] || \builtin return 0
    __shellkit_complete_quote "${__shellkit_kept}" "${__shellkit_open}"
    [[ -z ${__shellkit_head} ]] || COMPREPLY=("${COMPREPLY[@]/#/${__shellkit_head}}")
    # What several have in common would replace a word that none of them begins with. An empty one
    # besides, and they have nothing in common. Not where they are to be listed (63) or gone through.
    case "${#__shellkit_fuzzy[@]}:${COMP_TYPE-}" in
    [01]:* | *:63 | *:37 | *:42) ;;
    *) COMPREPLY+=('') ;;
    esac
}

__shellkit_complete() {
    \builtin local __shellkit_noglob=''
    COMPREPLY=()
    [[ $- == *f* ]] || __shellkit_noglob=1
    __shellkit_quietly __shellkit_complete_all || \builtin true
    [[ -z ${__shellkit_noglob} ]] || \builtin set +f
}

# Other shells that call themselves bash have no programmable completion.
\builtin complete -F __shellkit_complete assume unassume shellkit 2>/dev/null || \builtin true
