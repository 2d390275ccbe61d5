# fish completion for sandboxrun
complete -c sandboxrun -n __fish_use_subcommand -a "run languages doctor gc"
complete -c sandboxrun -l lang -x
complete -c sandboxrun -l file -r -F
complete -c sandboxrun -l env -x
complete -c sandboxrun -l stdin -r -F
complete -c sandboxrun -l network -x
complete -c sandboxrun -l time -x
complete -c sandboxrun -l wall -x
complete -c sandboxrun -l memory -x
complete -c sandboxrun -l processes -x
complete -c sandboxrun -l cores -x
complete -c sandboxrun -l output -x
complete -c sandboxrun -l file-size -x
complete -c sandboxrun -l disk -x
complete -c sandboxrun -l inodes -x
complete -c sandboxrun -l open-files -x
complete -c sandboxrun -l stack -x
complete -c sandboxrun -l compile-time -x
complete -c sandboxrun -l compile-memory -x
complete -c sandboxrun -l report -r -F
complete -c sandboxrun -l artifact -x
complete -c sandboxrun -l artifact-dir -r -F
complete -c sandboxrun -l force
complete -c sandboxrun -l head-and-tail
complete -c sandboxrun -l raw
complete -c sandboxrun -l backend -x
complete -c sandboxrun -l rootfs -r -F
complete -c sandboxrun -l require -x
complete -c sandboxrun -l accept-missing -x
complete -c sandboxrun -l cgroup-parent -x
complete -c sandboxrun -l languages -r -F
complete -c sandboxrun -l help
complete -c sandboxrun -l version
complete -c sandboxrun -l json
complete -c sandboxrun -l strict
complete -c sandboxrun -l dry-run
complete -c sandboxrun -l jobs -x
