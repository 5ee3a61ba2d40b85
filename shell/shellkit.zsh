# shellkit for zsh (5.0 and later): assume and unassume for the shell you are in.
# Load it with:  eval -- "$(shellkit init zsh)"
#
# Rendered from shellkit/shells/templates/zsh.j2; docs/shells.md gives the rules it keeps.
# The functions that a person calls set the options (`emulate -L zsh`); those they call rely on it.

# ---------------------------------------------------------------- helpers

# A message never decides over the status. $2: it says what was done, which the shell around a
# subshell does not see (`assume prod | cat`); a person is told.
__shellkit_say() {
    \builtin printf '%s\n' "$1" >&2 || \builtin true
    [[ -z ${2-} || ${ZSH_SUBSHELL-0} -eq 0 || ! -t 2 ]] ||
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
    [[ -z ${__shellkit_here+set} ]] || __shellkit_hook_again
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

# Where the shell could not start the program "$2": says what that means. "$1" is the status, and stays it.
__shellkit_gone() {
    case "$1" in
        126|127)
            __shellkit_say "shellkit: $2 is not there any more, or cannot be run: shellkit was moved or removed."
            __shellkit_say '  Install it again if need be, then load it anew: eval -- "$(shellkit init zsh)"'
            ;;
    esac
    \builtin return "$1"
}

# MSYS (Git Bash) rewrites what looks like a path in the environment of Windows programs, and a
# secret may begin with a slash. $1: the beginnings of the variables that it shall leave alone.
__shellkit_keep_from_msys() {
    \builtin emulate -L zsh
    case ";${MSYS2_ENV_CONV_EXCL-};" in
        *';*;'*|*";$1;"*)
            \builtin typeset -gx MSYS2_ENV_CONV_EXCL
            ;;
        *)
            \builtin typeset -gx MSYS2_ENV_CONV_EXCL="${MSYS2_ENV_CONV_EXCL:+${MSYS2_ENV_CONV_EXCL};}$1"
            ;;
    esac
}
case "${OSTYPE-}" in
    msys*|cygwin*)
        __shellkit_keep_from_msys 'AWS_ACCESS_KEY_ID;AWS_SECRET_ACCESS_KEY;AWS_SESSION_TOKEN;SHELLKIT_'
        ;;
esac

# The program, in place of a subshell. A value of --mfa-code goes to it in its environment, and `-`
# in its place: the arguments of a program can be read by everyone on the machine. So `-` takes the
# place of six digits after what may have been meant for --mfa-code, too. What MSYS would make of
# the arguments is theirs alone.
# The quotes keep global aliases out.
__shellkit_core() {
    \builtin local __shellkit_word __shellkit_before='' __shellkit_option __shellkit_value
    for __shellkit_word in "$@"; do
        \builtin shift
        __shellkit_option="${__shellkit_before}" __shellkit_value="${__shellkit_word}"
        if [[ ${__shellkit_before} != -- && ${__shellkit_word} == -*=* ]]; then
            __shellkit_option="${__shellkit_word%%=*}" __shellkit_value="${__shellkit_word#*=}"
        fi
        if [[ ${__shellkit_option} == --mfa-code && ${__shellkit_value} == [!-]* ]]; then
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
        \builtin exec 'shellkit' 'env' '--shell' 'zsh' 'assume' "$@"
}

# Whether this shell can ask a person, where the program finds no terminal: sets __shellkit_terminal.
__shellkit_can_ask() {
    [[ -o 'interactive' ]] || \builtin return 1
    if { \builtin true 3<>'/dev/tty'; } 2>'/dev/null'; then
        __shellkit_terminal='/dev/tty'
    elif [[ -t 0 ]]; then
        __shellkit_terminal='/dev/stdin'
    elif [[ -t 2 ]]; then
        __shellkit_terminal='/dev/stderr'
    else
        \builtin return 1
    fi
    [[ ${ZSH_SUBSHELL} -eq 0 ]] || __shellkit_in_front
}

# Whether the system lets this shell read from its terminal: not where another job is in front. It
# is asked for no letter, so none is lost. (In parentheses alone zsh would make a job of it.)
__shellkit_in_front() {
    \builtin local __shellkit_line __shellkit_status=0
    __shellkit_line="$(
        \builtin trap '' TTIN
        \builtin zmodload 'zsh/system' && \builtin sysread -i 3 -s 0 3<>"${__shellkit_terminal}"
    )" 2>'/dev/null' || __shellkit_status="$?"
    [[ ${__shellkit_status} -ne 2 ]]
}

# $1: a question; $2: -s, if the answer is not to be seen. The rest of a paste is dropped.
__shellkit_ask() {
    \builtin local __shellkit_reply='' __shellkit_answer='end'
    \builtin printf '%s' "$1" >&3
    if IFS='' \builtin read -r ${2-} -u 3 __shellkit_reply || [[ -n "${__shellkit_reply}" ]]; then
        __shellkit_answer="answer ${__shellkit_reply}"
    fi
    [[ -z "${2-}" && "${__shellkit_answer}" != 'end' ]] || \builtin printf '\n' >&3
    while IFS='' \builtin read -t 0 -r -u 3 __shellkit_reply; do
        \builtin true
    done
    # And of an unfinished line, letter by letter, which is of the terminal that zsh has.
    while IFS='' \builtin read -t 0 -s -k 1 __shellkit_reply; do
        \builtin true
    done
    \builtin printf '%s\n' "${__shellkit_answer}" >&p
}

# 3: the terminal; p: the program. docs/shells.md says what goes there.
__shellkit_relay() {
    \builtin local __shellkit_line
    \builtin printf 'hello\n' >&p
    while IFS='' \builtin read -r -p __shellkit_line; do
        __shellkit_line="${__shellkit_line//$'\r'/}"
        case "${__shellkit_line}" in
            'run '*)
                \builtin printf '%s\n' "${__shellkit_line#run }"
                ;;
            'say '*)
                \builtin printf '%s\n' "${__shellkit_line#say }" >&3
                ;;
            'ask '*)
                __shellkit_ask "${__shellkit_line#ask }"
                ;;
            'hide '*)
                __shellkit_ask "${__shellkit_line#hide }" '-s'
                ;;
        esac
    done 2>'/dev/null'
    \builtin return 0
}

# The exchange, in a subshell: the program runs beside it, and ends when it does.
__shellkit_exchange() {
    \builtin local __shellkit_job __shellkit_status=0
    \builtin setopt no_bg_nice
    \builtin eval 'coproc __shellkit_core "$@"'
    __shellkit_job="$!"
    \builtin trap '' PIPE TSTP TTIN TTOU
    \builtin trap '\builtin exit 130' INT # Without one zsh would end with the echo off.
    __shellkit_relay 3<>"${__shellkit_terminal}" || \builtin return 1
    \builtin wait "${__shellkit_job}" || __shellkit_status="$?"
    \builtin return "${__shellkit_status}"
}

# Nothing is evaluated before the program has ended well, so Ctrl-C leaves the shell as it is.
__shellkit_run() {
    \builtin local __shellkit_code __shellkit_interrupted='' __shellkit_status=0 __shellkit_exchange='' __shellkit_terminal=''
    if __shellkit_can_ask; then
        # At the end of a pipe this shell is no job, though the pipe's beginning is in front.
        __shellkit_exchange='offered'
        [[ ${ZSH_SUBSHELL} -ne 0 ]] || __shellkit_exchange+=' front'
        [[ ! -t 0 ]] || __shellkit_exchange+=' stdin'
    fi
    {
        __shellkit_code="$(__shellkit_core "$@")" || __shellkit_status="$?"
        if [[ ${__shellkit_status} -eq 5 && -n ${__shellkit_exchange} ]]; then
            # This reads nothing but, perhaps, a letter that was typed ahead: zsh goes in front for it.
            __shellkit_in_front || \builtin read -t 0 -k 1 __shellkit_code 2>'/dev/null' || \builtin true
            __shellkit_status=0
            __shellkit_exchange='open'
            __shellkit_code="$(__shellkit_exchange "$@")" || __shellkit_status="$?"
        fi
    } always {
        # By itself zsh would make it 2, where other shells and our own exit code say 130.
        if [[ ${TRY_BLOCK_INTERRUPT-0} -eq 1 ]]; then
            TRY_BLOCK_INTERRUPT=0
            __shellkit_interrupted=1
        fi
    }
    [[ -z ${__shellkit_interrupted} ]] || \builtin return 130
    [[ ${__shellkit_status} -eq 0 ]] || __shellkit_gone "${__shellkit_status}" 'shellkit' || \builtin return
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

# ---------------------------------------------------------------- prompt

# With prompt_subst PROMPT has a text that never changes and only refers to these variables:
# __shellkit_prompt_head, _left and _tail (text), _color, _accent (of the time left) and
# _reset. Without it PROMPT has their values. So a value shows as it is and is never run.

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

# Sets __shellkit_now. No module is needed for it.
__shellkit_prompt_clock() {
    \builtin local __shellkit_format='%D{%s}'
    __shellkit_now="${(%)__shellkit_format}"
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
        __shellkit_text="$((__shellkit_minutes / 60))h${(l:2::0:)$((__shellkit_minutes % 60))}m"
    fi
}

# Sets __shellkit_text to the time left, __shellkit_state to warning or expired, and
# __shellkit_prompt_since and _until to the first and the last second for which that is right.
__shellkit_prompt_left() {
    \builtin local __shellkit_now='' __shellkit_rest __shellkit_hold
    __shellkit_text=''
    case "${SHELLKIT_EXPIRES-}" in
        ''|*[!0-9]*|??????????????*)
            \builtin return 0
            ;;
    esac
    __shellkit_prompt_clock
    __shellkit_prompt_since="${__shellkit_now}"
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
        none:*|*:dumb|*:)
            __shellkit_depth=''
            ;;
        *:truecolor:*|*:24bit:*|*-direct*)
            __shellkit_depth=24
            ;;
        *256*)
            __shellkit_depth=256
            ;;
    esac
}

# Sets __shellkit_prompt_color, _accent and _reset.
__shellkit_prompt_paint() {
    \builtin local __shellkit_depth __shellkit_class='' __shellkit_code='' __shellkit_base __shellkit_subject
    __shellkit_prompt_depth
    [[ -n ${__shellkit_depth} ]] || \builtin return 0
    for __shellkit_subject in "${__shellkit_profile}" "${__shellkit_number}" "${__shellkit_account}"; do
        [[ -n ${__shellkit_class} ]] || __shellkit_prompt_class "-${__shellkit_subject}-"
    done
    case "${__shellkit_class}:${__shellkit_state}" in
        :warning)
            __shellkit_class=warning
            ;;
        :*)
            __shellkit_class=normal
            ;;
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

# Fills the variables that PROMPT refers to from the environment.
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
    for __shellkit_piece in "${__shellkit_pieces[@]}"; do
        case "${__shellkit_piece%%=*}" in
            profile)
                __shellkit_value="${__shellkit_profile}"
                ;;
            account)
                __shellkit_value="${__shellkit_account}"
                ;;
            account_id)
                __shellkit_value="${__shellkit_number}"
                ;;
            role)
                __shellkit_value="${SHELLKIT_ROLE-}"
                ;;
            region)
                __shellkit_value="${AWS_REGION-}"
                ;;
            left)
                __shellkit_value="${__shellkit_text}"
                ;;
            *)
                __shellkit_value="${__shellkit_piece#=}"
                __shellkit_piece='='
                ;;
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

# $1: a variable. Makes its text one that the prompt shows as it is.
__shellkit_prompt_escape() {
    [[ -z ${__shellkit_percent} ]] || \builtin typeset -g "$1=${(P)1//\%/%%}"
    [[ -z ${__shellkit_bang} ]] || \builtin typeset -g "$1=${(P)1//!/!!}"
}

# Sets __shellkit_segment to what stands in PROMPT. Without prompt_percent there is no way to
# say that a colour has no width, so there are none.
__shellkit_prompt_place() {
    \builtin local __shellkit_color='' __shellkit_accent='' __shellkit_middle='' __shellkit_reset=''
    if [[ -n ${__shellkit_subst} ]]; then
        __shellkit_segment='${__shellkit_prompt_head-}${__shellkit_prompt_left-}${__shellkit_prompt_tail-}'
        [[ -z ${__shellkit_percent} ]] || __shellkit_segment='%{${__shellkit_prompt_color-}%}${__shellkit_prompt_head-}%{${__shellkit_prompt_accent-}%}${__shellkit_prompt_left-}%{${__shellkit_prompt_reset-}${__shellkit_prompt_color-}%}${__shellkit_prompt_tail-}%{${__shellkit_prompt_reset-}%}'
        \builtin return 0
    fi
    if [[ -n ${__shellkit_percent} && -n ${__shellkit_prompt_reset} ]]; then
        __shellkit_color="%{${__shellkit_prompt_color}%}"
        __shellkit_accent="%{${__shellkit_prompt_accent}%}"
        __shellkit_middle="%{${__shellkit_prompt_reset}${__shellkit_prompt_color}%}"
        __shellkit_reset="%{${__shellkit_prompt_reset}%}"
    fi
    __shellkit_segment="${__shellkit_color}${__shellkit_prompt_head}${__shellkit_accent}${__shellkit_prompt_left}${__shellkit_middle}${__shellkit_prompt_tail}${__shellkit_reset}"
}

# $1: the text of a prompt. Sets __shellkit_text to it with __shellkit_segment, in place of the one
# that may be there. Where it is there already nothing moves, whatever others have put around it.
__shellkit_prompt_put() {
    \builtin local __shellkit_start='' __shellkit_rest="$1" __shellkit_old="${__shellkit_prompt_last-}"
    __shellkit_text="$1"
    [[ -z ${__shellkit_segment} || ${__shellkit_rest} != *"${__shellkit_segment}"* ]] || \builtin return 0
    if [[ -n ${__shellkit_old} && ${__shellkit_rest} == *"${__shellkit_old}"* ]]; then
        __shellkit_rest="${__shellkit_rest%%"${__shellkit_old}"*}${__shellkit_rest#*"${__shellkit_old}"}"
    fi
    if [[ ${__shellkit_position} == after ]]; then
        __shellkit_text="${__shellkit_rest}${__shellkit_segment}"
        \builtin return 0
    fi
    # Empty lines at the top of a prompt stay at the top.
    while [[ -n ${__shellkit_segment} && ${__shellkit_rest} == $'\n'* ]]; do
        __shellkit_start+=$'\n'
        __shellkit_rest="${__shellkit_rest#$'\n'}"
    done
    __shellkit_text="${__shellkit_start}${__shellkit_segment}${__shellkit_rest}"
}

# starship shows AWSUME_PROFILE, as powerlevel10k does where it has been told to, and not only
# beside some commands; others call shellkit_prompt themselves, or in a segment of that name.
__shellkit_prompt_is_taken() {
    \builtin local -a __shellkit_shown
    [[ ${__shellkit_enabled} != always ]] || \builtin return 1
    [[ ${STARSHIP_SHELL-} != zsh && "${PS1-} ${RPS1-${RPROMPT-}}" != *[!_]shellkit_prompt* ]] || \builtin return 0
    __shellkit_shown=("${(@)SPACESHIP_PROMPT_ORDER}" "${(@)SPACESHIP_RPROMPT_ORDER}")
    if [[ -n ${precmd_functions[(r)_p9k_precmd]-} ]]; then
        __shellkit_shown+=("${(@)POWERLEVEL9K_LEFT_PROMPT_ELEMENTS}" "${(@)POWERLEVEL9K_RIGHT_PROMPT_ELEMENTS}")
        [[ -n ${POWERLEVEL9K_AWS_SHOW_ON_COMMAND-} || -z ${__shellkit_shown[(r)(aws|aws_joined)]-} ]] || \builtin return 0
    fi
    [[ -n ${__shellkit_shown[(r)(shellkit|shellkit_joined)]-} ]]
}

# Whether what was made last time still holds. $1: all that went into it, but the time.
__shellkit_prompt_holds() {
    \builtin local __shellkit_now=''
    [[ $1 == "${__shellkit_prompt_key-}" ]] || \builtin return 1
    [[ ${__shellkit_prompt_until} -ne 99999999999 ]] || \builtin return 0
    __shellkit_prompt_clock
    # A clock that was set back makes it wrong as well.
    [[ ${__shellkit_now} -ge ${__shellkit_prompt_since} && ${__shellkit_now} -le ${__shellkit_prompt_until} ]]
}

# PS1 is PROMPT, in every emulation. RPS1 and RPROMPT are one as well, but each is unset until it is set by that name.
__shellkit_prompt_draw() {
    \builtin local __shellkit_enabled __shellkit_position __shellkit_warning __shellkit_segment='' __shellkit_text __shellkit_key
    \builtin local -a __shellkit_pieces
    __shellkit_key="${SHELLKIT_PROFILE-}:${SHELLKIT_ACCOUNT_ID-}:${SHELLKIT_ROLE-}:${SHELLKIT_EXPIRES-}:${AWS_REGION-}:${SHELLKIT_BASE_AWS_PROFILE+kept}:${AWS_PROFILE-}:${TERM-}:${COLORTERM-}:${NO_COLOR-}:${__shellkit_subst}${__shellkit_percent}${__shellkit_bang}"
    if __shellkit_prompt_holds "${__shellkit_key}"; then
        [[ "${PS1-}${RPS1-${RPROMPT-}}" != "${__shellkit_prompt_ps1-}" ]] || \builtin return 0
        __shellkit_prompt_settings
    else
        __shellkit_prompt_settings
        __shellkit_prompt_make
        __shellkit_prompt_escape __shellkit_prompt_head
        __shellkit_prompt_escape __shellkit_prompt_left
        __shellkit_prompt_escape __shellkit_prompt_tail
        __shellkit_prompt_key="${__shellkit_key}"
    fi
    if [[ -n ${__shellkit_prompt_head}${__shellkit_prompt_left} ]] && ! __shellkit_prompt_is_taken; then
        __shellkit_prompt_place
    fi
    if [[ ${__shellkit_position} == right ]]; then
        __shellkit_prompt_put "${RPS1-${RPROMPT-}}"
        [[ ${__shellkit_text} == "${RPS1-${RPROMPT-}}" || ${(t)RPROMPT} == *readonly* ]] || RPROMPT="${__shellkit_text}"
    else
        __shellkit_prompt_put "${PS1-}"
        [[ ${__shellkit_text} == "${PS1-}" || ${(t)PS1} == *readonly* ]] || PS1="${__shellkit_text}"
    fi
    [[ -z ${__shellkit_segment} ]] || __shellkit_prompt_last="${__shellkit_segment}"
    __shellkit_prompt_ps1="${PS1-}${RPS1-${RPROMPT-}}"
    # spaceship sets PROMPT once more when what it asks in the background has been answered.
    if [[ ${PS1-} == *'$(spaceship::prompt)'* && ${functions[spaceship::populate]-} != *__shellkit_prompt_hook* ]]; then
        functions[spaceship::populate]+=$'\n__shellkit_prompt_hook'
    fi
}

# zsh gives `$?` back after each hook, so the status is for nobody: 0 sets off neither ZERR nor errexit.
# A hook that comes after ours may set PROMPT, so ours goes last: a few times, since others may
# want the same.
__shellkit_prompt_hook() {
    \builtin local __shellkit_subst='' __shellkit_percent='' __shellkit_bang=''
    [[ ! -o prompt_subst ]] || __shellkit_subst=1
    [[ ! -o prompt_percent ]] || __shellkit_percent=1
    [[ ! -o prompt_bang ]] || __shellkit_bang=1
    \builtin emulate -L zsh
    \builtin setopt no_xtrace no_verbose no_all_export no_err_exit no_err_return no_aliases
    __shellkit_prompt_draw
    [[ ${precmd_functions[-1]-} == __shellkit_prompt_hook || ${__shellkit_prompt_moves-0} -ge 3 ]] && \builtin return 0
    \builtin typeset -g __shellkit_prompt_moves=$((${__shellkit_prompt_moves-0} + 1))
    precmd_functions=("${(@)precmd_functions:#__shellkit_prompt_hook}" __shellkit_prompt_hook)
    \builtin return 0
}

__shellkit_prompt_install() {
    [[ -o interactive ]] || \builtin return 0
    \builtin emulate -L zsh
    \builtin local __shellkit_enabled __shellkit_position __shellkit_warning
    \builtin local -a __shellkit_pieces
    __shellkit_prompt_settings
    [[ ${__shellkit_enabled} != never ]] || \builtin return 0
    [[ ${(t)PS1} != *readonly* || ${__shellkit_position} == right ]] || __shellkit_prompt_is_taken ||
        __shellkit_say 'shellkit: PS1 is readonly, so the prompt will not show the role. Take that away, or write $(shellkit_prompt) into it, with setopt prompt_subst.'
    \builtin typeset -ga precmd_functions
    \builtin typeset -g __shellkit_here=''
    __shellkit_hook_again
}

# With a precmd_functions that was written anew the hook is gone, and the prompt would go on to show what
# it showed last: at each change of identity it is looked for.
__shellkit_hook_again() {
    [[ -n ${precmd_functions[(r)__shellkit_prompt_hook]-} ]] || precmd_functions+=(__shellkit_prompt_hook)
}

# For hand-made prompts, and for others `--plain`: no colour; `-v NAME`: into a variable, with
# no process. Without it what is printed suits PROMPT: colours are marked as having no width.
shellkit_prompt() {
    \builtin local __shellkit_rc="$?"
    \builtin emulate -L zsh
    \builtin setopt no_xtrace no_verbose no_all_export no_err_exit no_err_return no_aliases
    \builtin local __shellkit_plain='' __shellkit_into='' __shellkit_segment='' __shellkit_subst='' __shellkit_percent=1 __shellkit_bang='' __shellkit_name
    \builtin local __shellkit_enabled __shellkit_position __shellkit_warning
    \builtin local -a __shellkit_pieces
    \builtin local __shellkit_prompt_head __shellkit_prompt_left __shellkit_prompt_tail
    \builtin local __shellkit_prompt_color __shellkit_prompt_accent __shellkit_prompt_reset __shellkit_prompt_since __shellkit_prompt_until
    while [[ $# -gt 0 ]]; do
        case "$1" in
            --plain)
                __shellkit_plain=1
                ;;
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
    if [[ -n ${__shellkit_plain} ]]; then
        __shellkit_segment="${__shellkit_prompt_head}${__shellkit_prompt_left}${__shellkit_prompt_tail}"
    else
        __shellkit_prompt_head="${__shellkit_prompt_head//\%/%%}"
        __shellkit_prompt_left="${__shellkit_prompt_left//\%/%%}"
        __shellkit_prompt_tail="${__shellkit_prompt_tail//\%/%%}"
        __shellkit_prompt_place
    fi
    if [[ -n ${__shellkit_into} ]]; then
        \builtin typeset -g "${__shellkit_into}=${__shellkit_segment}"
    else
        \builtin printf '%s' "${__shellkit_segment}"
    fi
    \builtin return "${__shellkit_rc}"
}

__shellkit_prompt_install

# ---------------------------------------------------------------- completion

# What TAB offers comes from the index, a text file that the program writes. No process is
# started while the files that it was made from are as they were (shellkit/profiles/index.py).

# What follows the word "$2" of the scope "$1", a kind, goes to __shellkit_kind.
__shellkit_complete_kind() {
    \builtin local __shellkit_entry="${(b)1}"$'\t'"${(b)2}"$'\t*'
    __shellkit_entry="${__shellkit_table[(r)${__shellkit_entry}]}"
    __shellkit_kind="$3"
    [[ -z ${__shellkit_entry} ]] || __shellkit_kind="${${__shellkit_entry#*$'\t'*$'\t'}%%$'\t'*}"
}

# The words of the scope "$1" that begin with "$2", and are of the kind "$3", go to __shellkit_list.
__shellkit_complete_scope() {
    \builtin local -a __shellkit_found
    \builtin local __shellkit_entry
    __shellkit_list=()
    __shellkit_found=("${(@M)__shellkit_table:#${1}$'\t'${2}*$'\t'${3}*$'\t'*}")
    for __shellkit_entry in "${__shellkit_found[@]}"; do
        __shellkit_entry="${__shellkit_entry#*$'\t'}"
        __shellkit_list+=("${__shellkit_entry%%$'\t'*}"$'\t'"${__shellkit_entry##*$'\t'}")
    done
}

# Says of the word "$1", by those before it, what kind it is of, and in which scope; in
# __shellkit_head is the `--option=` in front of a value.
__shellkit_complete_place() {
    \builtin local __shellkit_word __shellkit_skip='' __shellkit_end=''
    \builtin local -i __shellkit_count=1
    __shellkit_head='' __shellkit_scope=assume
    case "${${(Q)words[1]}:t}" in
        shellkit)
            __shellkit_scope=shellkit
            ;;
        unassume)
            __shellkit_scope=unassume
            ;;
    esac
    for __shellkit_word in "${(@Q)words[2,CURRENT-1]}"; do
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
            __shellkit_count+=1
        fi
    done
    if [[ -n ${__shellkit_skip} ]]; then
        __shellkit_kind="${__shellkit_skip}"
    elif [[ -z ${__shellkit_end} && $1 == --*=* ]]; then
        __shellkit_head="${1%%=*}="
        __shellkit_complete_kind "${__shellkit_scope}" "${__shellkit_head%=}" nothing
    elif [[ -z ${__shellkit_end} && $1 == -* ]]; then
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
        absent)
            [[ ! -e $1 ]]
            ;;
        unknown)
            \builtin return 1
            ;;
        *)
            [[ -e $1 && -e $2 && ! $1 -nt $2 && ! $1 -ot $2 ]]
            ;;
    esac
}

# Where part "$1" of __shellkit_text is, by the lengths in its header, goes to __shellkit_from and __shellkit_to.
__shellkit_complete_part() {
    \builtin local -i __shellkit_number
    __shellkit_from=${#__shellkit_header}+2
    for (( __shellkit_number = 2; __shellkit_number < $1; __shellkit_number++ )); do
        __shellkit_from+=__shellkit_lengths[__shellkit_number-1]+1
    done
    __shellkit_to=__shellkit_from+__shellkit_lengths[$1-1]-1
}

# Takes what the word "$2" may be from the index "$1" to __shellkit_list, as `word TAB description`. Fails
# where it is not the index of our files or, unless "$3" says that it is new, where one of them has changed.
# Profiles come as names alone, since most of them will not be shown; __shellkit_from and __shellkit_to then
# say where in __shellkit_text they are with their descriptions.
__shellkit_complete_read() {
    \builtin setopt local_options no_multibyte # Lengths are in bytes, which are quicker too.
    \builtin local __shellkit_header __shellkit_path __shellkit_stamp
    \builtin local -a __shellkit_lines __shellkit_table __shellkit_lengths
    if \builtin zmodload zsh/mapfile 2>/dev/null; then
        __shellkit_text="${mapfile[$1]}"
    else
        __shellkit_text="$(<"$1")"
    fi
    __shellkit_header="${${__shellkit_text[1,16384]}%%$'\x1c'*}"
    __shellkit_lines=("${(@f)__shellkit_header}")
    [[ ${__shellkit_lines[1]} == 'shellkit-index 1' ]] || \builtin return
    if [[ -z $3 ]]; then
        [[ ${__shellkit_lines[2]} == "${AWS_CONFIG_FILE-${HOME%/}/.aws/config}" ]] || \builtin return
        [[ ${__shellkit_lines[3]} == "${AWS_SHARED_CREDENTIALS_FILE-${HOME%/}/.aws/credentials}" ]] || \builtin return
        for __shellkit_path __shellkit_stamp in "${(@)__shellkit_lines[4,9]}"; do
            __shellkit_complete_same "${__shellkit_path}" "${__shellkit_stamp}" || \builtin return
        done
    fi
    # One that is torn, as after a power cut, has other lengths.
    [[ ${__shellkit_lines[10]-} == <->' '<->' '<->' '<-> ]] || \builtin return
    __shellkit_lengths=(${=__shellkit_lines[10]})
    __shellkit_complete_part 5
    [[ ${#__shellkit_text} -eq $((__shellkit_to + 1)) ]] || \builtin return
    __shellkit_complete_part 2
    __shellkit_table=(${(f)__shellkit_text[__shellkit_from,__shellkit_to]})
    __shellkit_complete_place "$2"
    __shellkit_list=() __shellkit_bare=''
    case "${__shellkit_kind}" in
        nothing|files)
            ;;
        -)
            __shellkit_complete_scope "${__shellkit_scope}" '-' ''
            ;;
        '>')
            __shellkit_complete_scope shellkit '' '>'
            ;;
        targets|profiles)
            # Letters that can be one thing only are found in half the time.
            [[ ${__shellkit_table[(I)profiles?lower-case?*]} -eq 0 ]] || __shellkit_mixed=''
            if [[ ${__shellkit_kind}$2 == targets[0-9]*:* ]]; then
                __shellkit_complete_part 4
                __shellkit_mixed=1
                __shellkit_lines=(${(f)__shellkit_text[__shellkit_from,__shellkit_to]})
                __shellkit_complete_part 5
                __shellkit_list=(${(f)__shellkit_text[__shellkit_from,__shellkit_to]} ${(M)__shellkit_lines:#${2%%:*}:*})
            else
                __shellkit_complete_part 3
                __shellkit_list=(${(f)__shellkit_text[__shellkit_from,__shellkit_to]})
                __shellkit_bare=1
                __shellkit_complete_part 5
            fi
            ;;
        *)
            __shellkit_complete_scope "${__shellkit_kind}" '' ''
            ;;
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
        ! __shellkit_complete_read "${__shellkit_file}" "$1" '' || \builtin return 0
    done
    __shellkit_file="$(\builtin command 'shellkit' 'index' 2>/dev/null)" || \builtin return
    __shellkit_complete_read "${__shellkit_file%$'\r'}" "$1" new
}

# Of the lines in __shellkit_list those that begin with "$1" go to __shellkit_found, with their descriptions
# unless they are too many to be looked at; where there are none, those whose word has the letters of "$1" in
# their order. __shellkit_fuzzy says which it was.
__shellkit_complete_match() {
    \builtin setopt local_options extended_glob no_multibyte
    __shellkit_fuzzy=''
    __shellkit_complete_search "$1"
    [[ -n ${__shellkit_bare} && ${#__shellkit_found} -gt 0 && ${#__shellkit_found} -le 500 ]] || \builtin return 0
    __shellkit_bare=''
    __shellkit_list=(${(f)__shellkit_text[__shellkit_from,__shellkit_to]})
    __shellkit_complete_search "$1"
}

__shellkit_complete_search() {
    \builtin local __shellkit_char __shellkit_loose=''
    if [[ -z ${__shellkit_fuzzy} ]]; then # Unless the names have shown that nothing begins with it.
        if [[ -z $1 ]]; then
            __shellkit_found=(${__shellkit_list})
        else
            __shellkit_found=(${(M)__shellkit_list:#${1}*})
        fi
        [[ ${#__shellkit_found} -eq 0 ]] || \builtin return
    fi
    for __shellkit_char in "${(@s::)1}"; do
        case "${__shellkit_char}" in
            [a-zA-Z])
                __shellkit_char="${(L)__shellkit_char}"
                [[ -z ${__shellkit_mixed} ]] || __shellkit_char+="${(U)__shellkit_char}"
                __shellkit_loose+="[^${__shellkit_char}]#[${__shellkit_char}]"
                ;;
            [0-9./@_-]) # Quicker than an asterisk, by far.
                __shellkit_loose+="[^${__shellkit_char}]#${__shellkit_char}"
                ;;
            *)
                __shellkit_loose+="*${(b)__shellkit_char}"
                ;;
        esac
    done
    __shellkit_found=(${(M)__shellkit_list:#${~__shellkit_loose}*})
    # The description may have had a part in it.
    [[ -n ${__shellkit_bare} ]] || __shellkit_found=(${(M)__shellkit_found:#${~__shellkit_loose}*$'\t'*})
    __shellkit_fuzzy="${#__shellkit_found}"
}

# Gives the lines in __shellkit_found to the completion system. __shellkit_how are options of compadd.
__shellkit_complete_add() {
    \builtin local -a __shellkit_names __shellkit_shown expl
    _description shellkit expl "${__shellkit_title}"
    if [[ -n ${__shellkit_bare} ]]; then
        \builtin compadd "${expl[@]}" "${__shellkit_how[@]}" -a __shellkit_found
        \builtin return
    fi
    __shellkit_names=("${(@)__shellkit_found%%$'\t'*}")
    # More than these are looked at by nobody, and putting them into columns would take time.
    if [[ ${#__shellkit_found} -gt 500 || "${__shellkit_found[*]}" != *$'\t'[^[:space:]]* ]]; then
        \builtin compadd "${expl[@]}" "${__shellkit_how[@]}" -a __shellkit_names
        \builtin return
    fi
    \builtin zformat -a __shellkit_shown '  ' "${(@)${(@)${(@)${__shellkit_found[@]//\\/\\\\}//:/\\:}/(#m)$'\t'*/${${MATCH//\\:/:}//\\\\/\\}}/$'\t'/:}"
    __shellkit_shown=("${(@mr:COLUMNS-1:)__shellkit_shown}")
    \builtin compadd "${expl[@]}" "${__shellkit_how[@]}" -l -d __shellkit_shown -a __shellkit_names
}

__shellkit_complete() {
    \builtin emulate -L zsh
    \builtin setopt "${_comp_options[@]}" no_xtrace no_verbose no_err_exit no_err_return no_aliases
    \builtin trap - DEBUG
    \builtin local __shellkit_word __shellkit_kind __shellkit_scope __shellkit_head __shellkit_title='profile' __shellkit_fuzzy __shellkit_mixed=1 __shellkit_bare='' __shellkit_text=''
    \builtin local -i __shellkit_from __shellkit_to
    \builtin local -a __shellkit_list __shellkit_found __shellkit_how
    # What has been typed, without its quotes.
    case "${compstate[quote]-}" in
        \')
            __shellkit_word="${PREFIX//\'\\\'\'/'}"
            ;;
        \")
            __shellkit_word="${PREFIX//(#b)\\([\\\"\$\`])/${match[1]}}"
            ;;
        *)
            __shellkit_word="${(Q)PREFIX}"
            ;;
    esac
    __shellkit_complete_find "${__shellkit_word}" || \builtin return 1
    if [[ ${__shellkit_kind} == files ]]; then
        [[ -z ${__shellkit_head} ]] || \builtin compset -P '*='
        \builtin compset -P '@'
        _files
        \builtin return
    fi
    if [[ -n ${__shellkit_head} ]]; then
        \builtin compset -P '*='
        __shellkit_word="${__shellkit_word#"${__shellkit_head}"}"
    fi
    case "${__shellkit_kind}" in
        -)
            __shellkit_title='option'
            ;;
        '>')
            __shellkit_title='command'
            ;;
        regions)
            __shellkit_title='region'
            ;;
        targets|profiles)
            ;;
        *)
            __shellkit_title='value'
            ;;
    esac
    __shellkit_complete_match "${__shellkit_word}"
    if [[ -z ${__shellkit_fuzzy} ]]; then
        [[ ${#__shellkit_found} -gt 0 ]] || \builtin return
        __shellkit_complete_add
        [[ ${compstate[nmatches]-} == 0 ]] || \builtin return 0
        # The word has more quotes in it than zsh can match: it is replaced as a whole.
    fi
    __shellkit_how=(-U -i "${IPREFIX}")
    __shellkit_complete_add
    # What several have in common would replace a word that none of them begins with: list them.
    if [[ ${#__shellkit_found} -gt 1 && ${compstate[insert]-} == *unambiguous* ]]; then
        compstate[insert]=''
        compstate[list]='list force'
    fi
}

# compinit may have been run before this, may be run after it, or run anew: at the first prompt after it
# that is over. Goes away when done.
__shellkit_complete_later() {
    \builtin emulate -L zsh
    [[ ${+functions[compdef]} -eq 1 ]] || \builtin return 0
    precmd_functions=("${(@)precmd_functions:#__shellkit_complete_later}")
    compdef __shellkit_complete assume unassume shellkit
}

if [[ -o interactive ]]; then
    \builtin typeset -ga precmd_functions
    if [[ ${precmd_functions[(Ie)__shellkit_complete_later]} -eq 0 ]]; then
        precmd_functions=(__shellkit_complete_later "${precmd_functions[@]}")
    fi
fi
