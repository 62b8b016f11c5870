//! Lines of a program, as they come.

use serde_json::Value;
use std::io::{BufRead as _, BufReader};
use std::process::ChildStdout;
use std::sync::mpsc::{Receiver, channel};

pub(super) fn lines<R: std::io::Read + Send + 'static>(pipe: R) -> Receiver<String> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    receiver
}

pub(crate) fn json_lines(pipe: ChildStdout) -> Receiver<Value> {
    let (sender, receiver) = channel();
    let text = lines(pipe);
    std::thread::spawn(move || {
        for line in text {
            let value = serde_json::from_str(&line).expect("a JSON line");
            if sender.send(value).is_err() {
                return;
            }
        }
    });
    receiver
}
