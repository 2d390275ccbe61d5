# bash completion for sandboxrun

_sandboxrun_languages() { sandboxrun languages 2> /dev/null | awk 'NR > 1 { print $1 }'; }

_sandboxrun_words() { mapfile -t COMPREPLY < <(compgen -W "$*" -- "$current"); }

_sandboxrun() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} verb=${COMP_WORDS[1]} word
  # "=" is a word of its own to readline.
  if [[ $current == = ]]; then
    current=
  elif [[ $previous == = ]]; then
    previous=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    [[ $word == -- ]] && return
  done
  case $previous in
    -l | --lang) _sandboxrun_words "$(_sandboxrun_languages)"; return ;;
    --network)
      [[ $verb == images ]] && _sandboxrun_words default host || _sandboxrun_words none loopback
      return
      ;;
    --backend) _sandboxrun_words auto docker native; return ;;
    --rootfs | --languages | --artifact-dir | --cache) mapfile -t COMPREPLY < <(compgen -d -- "$current"); return ;;
    -[twmpoj] | --*) [[ $current != -* ]] && ! [[ $previous =~ ^--(force|head-and-tail|raw|json|strict|dry-run|pull|no-cache)$ ]] && return ;;
  esac
  local backend="--backend --docker-host --runtime --rootfs --require --accept-missing --cgroup-parent --languages --help"
  local run="--lang --file --env --stdin --network --time --wall --memory --processes --cores --output --file-size
    --disk --inodes --open-files --stack --compile-time --compile-memory --report --artifact --artifact-dir --force
    --keep --head-and-tail --raw --image --pull --cache --cache-size"
  case $verb:$current in
    languages:-*) _sandboxrun_words --json --strict --jobs $backend ;;
    languages:*)
      if [[ $COMP_CWORD == 2 ]]; then
        _sandboxrun_words show check
      elif [[ $COMP_CWORD -gt 2 ]]; then
        _sandboxrun_words "$(_sandboxrun_languages)"
      fi
      ;;
    images:-*) _sandboxrun_words --json --network --no-cache --docker-host --languages --help ;;
    images:*)
      if [[ $COMP_CWORD == 2 ]]; then
        _sandboxrun_words list build pull remove
      elif [[ $COMP_CWORD -gt 2 ]]; then
        _sandboxrun_words "$(_sandboxrun_languages)"
      fi
      ;;
    doctor:-*) _sandboxrun_words --json $backend ;;
    gc:-*) _sandboxrun_words --dry-run $backend ;;
    *:-*) _sandboxrun_words $run $backend --version ;;
  esac
  if [[ $COMP_CWORD == 1 && $current != -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "run languages images doctor gc" -- "$current"; compgen -f -- "$current")
  fi
}
complete -o filenames -o default -F _sandboxrun sandboxrun
