# Completion of irekae's `fab` in fish; written by `fab completion`, which takes it away again with --remove.
function __irekae_fab
    set -l folder $PWD
    while not test -f "$folder/irekae/cli/completion/words"
        # No clone of irekae. To ask Fabric there would run whatever fabfile lies in the folder.
        if test -z "$folder"
            __fish_complete_path (commandline -ct)
            return
        end
        set folder (string replace -r '/[^/]*$' '' -- $folder)
    end
    set -l typed (commandline -opc)
    set -e typed[1]
    set -l hosts hosts.ini
    set -q IREKAE_INVENTORY; and set hosts $IREKAE_INVENTORY
    test -r "$hosts"; or set hosts /dev/null
    set -lx IREKAE_LINE (string join \n -- $typed | string collect)
    set -lx IREKAE_WORD (commandline -ct)
    for line in (awk '@words.awk@' "$folder/irekae/cli/completion/words" $hosts)
        if test (string split -f 1 \t -- $line) = @file
            __fish_complete_path (commandline -ct)
        else
            echo $line
        end
    end
end
complete -e -c fab
complete -c fab --no-files --arguments '(__irekae_fab)'
