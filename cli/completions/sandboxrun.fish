# fish completion for sandboxrun
function __sandboxrun_languages
    sandboxrun languages 2>/dev/null | awk 'NR > 1 { print $1 }'
end

set -l other "__fish_seen_subcommand_from languages doctor gc"
set -l languages "__fish_seen_subcommand_from languages"
set -l running "not __fish_seen_subcommand_from languages doctor gc"

complete -c sandboxrun -n __fish_is_first_arg -a run -d "Compile and run a program"
complete -c sandboxrun -n __fish_is_first_arg -a languages -d "List, show and check languages"
complete -c sandboxrun -n __fish_is_first_arg -a doctor -d "What this host can do"
complete -c sandboxrun -n __fish_is_first_arg -a gc -d "Remove what was left behind"
complete -c sandboxrun -n "$other" -f
complete -c sandboxrun -n "$languages" -a "show check"
complete -c sandboxrun -n "$languages" -a "(__sandboxrun_languages)"

complete -c sandboxrun -n "$running" -s l -l lang -x -a "(__sandboxrun_languages)" -d Language
complete -c sandboxrun -n "$running" -l file -r -F -d "Put one more file into /box"
complete -c sandboxrun -n "$running" -l env -x -d "Set a variable for the program"
complete -c sandboxrun -n "$running" -l stdin -r -F -d "The program's input"
complete -c sandboxrun -n "$running" -l network -x -a "none loopback" -d "What the program can reach"
complete -c sandboxrun -n "$running" -s t -l time -x -d "CPU time"
complete -c sandboxrun -n "$running" -s w -l wall -x -d "Wall time"
complete -c sandboxrun -n "$running" -s m -l memory -x -d "Memory of all processes"
complete -c sandboxrun -n "$running" -s p -l processes -x -d "Processes and threads"
complete -c sandboxrun -n "$running" -l cores -x -d "Share of the cores"
complete -c sandboxrun -n "$running" -s o -l output -x -d "Bytes on each of stdout and stderr"
complete -c sandboxrun -n "$running" -l file-size -x -d "Size of any one file"
complete -c sandboxrun -n "$running" -l disk -x -d "Everything in /box"
complete -c sandboxrun -n "$running" -l inodes -x -d "Files in /box"
complete -c sandboxrun -n "$running" -l open-files -x -d "Descriptors of each process"
complete -c sandboxrun -n "$running" -l stack -x -d "Stack of each process"
complete -c sandboxrun -n "$running" -l compile-time -x -d "CPU time of the compile stage"
complete -c sandboxrun -n "$running" -l compile-memory -x -d "Memory of the compile stage"
complete -c sandboxrun -n "$running" -l report -r -F -d "Write the result as JSON"
complete -c sandboxrun -n "$running" -l artifact -x -d "Bring back files of /box"
complete -c sandboxrun -n "$running" -l artifact-dir -x -a "(__fish_complete_directories)" -d "Where artifacts go"
complete -c sandboxrun -n "$running" -l force -d "Overwrite files"
complete -c sandboxrun -n "$running" -l keep -x -d "What the report keeps of each stream"
complete -c sandboxrun -n "$running" -l head-and-tail -d "Keep the end of a longer stream too"
complete -c sandboxrun -n "$running" -l raw -d "Pass control bytes to the terminal"
complete -c sandboxrun -n "$running" -l version -d "Print the version"

complete -c sandboxrun -l backend -x -a "auto native" -d "What makes boxes"
complete -c sandboxrun -l rootfs -x -a "(__fish_complete_directories)" -d "Show this root file system"
complete -c sandboxrun -l require -x -d "Fail unless this guarantee is in force"
complete -c sandboxrun -l accept-missing -x -d "Run although this guarantee is missing"
complete -c sandboxrun -l cgroup-parent -x -d "Control group that ours are made in, or self"
complete -c sandboxrun -l languages -x -a "(__fish_complete_directories)" -d "Folder of recipes"
complete -c sandboxrun -s h -l help -d "Print help"

complete -c sandboxrun -n "__fish_seen_subcommand_from languages doctor" -l json -d "As JSON"
complete -c sandboxrun -n "$languages" -l strict -d "A missing toolchain is a failure"
complete -c sandboxrun -n "$languages" -s j -l jobs -x -d "Recipes at one time"
complete -c sandboxrun -n "__fish_seen_subcommand_from gc" -l dry-run -d "Only list it"
