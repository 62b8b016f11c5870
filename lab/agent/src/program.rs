//! Runs a program to its end.

use std::io;
use std::os::fd::AsFd;
use std::os::unix::process::ExitStatusExt;
use std::process::{ExitStatus, Stdio};

use rustix::process::{Pid, Signal, kill_process_group};
use spnlab_agent::Ran;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};

/// A shell's status for a program that cannot be run. Below: for one that does not exist.
const NOT_RUN: i64 = 126;
const NOT_FOUND: i64 = 127;

/// Runs a program with its arguments.
pub(crate) async fn run(words: &[String], input: &[u8]) -> Ran {
    let Some((program, arguments)) = words.split_first() else {
        return failed("", &io::ErrorKind::NotFound.into());
    };
    let mut command = Command::new(program);
    command.args(arguments);
    run_command(&mut command, input).await
}

/// Runs this command. A process that it leaves behind may keep the output open. This function does
/// not wait for such a process.
pub(crate) async fn run_command(command: &mut Command, input: &[u8]) -> Ran {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    // A process group of its own, so that the agent can end it with everything that it started.
    command.process_group(0);
    let spawned = command.spawn();
    match spawned {
        Ok(child) => finish(child, input).await,
        Err(error) => failed(&command.as_std().get_program().to_string_lossy(), &error),
    }
}

async fn finish(mut child: Child, input: &[u8]) -> Ran {
    let mut group = Group(child.id().and_then(|id| Pid::from_raw(id.cast_signed())));
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let (Some(mut stdin), Some(mut stdout), Some(mut stderr)) = (stdin, stdout, stderr) else {
        return failed("", &io::ErrorKind::BrokenPipe.into());
    };
    let (mut said, mut complained) = (Vec::new(), Vec::new());
    let feed = async move {
        // A program may end without reading its input.
        let _ = stdin.write_all(input).await;
        drop(stdin);
        std::future::pending().await
    };
    // Only the first of these ends.
    let ended = tokio::select! {
        ended = child.wait() => ended,
        never = feed => never,
        never = read(&mut stdout, &mut said) => never,
        never = read(&mut stderr, &mut complained) => never,
    };
    group.0 = None;
    // The last output is still in the pipes.
    drain(&stdout, &mut said);
    drain(&stderr, &mut complained);
    match ended {
        Ok(status) => Ran {
            status: as_a_shell_gives_it(status),
            stdout: said.into(),
            stderr: complained.into(),
        },
        Err(error) => failed("", &error),
    }
}

/// Reads until the future is dropped.
async fn read<T>(pipe: &mut (impl AsyncRead + Unpin), to: &mut Vec<u8>) -> T {
    while pipe.read_buf(to).await.is_ok_and(|count| count > 0) {}
    std::future::pending().await
}

/// Reads what is in a pipe, without tokio: tokio may not know yet that there is something.
fn drain(pipe: &impl AsFd, to: &mut Vec<u8>) {
    let mut block = [0; 4096];
    loop {
        match rustix::io::read(pipe, &mut block) {
            Ok(0) => return,
            Ok(count) => to.extend_from_slice(&block[..count]),
            Err(rustix::io::Errno::INTR) => {}
            Err(_) => return,
        }
    }
}

/// The process group of a program, until it has ended. Dropping this kills the group.
struct Group(Option<Pid>);

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(group) = self.0 {
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

fn as_a_shell_gives_it(status: ExitStatus) -> i64 {
    let killed = || status.signal().map(|signal| 128 + signal);
    status.code().or_else(killed).unwrap_or(-1).into()
}

fn failed(program: &str, error: &io::Error) -> Ran {
    let status = if error.kind() == io::ErrorKind::NotFound { NOT_FOUND } else { NOT_RUN };
    Ran { status, stderr: format!("{program}: {error}\n").into_bytes().into(), ..Ran::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn sh(script: &str, input: &[u8]) -> (i64, String, String) {
        let words = ["sh", "-c", script].map(str::to_owned);
        let ran = run(&words, input).await;
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        (ran.status, text(ran.stdout.0), text(ran.stderr.0))
    }

    fn is(status: i64, stdout: &str, stderr: &str) -> (i64, String, String) {
        (status, stdout.to_owned(), stderr.to_owned())
    }

    #[tokio::test]
    async fn a_program_has_its_input_two_outputs_and_a_shell_s_status() {
        assert_eq!(sh("cat; echo no >&2; exit 7", b"in").await, is(7, "in", "no\n"));
        assert_eq!(sh("kill -KILL $$", b"").await, is(137, "", ""));
        let nowhere = run(&["/nowhere/program".to_owned()], b"").await;
        assert_eq!(nowhere.status, NOT_FOUND);
        assert!(nowhere.stderr.0.starts_with(b"/nowhere/program: No such file"));
        assert_eq!(run(&["/".to_owned()], b"").await.status, NOT_RUN);
        assert_eq!(run(&[], b"").await.status, NOT_FOUND);
    }

    #[tokio::test]
    async fn input_and_output_may_be_larger_than_a_pipe() {
        let input = vec![b'x'; 1 << 20];
        let (status, stdout, _) = sh("cat", &input).await;
        assert_eq!((status, stdout.len()), (0, input.len()));
        // A program that reads none of its input ends too.
        assert_eq!(sh("exit 3", &input).await, is(3, "", ""));
        let (_, stdout, stderr) =
            sh("head -c 100000 /dev/zero; head -c 100000 /dev/zero >&2", b"").await;
        assert_eq!((stdout.len(), stderr.len()), (100_000, 100_000));
    }

    #[tokio::test]
    async fn what_a_program_leaves_behind_is_not_waited_for() {
        let (status, stdout, _) = sh("sleep 600 & echo $!", b"").await;
        let left: i32 = stdout.trim().parse().unwrap();
        assert_eq!(status, 0);
        rustix::process::kill_process(Pid::from_raw(left).unwrap(), Signal::KILL).unwrap();
    }

    #[tokio::test]
    async fn output_right_before_the_end_is_not_lost() {
        for _ in 0..200 {
            assert_eq!(sh("printf last", b"").await, is(0, "last", ""));
        }
    }
}
