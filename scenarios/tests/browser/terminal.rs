//! The terminal in the page.

use thirtyfour::Key;

use crate::room::Room;

const SHOWN: &str = "(document.querySelector('.xterm-rows')?.textContent ?? '')";

async fn opened(room: &Room) {
    room.tab_to("#terminal summary").await;
    room.press(Key::Enter).await;
    room.until(&format!("{SHOWN}.includes('CLIENT>')")).await;
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
    room.until("document.querySelector('#log li').textContent.includes('CLIENT> setspn -s')").await;
    assert_eq!(room.value("window.refused").await, serde_json::json!([]), "the policy refused it");
    // The keyboard gets out.
    assert_eq!(room.value("!!document.activeElement.closest('.xterm')").await, true);
    room.tab_back().await;
    room.until("!document.activeElement.closest('.xterm')").await;
    let second = format!(
        "(window.second = new WebSocket('ws://{}/terminal?columns=80'),
          window.second.onmessage = ({{ data }}) => document.title = data, true)",
        room.host()
    );
    room.value(&second).await;
    room.until("document.title === 'another page has the terminal'").await;
    // It opens again only after the shell of the page before has ended.
    room.browser.refresh().await.unwrap();
    opened(room).await;
}
