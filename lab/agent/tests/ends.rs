//! The agent as a program: it answers over its standard streams. At the end of its input it ends
//! itself and the program that it runs.

#![expect(clippy::unwrap_used, reason = "a test may fail by a panic")]

use std::process::Stdio;

use spnlab_agent::{Contents, PROTOCOL, Ran, Request, Run, codec, receive, send};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio_util::codec::{FramedRead, FramedWrite, LengthDelimitedCodec};

struct Agent {
    child: Child,
    requests: FramedWrite<ChildStdin, LengthDelimitedCodec>,
    answers: FramedRead<ChildStdout, LengthDelimitedCodec>,
}

fn agent() -> Agent {
    let mut child = Command::new(env!("CARGO_BIN_EXE_spnlab-agent"))
        .arg(PROTOCOL)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let requests = FramedWrite::new(child.stdin.take().unwrap(), codec());
    let answers = FramedRead::new(child.stdout.take().unwrap(), codec());
    Agent { child, requests, answers }
}

fn sh(script: &str) -> Request {
    let command = ["sh", "-c", script].map(str::to_owned).into();
    Request::Run(Run { command, input: b"in\n".to_vec().into() })
}

#[tokio::test]
async fn one_request_after_the_other_is_answered_until_the_input_ends() {
    let Agent { mut child, mut requests, mut answers } = agent();
    for status in 0..3 {
        send(&mut requests, sh(&format!("cat; exit {status}"))).await.unwrap();
        let ran: Result<Ran, String> = receive(&mut answers).await.unwrap().unwrap();
        let stdout = b"in\n".to_vec().into();
        assert_eq!(ran, Ok(Ran { status, stdout, ..Ran::default() }));
    }
    send(&mut requests, Request::ReadFile { path: "/nowhere/file".into() }).await.unwrap();
    let failed: Result<Contents, String> = receive(&mut answers).await.unwrap().unwrap();
    assert!(failed.unwrap_err().starts_with("/nowhere/file: No such file"));
    drop(requests);
    assert!(child.wait().await.unwrap().success());
}

#[tokio::test]
async fn at_the_end_of_its_input_it_ends_and_leaves_no_process() {
    let Agent { mut child, mut requests, mut answers } = agent();
    let folder = tempfile::tempdir().unwrap();
    let fifo = folder.path().join("fifo");
    // The agent's program and its child hold the fifo open for as long as they live.
    let script = format!(
        "mkfifo {fifo}; exec 3<>{fifo}; echo begun >&3; sleep 600 & sleep 600",
        fifo = fifo.display()
    );
    send(&mut requests, sh(&script)).await.unwrap();
    let begun = async {
        loop {
            if let Ok(file) = std::fs::File::open(&fifo) {
                break file;
            }
            tokio::task::yield_now().await;
        }
    };
    let fifo = begun.await;
    drop(requests);
    let nothing = receive::<Result<Ran, String>>(&mut answers).await.unwrap();
    assert_eq!(nothing, None, "it has ended without an answer");
    assert!(child.wait().await.unwrap().success());
    // The read ends when nobody holds the fifo open.
    let read = tokio::task::spawn_blocking(move || {
        use std::io::Read;
        let mut text = String::new();
        (&fifo).read_to_string(&mut text).unwrap();
        text
    });
    assert!(["", "begun\n"].contains(&read.await.unwrap().as_str()));
}

#[tokio::test]
async fn another_protocol_is_refused_in_words() {
    let program = env!("CARGO_BIN_EXE_spnlab-agent");
    let other = Command::new(program).arg("--protocol=0").output().await.unwrap();
    assert_eq!(other.status.code(), Some(2));
    let words = String::from_utf8_lossy(&other.stderr).into_owned();
    assert!(words.contains(PROTOCOL) && words.contains("--protocol=0"), "{words}");
}

#[tokio::test]
async fn a_forwarded_connection_ends_when_the_server_has_answered() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let server = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = server.local_addr().unwrap().port().to_string();
    let mut agent = Command::new(env!("CARGO_BIN_EXE_spnlab-agent"))
        .args(["forward", &port])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let (mut connection, _) = server.accept().await.unwrap();
    let mut input = agent.stdin.take().unwrap();
    input.write_all(b"asked").await.unwrap();
    let mut asked = [0; 5];
    connection.read_exact(&mut asked).await.unwrap();
    assert_eq!(&asked, b"asked");
    drop(input);
    assert_eq!(connection.read(&mut [0]).await.unwrap(), 0, "the end of the input goes on");
    connection.write_all(b"answered").await.unwrap();
    drop(connection);
    let ended = agent.wait_with_output().await.unwrap();
    assert!(ended.status.success());
    assert_eq!(ended.stdout, b"answered");
}
