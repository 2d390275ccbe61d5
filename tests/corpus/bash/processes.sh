# Jobs, pipelines, coprocesses, traps, process substitution, statuses, wait.
set -u
check() { "$@" || { echo "failed: $*"; exit 1; }; }
echo "pipeline $(seq 1000 | grep 7 | sort -rn | head -n 2 | tr '\n' ' ')"
for n in {0..19}; do (exit "$n") & pids[n]=$!; done
sum=0
for pid in "${pids[@]}"; do wait "$pid"; sum=$((sum + $?)); done
echo "statuses $sum"
coproc UPPER { while read -r line; do echo "${line^^}"; done; }
upper=$UPPER_PID # bash forgets it when the coprocess ends
for word in one two žluť; do echo "$word" >&"${UPPER[1]}"; read -r answer <&"${UPPER[0]}"; echo "$answer"; done
eval "exec ${UPPER[1]}>&-"
wait "$upper"
diff <(seq 5) <(seq 1 5) && echo same
trap 'seen=usr1' USR1
kill -USR1 $$
echo "trap ${seen-none}"
sleep 60 & kill -TERM $!
wait $!; echo "killed $?"
(sh -c 'kill -KILL $$'; echo "signal $?")
set -o pipefail
false | true; echo "pipefail $?"
mkfifo /tmp/fifo
{ for n in {1..100}; do echo "$n"; done > /tmp/fifo; } &
total=0
while read -r n; do total=$((total + n)); done < /tmp/fifo
wait; rm /tmp/fifo
echo "fifo $total"
timeout 0.05 sleep 60; echo "timeout $?"
exec 5<> /tmp/five; echo through >&5; check test "$(cat /tmp/five)" = through; exec 5>&-; rm /tmp/five
seq 40 | xargs -P 4 -n 1 sh -c 'echo $(($0 * $0))' | sort -n | tail -n 1
trap 'echo goodbye' EXIT
