//! The terminal in the page.

use std::time::{Duration, Instant};

use rustix::termios::tcgetwinsize;
use thirtyfour::Key;

use crate::room::Room;

const SHOWN: &str = "(document.querySelector('.xterm-rows')?.textContent ?? '')";

async fn opened(room: &Room) {
    room.tab_to("#terminal summary").await;
    room.press(Key::Enter).await;
    room.until(&format!("{SHOWN}.includes('CLIENT>')")).await;
}

/// The columns of the terminal in which the page's shell runs, as the kernel has them.
fn columns(room: &Room) -> Option<u16> {
    let words = format!("shell\0--name\0{}\0", room.lab.identity().session);
    std::fs::read_dir("/proc").unwrap().flatten().find_map(|process| {
        let line = std::fs::read_to_string(process.path().join("cmdline")).ok()?;
        let terminal = line.ends_with(&words).then(|| process.path().join("fd/0"))?;
        Some(tcgetwinsize(std::fs::File::open(terminal).ok()?).ok()?.ws_col)
    })
}

/// Gives the window a width, and waits until the terminal has the columns that fit there.
async fn resized(room: &Room, width: u32) -> u16 {
    room.size(width, 720).await;
    let pen = "Object.assign(document.createElement('canvas').getContext('2d'),
        { font: '14px \"DejaVu Sans Mono\", Consolas, monospace' })";
    let place = "document.getElementById('screen').clientWidth";
    let fit = format!("Math.floor(({place} - 20) / {pen}.measureText('m').width)");
    let fit = room.value(&fit).await.as_u64().unwrap();
    let began = Instant::now();
    while columns(room).map(u64::from) != Some(fit) {
        assert!(began.elapsed() < Duration::from_secs(10), "{:?}, not {fit}", columns(room));
        tokio::task::yield_now().await;
    }
    let drawn = format!("document.querySelector('.xterm-screen').clientWidth <= {place}");
    assert_eq!(room.value(&drawn).await, true, "it is cut at {width} pixels");
    u16::try_from(fit).unwrap()
}

pub(crate) async fn takes_lines_and_ends(room: &Room) {
    let watch = "(window.refused = [], document.addEventListener('securitypolicyviolation',
        (event) => window.refused.push(event.violatedDirective)), true)";
    room.value(watch).await;
    opened(room).await;
    room.press("setspn -s HTTP/typed.contoso.com svc_web").await;
    room.press(Key::Enter).await;
    room.until(&format!("{SHOWN}.includes('Updated object')")).await;
    // The page shows what the terminal did.
    room.until("document.querySelector('#names').textContent.includes('HTTP/typed.contoso.com')")
        .await;
    room.until("document.querySelector('#log li')?.textContent.includes('CLIENT> setspn -s')")
        .await;
    assert_eq!(room.value("window.refused").await, serde_json::json!([]), "the policy refused it");
    // The keyboard gets out.
    assert_eq!(room.value("!!document.activeElement.closest('.xterm')").await, true);
    room.tab_back().await;
    room.until("!document.activeElement.closest('.xterm')").await;
    let columns = [resized(room, 700).await, resized(room, 1280).await];
    assert!(columns[0] < columns[1], "{columns:?}");
    // It stands below the picture, and not over it.
    let place = "((id) => document.querySelector(id).getBoundingClientRect())";
    room.value("window.scrollTo(0, 0)").await;
    let below = format!(
        "{place}('#terminal').bottom <= innerHeight && {place}('#terminal').top > innerHeight / 2"
    );
    assert_eq!(room.value(&below).await, true, "the picture is not seen above the terminal");
    let second = format!(
        "(window.second = new WebSocket('ws://{}/terminal?columns=80&rows=24'),
          window.second.onmessage = ({{ data }}) => document.title = data, true)",
        room.host()
    );
    room.value(&second).await;
    room.until("document.title === 'another page has the terminal'").await;
    // It opens again only after the shell of the page before has ended.
    room.browser.refresh().await.unwrap();
    opened(room).await;
}
