# Completion of irekae's `fab` in zsh; written by `fab completion`, which takes it away again with --remove.
_irekae_fab() {
    emulate -L zsh
    local folder=$PWD word text
    local -a found said
    until [[ -f $folder/irekae/cli/completion/words ]]; do
        # No clone of irekae. To ask Fabric there would run whatever fabfile lies in the folder.
        if [[ -z $folder ]]; then _files; return; fi
        folder=${folder%/*}
    done
    local hosts=${IREKAE_INVENTORY:-hosts.ini} line=
    [[ -r $hosts ]] || hosts=/dev/null
    (( CURRENT > 2 )) && line=${(F)words[2,CURRENT-1]}
    while IFS=$'\t' read -r word text; do
        if [[ $word == @file ]]; then _files && return; fi
        found+=("$word") said+=("${(r:24:)word} $text")
    done < <(IREKAE_LINE=$line IREKAE_WORD=$PREFIX awk '@words.awk@' $folder/irekae/cli/completion/words $hosts)
    compadd -l -d said -a found
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit -i; }
compdef _irekae_fab fab
