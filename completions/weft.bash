# Completion of weft for bash: weft completion bash > /etc/bash_completion.d/weft
_weft() {
    local current="${COMP_WORDS[COMP_CWORD]}" line value files=no
    local -a words=("${COMP_WORDS[@]:1:COMP_CWORD}")
    # bash splits at "=": join "--output" "=" "js" again, and hand back only what follows the "=".
    local -a joined=()
    local word glue=no
    for word in "${words[@]}"; do
        if [[ $word == "=" && ${#joined[@]} -gt 0 ]]; then
            joined[-1]+="="
            glue=yes
        elif [[ $glue == yes ]]; then
            joined[-1]+="$word"
            glue=no
        else
            joined+=("$word")
        fi
    done
    [[ $current == "=" ]] && current=""
    COMPREPLY=()
    while IFS= read -r line; do
        if [[ $line == ":files" ]]; then
            files=yes
        else
            value="${line%%$'\t'*}"
            [[ $COMP_WORDBREAKS == *"="* && $value == --*=* ]] && value="${value#*=}"
            COMPREPLY+=("$value")
        fi
    done < <("${COMP_WORDS[0]}" __complete -- "${joined[@]}" 2>/dev/null)
    if [[ $files == yes ]]; then
        compopt -o filenames 2>/dev/null
        while IFS= read -r value; do
            COMPREPLY+=("$value")
        done < <(compgen -f -- "$current")
    fi
}
complete -F _weft weft
