# Completion of irekae's `fab` in bash; written by `fab completion`, which takes it away again with --remove.
_irekae_fab() {
    local folder=$PWD word text
    until [ -f "$folder/irekae/cli/completion/words" ]; do
        # No clone of irekae. To ask Fabric there would run whatever fabfile lies in the folder.
        if [ -z "$folder" ]; then compopt -o default; return; fi
        folder=${folder%/*}
    done
    local line hosts=${IREKAE_INVENTORY:-hosts.ini}
    [ -r "$hosts" ] || hosts=/dev/null
    line=$(printf '%s\n' "${COMP_WORDS[@]:1:COMP_CWORD-1}")
    COMPREPLY=()
    while IFS=$'\t' read -r word text; do
        if [ "$word" = @file ]; then compopt -o default; else COMPREPLY+=("$word"); fi
    done < <(IREKAE_LINE=$line IREKAE_WORD=$2 awk '@words.awk@' "$folder/irekae/cli/completion/words" "$hosts")
}
complete -F _irekae_fab fab
