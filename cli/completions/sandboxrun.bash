# bash completion for sandboxrun
_sandboxrun() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  case $previous in
    -l | --lang | show) COMPREPLY=($(compgen -W "$(sandboxrun languages 2> /dev/null | awk 'NR > 1 { print $1 }')" -- "$current")); return ;;
    --network) COMPREPLY=($(compgen -W "none loopback" -- "$current")); return ;;
    --backend) COMPREPLY=($(compgen -W "auto native" -- "$current")); return ;;
    languages) COMPREPLY=($(compgen -W "show check --json" -- "$current")); return ;;
    check) COMPREPLY=($(compgen -W "--strict --jobs $(sandboxrun languages 2> /dev/null | awk 'NR > 1 { print $1 }')" -- "$current")); return ;;
    doctor) COMPREPLY=($(compgen -W "--json" -- "$current")); return ;;
    gc) COMPREPLY=($(compgen -W "--dry-run" -- "$current")); return ;;
  esac
  if [[ $current == -* ]]; then
    COMPREPLY=($(compgen -W "--lang --file --env --stdin --network --time --wall --memory --processes --cores --output --file-size --disk --inodes --open-files --stack --compile-time --compile-memory --report --artifact --artifact-dir --force --head-and-tail --raw --backend --rootfs --require --accept-missing --cgroup-parent --languages --help --version" -- "$current"))
    return
  fi
  COMPREPLY=($(compgen -f -- "$current"))
  [ "$COMP_CWORD" = 1 ] && COMPREPLY+=($(compgen -W "run languages doctor gc" -- "$current"))
}
complete -o filenames -F _sandboxrun sandboxrun
