# Completion of weft for fish: weft completion fish > ~/.config/fish/completions/weft.fish
function __weft_complete
    set -l words (commandline --tokenize --cut-at-cursor --current-process)
    set -l current (commandline --current-token --cut-at-cursor)
    for line in ($words[1] __complete -- $words[2..-1] "$current" 2>/dev/null)
        if test "$line" = ":files"
            __fish_complete_path "$current"
        else
            echo $line
        end
    end
end
complete --command weft --no-files --arguments "(__weft_complete)"
