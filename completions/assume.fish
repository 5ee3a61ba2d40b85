# What TAB offers for assume, unassume and shellkit, for those who install it as a file of its own.
# `shellkit init` has it too. Rendered from shellkit/shells/templates/fish.j2.

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
