# Completions of setspn for bash. fix/tests/setspn/shell.rs holds them to `setspn -?`.

_setspn() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} words=
  COMPREPLY=()
  case $before in
    --ca | --password-file)
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -f -- "$word")
      return
      ;;
    --tls) words='ldaps starttls' ;;
    --color) words='auto always never' ;;
    # Nobody here knows the domains and hosts.
    --server | --address | --gc | --dns | --user | --timeout | -[tT]) return ;;
    *)
      case $word in
        --*)
          words='--shadowed --json --color --version --server --address --gc --dns --ca --tls --user
            --password-file --password-stdin --timeout'
          ;;
        -*) words='-R -S -A -D -L -C -U -Q -X -F -T -P' ;;
      esac
      ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}

complete -F _setspn setspn
