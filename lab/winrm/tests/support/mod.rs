//! A throw-away MIT realm and a `winrmd` in it. Every ticket is issued by a real KDC.
#![expect(clippy::expect_used, reason = "a test fails by panicking")]
#![allow(dead_code, reason = "each test program uses a part")]

pub(crate) mod certificate;
mod lines;
pub(crate) mod message;
pub(crate) mod sealed;

pub(crate) use lines::json_lines;
use lines::lines;
use serde_json::Value;
use std::fmt::{Debug, Write as _};
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};
use tempfile::TempDir;

pub(crate) const WAIT: Duration = Duration::from_secs(20);
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/// `nobody`, who runs winrmd and its commands when the tests run as root.
const NOBODY: u32 = 65_534;

/// A child that ends with its owner.
pub(crate) struct Running(pub(crate) Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub(crate) struct Realm {
    pub(crate) dir: TempDir,
    kdc: Option<Running>,
}

pub(crate) struct Endpoint {
    pub(crate) port: u16,
    pub(crate) child: Running,
    log: Receiver<Value>,
}

/// `None`, with the reason on standard error, where MIT's KDC is not installed.
pub(crate) fn realm(test: &str) -> Option<Realm> {
    let look = "command -v krb5kdc && command -v kadmin.local";
    let found = Command::new("sh").env("PATH", PATH).args(["-c", look]).output();
    if !found.expect("a shell runs").status.success() {
        let reason =
            "krb5kdc and kadmin.local are not installed (Debian: krb5-kdc, krb5-admin-server)";
        skipped(test, reason);
        return None;
    }
    Some(Realm::start())
}

/// Waits until something that nobody reports is as it should be.
pub(crate) fn until<T: Debug>(what: &str, look: impl Fn() -> T, is_so: impl Fn(&T) -> bool) {
    let deadline = Instant::now() + WAIT;
    loop {
        let seen = look();
        if is_so(&seen) {
            return;
        }
        assert!(Instant::now() < deadline, "{what}: still {seen:?} after {WAIT:?}");
        std::thread::yield_now();
    }
}

pub(crate) fn skipped(test: &str, reason: &str) {
    // Not eprintln, which the test runner would swallow.
    let _ = writeln!(std::io::stderr(), "skipped: {test}: {reason}");
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port()
}

impl Realm {
    fn start() -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let (path, port) = (dir.path(), free_port());
        let at = path.display();
        fs::write(
            path.join("krb5.conf"),
            format!(
                "[libdefaults]\n default_realm = CONTOSO.COM\n dns_lookup_kdc = false\n \
                 dns_canonicalize_hostname = false\n rdns = false\n udp_preference_limit = 1\n\
                 [realms]\n CONTOSO.COM = {{\n  kdc = 127.0.0.1:{port}\n }}\n\
                 [logging]\n kdc = STDERR\n admin_server = STDERR\n"
            ),
        )
        .expect("krb5.conf");
        fs::write(
            path.join("kdc.conf"),
            format!(
                "[realms]\n CONTOSO.COM = {{\n  database_name = {at}/db\n  key_stash_file = {at}/stash\n  \
                 kdc_listen = 127.0.0.1:{port}\n  kdc_tcp_listen = 127.0.0.1:{port}\n  \
                 supported_enctypes = aes256-cts-hmac-sha1-96:normal aes256-cts-hmac-sha384-192:normal\n }}\n"
            ),
        )
        .expect("kdc.conf");
        let run = |program: &str, arguments: &[&str], input: &str| {
            let output = with_input(program_in(path, program).args(arguments), input);
            assert!(output.status.success(), "{program}: {output:?}");
        };
        run("kdb5_util", &["create", "-s", "-P", "master"], "");
        run("kadmin.local", &[], &kadmin_script(path));
        let mut kdc = program_in(path, "krb5kdc")
            .arg("-n")
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("krb5kdc starts");
        let said = lines(kdc.stderr.take().expect("stderr"));
        let kdc = Running(kdc);
        while !said.recv_timeout(WAIT).expect("krb5kdc is ready").contains("commencing operation") {
        }
        // From here on nobody reads; the thread ends when it cannot hand a line over.
        Self { dir, kdc: Some(kdc) }
    }

    pub(crate) fn stop_kdc(&mut self) {
        self.kdc = None;
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// A program with this realm's configuration.
    pub(crate) fn program(&self, name: &str) -> Command {
        program_in(self.dir.path(), name)
    }

    pub(crate) fn kadmin(&self, script: &str) {
        let output = with_input(&mut self.program("kadmin.local"), script);
        assert!(output.status.success(), "{output:?}");
    }

    /// Runs the client against an endpoint; returns its exit status and report.
    pub(crate) fn client(
        &self,
        endpoint: &Endpoint,
        arguments: &[&str],
        input: &str,
    ) -> (i32, Value) {
        let output = self.client_output(endpoint.port, &[&["--json"], arguments].concat(), input);
        let report = serde_json::from_slice(&output.stdout);
        let report = report.unwrap_or_else(|error| panic!("no report ({error}): {output:?}"));
        (output.status.code().expect("an exit status"), report)
    }

    /// A client that will hold a session; its password is expected on its standard input.
    pub(crate) fn session(&self, port: u16, arguments: &[&str]) -> Command {
        let mut command = self.program(env!("CARGO_BIN_EXE_winrm-client"));
        command
            .args(["--interactive", "--password-stdin", "--no-registry", "--port"])
            .arg(port.to_string())
            .args(arguments)
            .arg("localhost");
        command
    }

    pub(crate) fn client_output(&self, port: u16, arguments: &[&str], input: &str) -> Output {
        let mut command = self.program(env!("CARGO_BIN_EXE_winrm-client"));
        command
            .args(["--no-registry", "--port", &port.to_string()])
            .args(arguments)
            .arg("localhost");
        with_input(&mut command, input)
    }

    /// Starts winrmd with `endpoint.keytab`.
    pub(crate) fn endpoint(&self, more: &[&str]) -> Endpoint {
        self.endpoint_as(NOBODY, more)
    }

    /// The same with another user in place of `nobody`.
    pub(crate) fn endpoint_as(&self, user: u32, more: &[&str]) -> Endpoint {
        let winrmd = env!("CARGO_BIN_EXE_winrmd");
        let is_root = nix::unistd::Uid::effective().is_root();
        let mut command = if is_root {
            // As root it would look for an account named `trainer`.
            for name in [".", "krb5.conf", "endpoint.keytab"] {
                let path = self.path(name);
                std::os::unix::fs::chown(&path, Some(user), None).expect("chown");
                fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("chmod");
            }
            let id = user.to_string();
            let mut command = self.program("setpriv");
            command.args(["--reuid", &id, "--regid", &id, "--clear-groups", winrmd]);
            command
        } else {
            self.program(winrmd)
        };
        let keytab = self.path("endpoint.keytab");
        let mut child = command
            .args(["--listen", "127.0.0.1:0", "--allow", "trainer", "--keytab"])
            .arg(keytab)
            .args(more)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("winrmd starts");
        let log = json_lines(child.stdout.take().expect("stdout"));
        let child = Running(child);
        let first = log.recv_timeout(WAIT).expect("winrmd listens");
        assert_eq!(first["event"], "listening");
        let address = first["address"].as_str().expect("an address");
        let port = address.rsplit(':').next().expect("a port").parse().expect("a port");
        Endpoint { port, child, log }
    }
}

impl Endpoint {
    /// The next line of this kind.
    pub(crate) fn event(&self, kind: &str) -> Value {
        self.event_of(&[kind])
    }

    /// The next line of one of these kinds.
    pub(crate) fn event_of(&self, kinds: &[&str]) -> Value {
        loop {
            let line = self.log.recv_timeout(WAIT).unwrap_or_else(|_| panic!("no {kinds:?} line"));
            if kinds.iter().any(|kind| line["event"] == *kind) {
                return line;
            }
        }
    }

    /// Sends bytes, and returns everything that comes back.
    pub(crate) fn raw(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("a connection");
        stream.set_read_timeout(Some(WAIT)).expect("a time-out");
        stream.write_all(request.as_bytes()).expect("the request is sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    }

    /// Stops winrmd, and returns every line that was left.
    pub(crate) fn stop(mut self) -> Vec<Value> {
        let pid = i32::try_from(self.child.0.id()).expect("a pid");
        let pid = nix::unistd::Pid::from_raw(pid);
        nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM).expect("kill");
        let status = self.child.0.wait().expect("winrmd ends");
        assert!(status.success(), "{status}");
        self.log.iter().collect()
    }
}

fn program_in(dir: &Path, name: &str) -> Command {
    let mut command = Command::new(name);
    command
        .env_clear()
        .env("PATH", PATH)
        .env("HOME", dir)
        .env("LC_ALL", "C")
        .env("KRB5_CONFIG", dir.join("krb5.conf"))
        .env("KRB5_KDC_PROFILE", dir.join("kdc.conf"))
        .env("KRB5CCNAME", format!("FILE:{}", dir.join("default.ccache").display()));
    command
}

pub(crate) fn with_input(command: &mut Command, input: &str) -> Output {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("stdin");
    let input = input.to_owned();
    let writer = std::thread::spawn(move || {
        let _ = stdin.write_all(input.as_bytes());
    });
    let output = child.wait_with_output().expect("the program ends");
    writer.join().expect("the writer ends");
    output
}

/// HTTP decrypts; the keytab knows MISPLACED not at all, REMADE with another key of the same kvno,
/// and ROLLED with an older kvno.
fn kadmin_script(dir: &Path) -> String {
    let keytab = dir.join("endpoint.keytab");
    let keytab = keytab.display();
    let mut script = String::new();
    for (user, password) in [("trainer", "Training-Trainer-1"), ("visitor", "Training-Visitor-1")] {
        let _ = writeln!(script, "addprinc +requires_preauth -pw {password} {user}");
    }
    for class in ["HTTP", "REMADE", "ROLLED", "MISPLACED", "host"] {
        let _ = writeln!(script, "addprinc -randkey {class}/localhost");
    }
    for class in ["HTTP", "REMADE", "ROLLED", "host"] {
        let _ = writeln!(script, "ktadd -norandkey -k {keytab} {class}/localhost");
    }
    script.push_str("delprinc -force REMADE/localhost\naddprinc -randkey REMADE/localhost\n");
    script.push_str("cpw -randkey ROLLED/localhost\n");
    script
}
