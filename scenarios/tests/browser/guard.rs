//! Who gets in.

use thirtyfour::SameSite;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::http::status;
use crate::room::Room;

pub(crate) async fn only_the_key_opens(room: &Room) {
    let host = room.host();
    let name = format!("spnlab-{}", host.rsplit_once(':').unwrap().1);
    let cookie = room.browser.get_named_cookie(name.as_str()).await.unwrap();
    assert_eq!((cookie.http_only, cookie.same_site), (Some(true), Some(SameSite::Strict)));
    assert_eq!(room.value("location.pathname + location.search").await, "/", "the key is gone");
    assert_eq!(room.value("document.cookie").await, "", "no script reads the cookie");
    let own = format!("{name}={}", cookie.value);
    let (page, foreign) = (format!("http://{host}"), "http://evil.example");
    let form = "application/x-www-form-urlencoded";
    // Host, cookie, and what else.
    let get = async |from: &str, cookie: &str| {
        status(host, "GET /", &[("host", from), ("cookie", cookie)]).await
    };
    assert_eq!(get(host, &own).await, 200);
    for (from, cookie) in [
        ("evil.example", &*own),
        ("localhost", &own),
        (host, "x=x"),
        (host, &format!("{name}={}x", &room.key()[1..])),
    ] {
        assert_eq!(get(from, cookie).await, 403, "{from} {cookie}");
    }
    for (key, expected) in [(room.key(), 303), ("x", 403), ("", 403)] {
        let asked = status(host, &format!("GET /?key={key}"), &[("host", host)]).await;
        assert_eq!(asked, expected, "{key}");
    }
    let post = async |origin: &str| {
        let all = [("host", host), ("cookie", &own), ("origin", origin), ("content-type", form)];
        status(host, "POST /do", &all).await
    };
    assert_eq!((post(foreign).await, post("null").await), (403, 403));
    // It has the right to act, and names no action.
    assert_eq!(post(&page).await, 422);
    let socket = async |origin: &str| {
        let all = [
            ("host", host),
            ("cookie", &own),
            ("origin", origin),
            ("upgrade", "websocket"),
            ("sec-websocket-version", "13"),
        ];
        status(host, "GET /terminal?columns=80&rows=24", &all).await
    };
    assert_eq!(socket(foreign).await, 403);
    assert_ne!(socket(&page).await, 403);
}

/// A browser sends the console's cookie from there, too: a site has no port.
pub(crate) async fn another_port_gets_nothing(room: &Room) {
    let page = format!(
        "<!DOCTYPE html><title>other</title><form method=post action='http://{0}/do'>\
         <input name=do value=reset></form><p id=socket>waiting</p><script>\
         const socket = new WebSocket('ws://{0}/terminal?columns=80&rows=24');\
         socket.onopen = () => document.getElementById('socket').textContent = 'open';\
         socket.onerror = () => document.getElementById('socket').textContent = 'refused';\
         </script>",
        room.host()
    );
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let other = format!("http://{}/", listener.local_addr().unwrap());
    let serving = tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            // The request is short, and all pages are alike.
            let _ = stream.read(&mut [0; 4096]).await;
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {}\r\n",
                page.len()
            );
            let _ =
                stream.write_all(format!("{head}connection: close\r\n\r\n{page}").as_bytes()).await;
        }
    });
    room.browser.goto(&other).await.unwrap();
    room.until("document.getElementById('socket').textContent !== 'waiting'").await;
    assert_eq!(room.value("document.getElementById('socket').textContent").await, "refused");
    let submit = "document.forms[0].submit()";
    room.browser.execute(submit, Vec::<serde_json::Value>::new()).await.unwrap();
    room.until("document.body.textContent.includes('another page asks')").await;
    serving.abort();
}
