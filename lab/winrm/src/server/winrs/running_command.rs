//! One running command: two bounded output streams, one input stream, and the host of its
//! processes.
//!
//! Output waits in a bounded queue. When it is full, the endpoint stops reading, and the program
//! blocks on its pipe. A command is done when its process has ended, both pipes are closed **and**
//! all processes that it left behind are gone.

use super::quota::{ByteBudget, Counted, UserQuota};
use crate::server::lock::lock;
use crate::server::spawner::{Host, Orders, Program, Report, Reports, Spawner};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::AsyncWriteExt as _;
use tokio::net::unix::pipe;
use tokio::sync::{OwnedSemaphorePermit, mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

const CHUNK: usize = 16 * 1024;
/// 64 chunks: at most 1 MiB of output waits for a client.
const OUTPUT_CHUNKS: usize = 64;
/// One Send holds at most an envelope. Two of them may wait.
const INPUT_MESSAGES: usize = 2;
/// What each command may keep waiting besides its user's budget: a chunk for each stream.
const OWN_BYTES: usize = 2 * CHUNK;

/// Bytes of one stream.
struct Chunk {
    stream: &'static str,
    data: Vec<u8>,
    /// The bytes' share of the budget, until the client has them.
    _permit: OwnedSemaphorePermit,
}

/// The result of a Receive.
pub(crate) struct Received {
    pub(crate) chunks: Vec<(&'static str, Vec<u8>)>,
    pub(crate) exit_code: Option<i32>,
}

enum Input {
    Data(Vec<u8>, OwnedSemaphorePermit),
    End,
}

struct Output {
    queue: mpsc::Receiver<Chunk>,
    leftover: Option<Chunk>,
}

/// Keeps a command alive. Dropping it ends the command's processes, and nobody reads or writes its
/// streams after that.
struct Lifeline {
    orders: Orders,
    _streams: watch::Sender<()>,
}

type SharedLifeline = Arc<Mutex<Option<Lifeline>>>;

/// A started command.
pub(crate) struct RunningCommand {
    /// The beginning of the client's command line.
    pub(crate) line: String,
    pub(crate) started: Instant,
    output: tokio::sync::Mutex<Output>,
    input: mpsc::Sender<Input>,
    input_budget: ByteBudget,
    lifeline: SharedLifeline,
    exit: watch::Receiver<Option<i32>>,
}

impl RunningCommand {
    /// Starts a program. It calls `done` once with the exit code, and drops `counted` when all
    /// processes of the command are gone.
    pub(super) async fn start(
        spawner: &Spawner,
        program: &Program,
        line: String,
        quota: &UserQuota,
        counted: Vec<Counted>,
        done: impl FnOnce(i32) + Send + 'static,
    ) -> std::io::Result<Self> {
        let Host { orders, reports, stdin, stdout, stderr } =
            spawner.start_command(program).await?;
        let (chunks, queue) = mpsc::channel(OUTPUT_CHUNKS);
        let (input, messages) = mpsc::channel(INPUT_MESSAGES);
        let (exited, exit) = watch::channel(None);
        let (streams, open) = watch::channel(());
        let lifeline = Lifeline { orders, _streams: streams };
        let lifeline = Arc::new(Mutex::new(Some(lifeline)));
        let output_budget = quota.output(OWN_BYTES);
        let fed = tokio::spawn(until_closed(open.clone(), feed(stdin, messages)));
        let drain = |stream, pipe, chunks| {
            let drain = drain(stream, pipe, output_budget.clone(), chunks);
            tokio::spawn(until_closed(open.clone(), drain))
        };
        let drained = [drain("stdout", stdout, chunks.clone()), drain("stderr", stderr, chunks)];
        let end = CommandEnd { lifeline: Arc::clone(&lifeline), reports };
        tokio::spawn(async move {
            let code = end.wait(fed, drained, done).await;
            drop(counted);
            let _ = exited.send(Some(code));
        });
        let output = tokio::sync::Mutex::new(Output { queue, leftover: None });
        let input_budget = quota.input(OWN_BYTES);
        let started = Instant::now();
        Ok(Self { line, started, output, input, input_budget, lifeline, exit })
    }

    /// Waits for output or the end. `None` if neither came in time. `most` is the number of bytes
    /// that fit.
    pub(crate) async fn receive(&self, wait: Duration, most: usize) -> Option<Received> {
        let deadline = Instant::now() + wait;
        let mut output = timeout_at(deadline, self.output.lock()).await.ok()?;
        let first = match output.leftover.take() {
            Some(chunk) => Some(chunk),
            None => timeout_at(deadline, output.queue.recv()).await.ok()?,
        };
        let mut chunks = Vec::new();
        if let Some(first) = first {
            output.leftover = Some(first);
            output.collect(most, &mut chunks);
            if !(output.leftover.is_none() && output.queue.is_closed() && output.queue.is_empty()) {
                return Some(Received { chunks, exit_code: None });
            }
        }
        // Both pipes are closed. Only the exit code is missing.
        let mut exit = self.exit.clone();
        let ended = async { exit.wait_for(Option::is_some).await.map_or(Some(-1), |code| *code) };
        let exit_code = match timeout_at(deadline, ended).await {
            Ok(code) => code,
            Err(_) if chunks.is_empty() => return None,
            Err(_) => None,
        };
        Some(Received { chunks, exit_code })
    }

    /// Passes bytes to the program. `false` if it did not take them in time; then it took none.
    pub(crate) async fn send(&self, data: Vec<u8>, end: bool, wait: Duration) -> bool {
        let deadline = Instant::now() + wait;
        let Ok(slot) = timeout_at(deadline, self.input.reserve()).await else {
            return false;
        };
        // A program that has ended or closed its input loses the bytes, as on any pipe.
        let Ok(slot) = slot else { return true };
        let Ok(Some(permit)) = timeout_at(deadline, self.input_budget.take(data.len())).await
        else {
            return false;
        };
        slot.send(Input::Data(data, permit));
        if end {
            // The queue keeps its order, so the end cannot overtake the bytes.
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
    pub(crate) fn interrupt(&self) {
        if let Some(lifeline) = lock(&self.lifeline).as_ref() {
            lifeline.orders.interrupt();
        }
    }

    /// Ends all its processes.
    pub(crate) fn end(&self) {
        drop(lock(&self.lifeline).take());
    }

    /// Waits until all its processes have ended.
    pub(crate) async fn ended(&self) {
        let _ = self.exit.clone().wait_for(Option::is_some).await;
    }
}

impl Drop for RunningCommand {
    fn drop(&mut self) {
        self.end();
    }
}

/// Watches a command until all its processes are gone.
struct CommandEnd {
    lifeline: SharedLifeline,
    reports: Reports,
}

impl CommandEnd {
    async fn wait<T>(
        mut self,
        fed: JoinHandle<()>,
        drained: [JoinHandle<T>; 2],
        done: impl FnOnce(i32),
    ) -> i32 {
        let code = match self.reports.next().await {
            Some(Report::Ended(code)) => code,
            // The host was killed.
            _ => -1,
        };
        done(code);
        for stream in drained {
            let _ = stream.await;
        }
        // This ends everything that the command left behind.
        drop(lock(&self.lifeline).take());
        // Drops input that it never read. Its memory counts as the command's.
        let _ = fed.await;
        while self.reports.next().await.is_some() {}
        code
    }
}

impl Output {
    fn collect(&mut self, mut most: usize, chunks: &mut Vec<(&'static str, Vec<u8>)>) {
        while let Some(mut chunk) = self.leftover.take().or_else(|| self.queue.try_recv().ok()) {
            let taken = chunk.data.len().min(most);
            let rest = chunk.data.split_off(taken);
            if taken > 0 {
                chunks.push((chunk.stream, std::mem::replace(&mut chunk.data, rest)));
            } else {
                chunk.data = rest;
            }
            most -= taken;
            if !chunk.data.is_empty() {
                self.leftover = Some(chunk);
            }
            if self.leftover.is_some() || most == 0 {
                return;
            }
        }
    }
}

/// Works on a stream until the command must end. Another process may hold the stream open for ever.
async fn until_closed(mut open: watch::Receiver<()>, work: impl Future<Output = ()>) {
    tokio::select! {
        biased;
        () = work => {}
        _ = open.changed() => {}
    }
}

async fn feed(mut stdin: pipe::Sender, mut messages: mpsc::Receiver<Input>) {
    while let Some(Input::Data(data, _permit)) = messages.recv().await {
        if stdin.write_all(&data).await.is_err() {
            return;
        }
    }
}

/// Takes memory only for bytes that have arrived and fit into the budget.
async fn drain(
    stream: &'static str,
    pipe: pipe::Receiver,
    budget: ByteBudget,
    chunks: mpsc::Sender<Chunk>,
) {
    loop {
        let (Ok(slot), Ok(())) = (chunks.reserve().await, pipe.readable().await) else { return };
        let Some(mut permit) = budget.take(CHUNK).await else { return };
        let mut data = Vec::with_capacity(CHUNK);
        match pipe.try_read_buf(&mut data) {
            Ok(1..) => {}
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => continue,
            Ok(0) | Err(_) => return,
        }
        data.shrink_to_fit();
        drop(permit.split(CHUNK - data.len()));
        slot.send(Chunk { stream, data, _permit: permit });
    }
}
