# What TAB offers for assume, unassume and shellkit, for those who install it as a file of its own.
# `shellkit init` has it too. Rendered from shellkit/shells/templates/bash.j2.

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
