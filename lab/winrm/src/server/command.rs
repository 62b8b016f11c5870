//! One running command: a process group, two bounded output streams, one input stream.
//!
//! Output waits in a bounded queue; when it is full, the reading stops and the program blocks on
//! its pipe. A command is done when its process has ended **and** both pipes are closed.

use super::account::Account;
use super::config::Limits;
use super::operations::CommandLine;
use super::privilege::Privilege;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use std::ffi::CString;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::{Mutex, mpsc, watch};
use tokio::time::{Instant, timeout_at};

const CHUNK: usize = 16 * 1024;
/// 64 chunks: 1 MiB of output at most waits for a client.
const OUTPUT_CHUNKS: usize = 64;
/// One Send holds at most an envelope; two of them may wait.
const INPUT_MESSAGES: usize = 2;

/// Bytes of one stream.
pub(crate) struct Chunk {
    pub(crate) stream: &'static str,
    pub(crate) data: Vec<u8>,
}

/// What a Receive brings.
pub(crate) struct Received {
    pub(crate) chunks: Vec<Chunk>,
    pub(crate) exit_code: Option<i32>,
}

/// What runs, and where.
pub(crate) struct Program<'a> {
    pub(crate) line: CommandLine,
    pub(crate) account: &'a Account,
    pub(crate) directory: &'a Path,
    pub(crate) environment: &'a [(String, String)],
    pub(crate) limits: &'a Limits,
}

enum Input {
    Data(Vec<u8>),
    End,
}

struct Output {
    queue: mpsc::Receiver<Chunk>,
    leftover: Option<Chunk>,
}

/// A command that was started.
pub(crate) struct Running {
    /// What the client wrote.
    pub(crate) line: String,
    pub(crate) started: Instant,
    group: Pid,
    output: Mutex<Output>,
    input: mpsc::Sender<Input>,
    exit: watch::Receiver<Option<i32>>,
}

impl Running {
    /// Starts a program; `done` is called once with its exit code.
    pub(crate) fn start(
        program: Program<'_>,
        done: impl FnOnce(i32) + Send + 'static,
    ) -> std::io::Result<Self> {
        let mut child = spawn(&program)?;
        let pid = child.id().and_then(|id| i32::try_from(id).ok()).unwrap_or(i32::MAX);
        let (chunks, queue) = mpsc::channel(OUTPUT_CHUNKS);
        let (input, messages) = mpsc::channel(INPUT_MESSAGES);
        let (exited, exit) = watch::channel(None);
        if let Some(stdin) = child.stdin.take() {
            tokio::spawn(feed(stdin, messages));
        }
        let stdout = child.stdout.take().map(|pipe| drain("stdout", pipe, chunks.clone()));
        let stderr = child.stderr.take().map(|pipe| drain("stderr", pipe, chunks));
        let drained = tokio::spawn(async move { tokio::join!(maybe(stdout), maybe(stderr)) });
        let group = Pid::from_raw(pid);
        tokio::spawn(async move {
            let code = child.wait().await.map_or(-1, exit_code);
            done(code);
            let _ = drained.await;
            // Whatever the command left behind in its group ends with it. This is the last use
            // of the number: once it is free, it may become somebody else's.
            let _ = killpg(group, Signal::SIGKILL);
            let _ = exited.send(Some(code));
        });
        let output = Mutex::new(Output { queue, leftover: None });
        let (line, started) = (program.line.text, Instant::now());
        Ok(Self { line, started, group, output, input, exit })
    }

    /// Waits for output or the end. `None` if neither came in time. `room` is how many bytes fit.
    pub(crate) async fn receive(&self, wait: Duration, room: usize) -> Option<Received> {
        let deadline = Instant::now() + wait;
        let mut output = timeout_at(deadline, self.output.lock()).await.ok()?;
        let first = match output.leftover.take() {
            Some(chunk) => Some(chunk),
            None => timeout_at(deadline, output.queue.recv()).await.ok()?,
        };
        let mut chunks = Vec::new();
        if let Some(first) = first {
            output.leftover = Some(first);
            output.collect(room, &mut chunks);
            if !(output.leftover.is_none() && output.queue.is_closed() && output.queue.is_empty()) {
                return Some(Received { chunks, exit_code: None });
            }
        }
        // Both pipes are closed: what is left is the exit code.
        let mut exit = self.exit.clone();
        let ended = async { exit.wait_for(Option::is_some).await.map_or(Some(-1), |code| *code) };
        let exit_code = match timeout_at(deadline, ended).await {
            Ok(code) => code,
            Err(_) if chunks.is_empty() => return None,
            Err(_) => None,
        };
        Some(Received { chunks, exit_code })
    }

    /// Hands bytes to the program. `false` if it did not take them in time; then none were taken.
    pub(crate) async fn send(&self, data: Vec<u8>, end: bool, wait: Duration) -> bool {
        let deadline = Instant::now() + wait;
        let Ok(slot) = timeout_at(deadline, self.input.reserve()).await else {
            return false;
        };
        // A program that has closed its input or has ended loses the bytes, as on any pipe.
        let Ok(slot) = slot else { return true };
        slot.send(Input::Data(data));
        if end {
            // The queue closes in order, so the end cannot overtake the bytes.
            let input = self.input.clone();
            tokio::spawn(async move { input.send(Input::End).await });
        }
        true
    }

    /// Whether it has ended.
    pub(crate) fn is_done(&self) -> bool {
        self.exit.borrow().is_some()
    }

    /// Signals the whole process group, unless the command is over.
    pub(crate) fn signal(&self, signal: Signal) {
        if !self.is_done() {
            // ESRCH only means that everybody has ended.
            let _ = killpg(self.group, signal);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.signal(Signal::SIGKILL);
    }
}

impl Output {
    fn collect(&mut self, mut room: usize, chunks: &mut Vec<Chunk>) {
        while let Some(mut chunk) = self.leftover.take().or_else(|| self.queue.try_recv().ok()) {
            if chunk.data.len() > room {
                let data = chunk.data.split_off(room);
                self.leftover = Some(Chunk { stream: chunk.stream, data });
            }
            room -= chunk.data.len();
            if !chunk.data.is_empty() {
                chunks.push(chunk);
            }
            if self.leftover.is_some() || room == 0 {
                return;
            }
        }
    }
}

fn spawn(program: &Program<'_>) -> std::io::Result<Child> {
    let [name, arguments @ ..] = program.line.argv.as_slice() else {
        return Err(std::io::ErrorKind::NotFound.into());
    };
    let account = program.account;
    let mut command = Command::new(name);
    command
        .args(arguments)
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .env("HOME", &account.home)
        .env("USER", &account.name)
        .env("LOGNAME", &account.name)
        .env("LANG", "C.UTF-8")
        .envs(program.environment.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true);
    let directory = CString::new(program.directory.as_os_str().as_bytes())?;
    let ids = account.ids.clone().map(|ids| (ids.uid, ids.gid, ids.groups));
    let (processes, open_files) = (program.limits.processes, program.limits.open_files);
    Privilege { ids, directory, processes, open_files }.apply(&mut command);
    command.spawn()
}

async fn feed(mut stdin: ChildStdin, mut messages: mpsc::Receiver<Input>) {
    while let Some(Input::Data(data)) = messages.recv().await {
        if stdin.write_all(&data).await.is_err() {
            return;
        }
    }
}

async fn maybe(work: Option<impl Future<Output = ()>>) {
    if let Some(work) = work {
        work.await;
    }
}

async fn drain(
    stream: &'static str,
    mut pipe: impl AsyncRead + Unpin,
    chunks: mpsc::Sender<Chunk>,
) {
    let mut buffer = vec![0; CHUNK];
    while let Ok(count @ 1..) = pipe.read(&mut buffer).await {
        let Some(data) = buffer.get(..count) else { return };
        if chunks.send(Chunk { stream, data: data.to_vec() }).await.is_err() {
            return;
        }
    }
}

/// Signals are reported as a shell reports them.
fn exit_code(status: ExitStatus) -> i32 {
    status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0))
}
