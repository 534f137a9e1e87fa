# What may stand at the end of a command line of fab: a line each, the word, a tab, what it says; "@file" for a file name.
# Reads the table `words` of the clone, then hosts.ini. In the environment: IREKAE_LINE, the words between `fab` and the
# one at the cursor, a line each; IREKAE_WORD, that one. No quote and no backslash in here: three shells quote it.
BEGIN { FS = "|"; TAB = sprintf("%c", 9) }
{ gsub(/[[:cntrl:]]/, "") }  # it is data, whoever wrote it
FNR == 1 { file++ }
file == 1 && $1 == "command" { command[$2] = $4; order[++commands] = $2; own[$2] = $3 }
file == 1 && $1 == "option" { kind[$2, $3] = $4; help[$2, $3] = $5; flags[$2] = flags[$2] " " $3 }
file == 1 && $1 == "value" { count[$2]++; value[$2, count[$2]] = $3; meaning[$2, count[$2]] = $4 }
file == 2 && /^ *[[]/ { group = $0 }
file == 2 && group ~ /production|standby/ && /^ *[A-Za-z0-9]/ {
    split($0, part, /[ ]+/)
    count["host"]++
    value["host", count["host"]] = part[1]
    meaning["host", count["host"]] = group
}
END {
    n = split(ENVIRON["IREKAE_LINE"], word, sprintf("%c", 10))
    for (i = 1; i <= n; i++) read_word(word[i])
    current = ENVIRON["IREKAE_WORD"]
    if (current == "=") current = ""  # bash parts --host=tako into three words
    if (wanted == "" && current ~ /^--[a-z-]+=/) {
        before = substr(current, 1, index(current, "="))
        wanted = kind_of(substr(before, 1, length(before) - 1))
        current = substr(current, length(before) + 1)
    }
    if (wanted != "") values(wanted)
    else if (current ~ /^-/) { options(task); if (task != "") options("") }
    else if (task != "" && own[task] != "" && !given) values(own[task])
    else names()
}
function read_word(text) {
    if (text == "=") return
    if (wanted != "") wanted = ""
    else if (text ~ /^-/) wanted = text ~ /=/ ? "" : kind_of(text)
    else if (task != "" && own[task] != "" && !given) given = 1
    else if (text in command) { task = text; given = 0 }
}
function kind_of(flag) {
    if ((task, flag) in kind) return kind[task, flag]
    return kind["", flag]
}
function values(what,    i, last) {
    if (what == "file") { print "@file"; return }
    if (what == "command") { every = 1; names(); return }
    if (what == "hosts") {  # with commas between: the last one is completed
        for (i = length(current); i > 0 && substr(current, i, 1) != ","; i--);
        before = before substr(current, 1, i)
        current = substr(current, i + 1)
        what = "host"
    }
    for (i = 1; i <= count[what]; i++) offer(value[what, i], meaning[what, i])
}
function options(of,    i, m, flag) {
    m = split(flags[of], flag, " ")
    for (i = 1; i <= m; i++) offer(flag[i], help[of, flag[i]])
}
function names(    i) {  # the items of a phase only once the phase is there
    for (i = 1; i <= commands; i++)
        if (every || order[i] !~ /[.]/ || current ~ /^phase[0-9]/) offer(order[i], command[order[i]])
}
function offer(text, says) {
    if (index(text, current) == 1) print before text TAB says
}
