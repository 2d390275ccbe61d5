# Files, locks, text tools, arrays, arithmetic, regular expressions.
set -eu
folder=$(mktemp -d); cd "$folder"
for n in {1..50}; do printf "%${n}s" x > "file $n.txt"; done
echo "$(find . -name '*.txt' -size -20c | wc -l) $(cat ./*.txt | wc -c)"
mkdir -p a/b; mv 'file 1.txt' a/b/ž日本🎉; ln 'file 2.txt' hard; ln -s hard soft
[[ hard -ef soft && -L soft && "$(stat -c %h hard)" = 2 ]] && echo "$(ls a/b)"
chmod 640 hard; touch -d @2000 hard; stat -c '%A %Y' hard
exec 9> lock; flock 9
(exec 8> lock; flock -n 8 && echo free || echo locked)
flock -u 9
tar czf packed.tgz a ./*.txt; mkdir out; tar xzf packed.tgz -C out; diff -r a out/a; find out -type f | wc -l
dd if=/dev/zero of=big bs=64k count=64 status=none; truncate -s 8M big; stat -c %s big; cmp -n 1000 big /dev/zero
seq 20000 | sort -R | sort -n | awk '{ s += $1 } END { print s, NR }'
declare -A counts=()
for ((i = 0; i < 3000; ++i)); do key=k$((i * 7919 % 97)); counts[$key]=$((${counts[$key]:-0} + 1)); done
echo "keys ${#counts[@]} ${counts[k7]}"
fibonacci() { local a=0 b=1 t i; for ((i = 0; i < $1; ++i)); do t=$((a + b)); a=$b; b=$t; done; echo "$a"; }
echo "fibonacci $(fibonacci 90)"
[[ "2024-05 and" =~ ([0-9]{4})-([0-9]{2}) ]] && echo "${BASH_REMATCH[2]}/${BASH_REMATCH[1]}"
text='Žluťoučký kůň 日本🎉'; echo "${text^^} ${#text} ${text//ů/u}"
printf '%s\n' "$(printf 'b\na\nc' | sort | paste -sd,)" "$(echo 'a:b:c' | cut -d: -f2)" "$(echo žluť | sed 's/ž/z/;s/ť/t/')"
printf '%x %05.1f %q %(%F)T\n' 255 3.14159 'a b' 0
sha256sum <<< corpus | cut -c1-16
cd /; rm -r "$folder"
