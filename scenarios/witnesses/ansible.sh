# Runs `hostname` with ansible.builtin.raw through the winrm connection plugin. $1: variables as JSON.
export ANSIBLE_NOCOLOR=1 ANSIBLE_LOCALHOST_WARNING=0 ANSIBLE_HOME=/tmp/ansible ANSIBLE_PYTHON_INTERPRETER=none
/opt/witness/bin/python -m ansible adhoc mem1.contoso.com --inventory mem1.contoso.com, --module-name ansible.builtin.raw \
  --args hostname --extra-vars "$1" 2>&1 | sed -e 's/[[:space:]]*$//' -e '/^$/d' || true
