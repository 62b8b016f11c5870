"""What pywinrm and pypsrp, unmodified, can do with MEM1: acceptance.py LEVEL-OF-CHANNEL-BINDING.

Needs a ticket of a user that winrmd serves. Ends with an exception if anything is not as it should
be, and else says how many things were compared."""

import sys

import winrm
from pypsrp.exceptions import AuthenticationError
from pypsrp.shell import Process, SignalCode, WinRS
from pypsrp.wsman import WSMan
from winrm.exceptions import WSManFaultError
from winrm.protocol import Protocol

HOST, HTTP, HTTPS, LEVEL = "mem1.contoso.com", 5985, 5986, sys.argv[1]
CA = "/etc/spnlab/ca.pem"
compared = 0


def check(found, expected):
    global compared
    compared += 1
    if found != expected:
        raise AssertionError(f"{found!r} is not {expected!r}")


def fault(call, code):
    try:
        call()
    except WSManFaultError as error:
        check(error.wsman_fault_code, code)
    else:
        raise AssertionError(f"no fault {code}")


def pywinrm(url, encryption):
    return Protocol(
        endpoint=url,
        transport="kerberos",
        username="trainer@CONTOSO.COM",
        ca_trust_path=CA,
        message_encryption=encryption,
        operation_timeout_sec=2,
        read_timeout_sec=10,
    )


def run(client, shell, command, arguments=(), direct=False, data=None):
    command_id = client.run_command(shell, command, arguments, skip_cmd_shell=direct)
    if data is not None:
        client.send_command_input(shell, command_id, data, end=True)
    try:
        return client.get_command_output(shell, command_id)
    finally:
        client.cleanup_command(shell, command_id)


def long_story():
    client = pywinrm(f"http://{HOST}:{HTTP}/wsman", "auto")
    shell = client.open_shell(env_vars={"A": "1 2"}, working_directory="/tmp")
    check(run(client, shell, "echo $A; pwd; echo err >&2; exit 3"), (b"1 2\n/tmp\n", b"err\n", 3))
    check(run(client, shell, "/bin/echo", ["a", "$A"], direct=True), (b"a $A\n", b"", 0))
    # As on Windows, the name of a program has no case and may end in .exe.
    for name in ("powershell", "PowerShell", "POWERSHELL", "pOwErShElL.ExE"):
        check(run(client, shell, f"{name} -NoProfile -Command hostname"), (b"mem1\n", b"", 0))
        check(run(client, shell, name, ["-Command", "hostname"], direct=True), (b"mem1\n", b"", 0))
    # Longer than OperationTimeout: the client repeats its Receive.
    check(run(client, shell, "sleep 3; echo woke"), (b"woke\n", b"", 0))
    output, _, status = run(client, shell, "head -c 10485760 /dev/zero")
    check((len(output), output.strip(b"\0"), status), (10485760, b"", 0))
    check(run(client, shell, "sha256sum | cut -c-8", data=b"x" * 330_000)[2], 0)
    check(run(client, shell, "wc -c", data=b"x" * 330_000)[0], b"330000\n")
    fault(lambda: run(client, shell, "wc -c", data=b"x" * 400_000), 2150858790)
    fault(lambda: run(client, shell, "/no/such/program", direct=True), 2147942402)
    fault(lambda: client.get_command_output(shell, "X"), 2150858843)
    command_id = client.run_command(shell, "exec sleep 1000")
    client.cleanup_command(shell, command_id)
    client.close_shell(shell)
    fault(lambda: client.run_command(shell, "true"), 2150858843)


def pypsrp(**options):
    options = {"negotiate_service": "HTTP", "cert_validation": CA, **options}
    client = WSMan(HOST, **options)
    with WinRS(client, environment={"B": "é"}) as shell:
        process = Process(shell, 'printf "%s" "$B"; echo e >&2; exit 255')
        process.invoke()
        process.signal(SignalCode.TERMINATE)
        found = (process.stdout.decode(), process.stderr, process.rc)
        check(found, ("é", b"e\n", 255))
        # Another connection, the same shell.
        other = WSMan(HOST, **options)
        second = WinRS(other, id=shell.id)
        second._selector_set = shell._selector_set
        process = Process(second, "cat")
        process.begin_invoke()
        process.send(b"from elsewhere", end=True)
        process.end_invoke()
        process.signal(SignalCode.TERMINATE)
        check(process.stdout, b"from elsewhere")


def interrupted():
    client = WSMan(HOST, port=HTTP, ssl=False, auth="kerberos", negotiate_service="HTTP")
    with WinRS(client) as shell:
        # One process: a shell that is just starting another one may lose the signal.
        process = Process(shell, "echo ready; read line; echo no")
        process.begin_invoke()
        while not process.stdout:
            process.poll_invoke()
        process.signal(SignalCode.CTRL_C)
        process.end_invoke()
        process.signal(SignalCode.TERMINATE)
        check((process.stdout, process.rc), (b"ready\n", 130))
        # The shell has outlived it.
        process = Process(shell, "echo again")
        process.invoke()
        process.signal(SignalCode.TERMINATE)
        check((process.stdout, process.rc), (b"again\n", 0))


long_story()
interrupted()
for encryption in ("auto", "always"):
    for scheme in ("kerberos", "negotiate"):
        pypsrp(port=HTTP, ssl=False, auth=scheme, encryption=encryption)
        pypsrp(port=HTTPS, ssl=True, auth=scheme, encryption=encryption)
    for url in (f"http://{HOST}:{HTTP}/wsman", f"https://{HOST}:{HTTPS}/wsman"):
        client = pywinrm(url, encryption)
        shell = client.open_shell()
        check(run(client, shell, "echo hi"), (b"hi\n", b"", 0))
        client.close_shell(shell)
try:
    pypsrp(port=HTTPS, ssl=True, auth="negotiate", negotiate_send_cbt=False)
except AuthenticationError:
    check(LEVEL, "strict")
else:
    check(LEVEL != "strict", True)
print(compared, "passed")
