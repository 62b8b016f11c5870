//! The router in memory. The program that the buttons run is a script of the test.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use axum::body::{Body, to_bytes};
use axum::http::header::{
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, COOKIE, HOST, LOCATION, ORIGIN, SET_COOKIE,
};
use axum::http::request::Builder;
use axum::http::{HeaderName, Request};
use spnlab_harness::SpnInventory;
use spnlab_harness::wire::Time;
use tower::ServiceExt as _;

use super::*;
use crate::seen::tests::lines;
use crate::story::Prefix;

const ADDRESS: &str = "127.0.0.1:4711";
const PAGE: &str = "http://127.0.0.1:4711";

/// A console, and the cookie of its browser.
struct Console {
    router: Router,
    desk: Arc<Desk>,
    key: String,
    cookie: String,
}

impl Console {
    /// Its buttons run this script.
    fn running(folder: &Path, script: &str) -> Self {
        let program = folder.join("spnlab");
        std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o700)).unwrap();
        let desk = Arc::new(Desk::new(program, "lab"));
        let rules = Guard::new(ADDRESS.parse().unwrap());
        let key = rules.address().split_once("?key=").unwrap().1.to_owned();
        let cookie = format!("spnlab-4711={key}");
        let lab = Named { name: "lab".to_owned(), is_default: true };
        let xterm = Xterm { script: "x".to_owned(), style: "y".to_owned() };
        Self { router: router(rules, Served::new(&desk, lab, xterm)), desk, key, cookie }
    }

    async fn ask(&self, request: Builder, body: &str) -> Response {
        let request = request.body(Body::from(body.to_owned())).unwrap();
        self.router.clone().oneshot(request).await.unwrap()
    }

    /// What its own browser gets.
    async fn get(&self, path: &str) -> Response {
        self.ask(Request::get(path).header(HOST, ADDRESS).header(COOKIE, &self.cookie), "").await
    }

    async fn post(&self, form: &str) -> Response {
        self.ask(self.form(), form).await
    }

    fn form(&self) -> Builder {
        let form = "application/x-www-form-urlencoded";
        let request = Request::post("/do").header(HOST, ADDRESS).header(ORIGIN, PAGE);
        request.header(COOKIE, &self.cookie).header(CONTENT_TYPE, form)
    }

    async fn page(&self) -> String {
        text(self.get("/").await).await
    }
}

async fn text(response: Response) -> String {
    String::from_utf8(to_bytes(response.into_body(), 1 << 20).await.unwrap().to_vec()).unwrap()
}

fn header(response: &Response, name: HeaderName) -> &str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn the_key_of_the_address_is_exchanged_for_a_cookie() {
    let folder = tempfile::tempdir().unwrap();
    let console = Console::running(folder.path(), "");
    let address = |key: &str| Request::get(format!("/?key={key}")).header(HOST, ADDRESS);
    let came = console.ask(address(&console.key), "").await;
    assert_eq!((came.status(), header(&came, LOCATION)), (StatusCode::SEE_OTHER, "/"));
    let cookie = format!("{}; Path=/; HttpOnly; SameSite=Strict", console.cookie);
    assert_eq!(header(&came, SET_COOKIE), cookie);
    assert!(text(came).await.is_empty());
    let wrong = console.key.replace(|c: char| c.is_ascii_digit(), "x");
    for key in ["", &wrong, &console.key[1..], "x"] {
        let refused = console.ask(address(key), "").await;
        assert_eq!(refused.status(), StatusCode::FORBIDDEN, "{key}");
        assert_eq!(header(&refused, SET_COOKIE), "");
    }
}

#[tokio::test]
async fn nothing_works_without_the_key_and_every_answer_binds_the_browser() {
    let folder = tempfile::tempdir().unwrap();
    let console = Console::running(folder.path(), "");
    let paths =
        ["/", "/page.css", "/page.js", "/xterm.js", "/terminal", "/events", "/do", "/nowhere"];
    for path in paths {
        for cookie in ["", "spnlab-4711=", "spnlab-4711=x", "x=x; spnlab-4712=x"] {
            let request = Request::get(path).header(HOST, ADDRESS).header(COOKIE, cookie);
            let refused = console.ask(request, "").await;
            assert_eq!(refused.status(), StatusCode::FORBIDDEN, "{path} {cookie}");
            assert!(header(&refused, CONTENT_SECURITY_POLICY).contains("default-src 'none'"));
            assert!(!text(refused).await.contains(&console.key));
        }
        let status = console.get(path).await.status();
        let expected = match path {
            "/do" => StatusCode::METHOD_NOT_ALLOWED,
            "/nowhere" => StatusCode::NOT_FOUND,
            // It names no width, and opens no socket.
            "/terminal" => StatusCode::BAD_REQUEST,
            _ => StatusCode::OK,
        };
        assert_eq!(status, expected, "{path}");
    }
    let page = console.get("/").await;
    let policy = header(&page, CONTENT_SECURITY_POLICY).to_owned();
    assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"), "{policy}");
    let (_, nonce) = policy.split_once("'nonce-").unwrap();
    let page = text(page).await;
    assert!(page.contains(&format!(r#"nonce="{}""#, nonce.trim_end_matches('\''))), "{page}");
    assert!(!page.contains(&console.key) && !console.page().await.contains(nonce));
}

#[tokio::test]
async fn a_socket_is_opened_by_a_page_of_this_address_only() {
    let folder = tempfile::tempdir().unwrap();
    let console = Console::running(folder.path(), "");
    let asked = async |origin: Option<&str>| {
        let request = Request::get("/terminal?columns=80&rows=24").header(HOST, ADDRESS);
        let mut request = request.header(COOKIE, &console.cookie).header("upgrade", "websocket");
        request = request.header("connection", "upgrade").header("sec-websocket-version", "13");
        request = request.header("sec-websocket-key", "AAAAAAAAAAAAAAAAAAAAAA==");
        if let Some(origin) = origin {
            request = request.header(ORIGIN, origin);
        }
        console.ask(request, "").await.status()
    };
    for origin in [None, Some("null"), Some("http://127.0.0.1:4712"), Some("http://evil.example")] {
        assert_eq!(asked(origin).await, StatusCode::FORBIDDEN, "{origin:?}");
    }
    // A request in memory has no connection to upgrade.
    assert_eq!(asked(Some(PAGE)).await, StatusCode::UPGRADE_REQUIRED);
}

#[tokio::test]
async fn another_host_or_another_page_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let console = Console::running(folder.path(), "touch \"$0.ran\"");
    let got = async |host: &str| {
        let request = Request::get("/").header(HOST, host).header(COOKIE, &console.cookie);
        console.ask(request, "").await.status()
    };
    // The last one is the name of a page that resolves to this machine.
    for host in ["127.0.0.1", "127.0.0.1:4712", "localhost:4711", "evil.example:4711"] {
        assert_eq!(got(host).await, StatusCode::FORBIDDEN, "{host}");
    }
    assert_eq!(got(ADDRESS).await, StatusCode::OK);
    let two = Request::get("/").header(HOST, ADDRESS).header(HOST, "evil.example");
    let two = console.ask(two.header(COOKIE, &console.cookie), "").await;
    assert_eq!(two.status(), StatusCode::FORBIDDEN);
    let posted = async |origin: Option<&str>| {
        let mut request = console.form();
        request.headers_mut().unwrap().remove(ORIGIN);
        if let Some(origin) = origin {
            request = request.header(ORIGIN, origin);
        }
        console.ask(request, "do=purge").await.status()
    };
    for origin in
        [None, Some("null"), Some("http://127.0.0.1:4712"), Some("https://127.0.0.1:4711")]
    {
        assert_eq!(posted(origin).await, StatusCode::FORBIDDEN, "{origin:?}");
    }
    console.desk.at_rest().await;
    assert!(!folder.path().join("spnlab.ran").exists());
    assert_eq!(posted(Some(PAGE)).await, StatusCode::SEE_OTHER);
    console.desk.at_rest().await;
    assert!(folder.path().join("spnlab.ran").exists());
}

#[tokio::test]
async fn only_a_small_form_that_names_an_action_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let console = Console::running(folder.path(), "");
    for (form, status) in [
        ("", StatusCode::UNPROCESSABLE_ENTITY),
        ("do=down", StatusCode::UNPROCESSABLE_ENTITY),
        ("do=plan&option=4", StatusCode::UNPROCESSABLE_ENTITY),
        ("do=break&condition=x", StatusCode::BAD_REQUEST),
        ("do=connect&way=spnlab+connect+-c+id", StatusCode::BAD_REQUEST),
        ("do=apply", StatusCode::BAD_REQUEST),
        ("do=leave", StatusCode::SEE_OTHER),
    ] {
        assert_eq!(console.post(form).await.status(), status, "{form}");
        assert_eq!(console.desk.shown.borrow().running, None, "{form}");
    }
    let long = format!("do=purge&x={}", "x".repeat(2000));
    assert_eq!(console.post(&long).await.status(), StatusCode::PAYLOAD_TOO_LARGE);
    let json = console.form();
    let mut json = json;
    json.headers_mut().unwrap().insert(CONTENT_TYPE, "text/plain".parse().unwrap());
    let status = console.ask(json, "do=purge").await.status();
    assert_eq!(status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn one_action_runs_at_a_time_and_its_words_are_shown() {
    let folder = tempfile::tempdir().unwrap();
    let gate = folder.path().join("gate");
    std::process::Command::new("mkfifo").arg(&gate).status().unwrap();
    let script = "read line <\"${0%/*}/gate\"; echo \"$SPNLAB_NAME: $*\"; echo '<b>' >&2; exit 10";
    let console = Console::running(folder.path(), script);
    assert_eq!(console.post("do=break&condition=article").await.status(), StatusCode::SEE_OTHER);
    let busy = console.post("do=reset").await;
    assert_eq!(busy.status(), StatusCode::CONFLICT);
    assert!(text(busy).await.contains("spnlab break article is running"));
    assert!(console.page().await.contains("running: <code>spnlab break article</code>"));
    tokio::fs::write(&gate, "go\n").await.unwrap();
    console.desk.at_rest().await;
    let page = console.page().await;
    assert!(page.contains("<code>spnlab break article</code> ended with 10"), "{page}");
    assert!(page.contains("lab: break article\n&#60;b&#62;"), "{page}");
}

#[tokio::test]
async fn a_plan_is_applied_as_it_was_shown_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    // It plans what the file says, writes down what it did, and says something else each time.
    let script = r#"cd "${0%/*}"; echo "$*" >>did; echo "waiting $$" >&2
        case "$*" in *--plan-only) cat plan;; esac"#;
    let console = Console::running(folder.path(), script);
    let did = || std::fs::read_to_string(folder.path().join("did")).unwrap_or_default();
    let plan = |text| std::fs::write(folder.path().join("plan"), text).unwrap();
    let post = async |form| {
        let status = console.post(form).await.status();
        console.desk.at_rest().await;
        status
    };
    plan("one");
    assert_eq!(post("do=plan&option=1").await, StatusCode::SEE_OTHER);
    assert!(console.page().await.contains("Apply this plan"));
    plan("two");
    assert_eq!(post("do=apply").await, StatusCode::SEE_OTHER);
    assert!(!did().contains("--yes"), "{}", did());
    let page = console.page().await;
    assert!(page.contains("The plan has changed") && page.contains(">two</pre>"), "{page}");
    assert_eq!(post("do=apply").await, StatusCode::SEE_OTHER);
    assert!(did().ends_with("fix --option 1 --plan-only\nfix --option 1 --yes\n"), "{}", did());
    assert!(!console.page().await.contains("Apply this plan"));
    assert_eq!(post("do=apply").await, StatusCode::BAD_REQUEST);
    // Another action puts the plan away.
    post("do=plan&option=2").await;
    post("do=purge").await;
    assert_eq!(post("do=apply").await, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn the_page_shows_the_attempt_and_marks_what_changed() {
    let folder = tempfile::tempdir().unwrap();
    let console = Console::running(folder.path(), "");
    let told = [
        ("spnlab connect", Some("accepted")),
        ("spnlab break article", None),
        ("spnlab connect", Some("ap-refused")),
    ];
    let spns = [
        ("MEM1$".to_owned(), vec!["HOST/mem1".to_owned(), "HTTP/mem1.contoso.com".to_owned()]),
        ("svc_<b>\u{202e}".to_owned(), vec!["HTTP/mem1<script>".to_owned()]),
    ];
    console.desk.saw(|watched| {
        watched.story.take(&lines(&told));
        watched.directory(Some(SpnInventory(spns.into())), Time::EPOCH);
        watched.registry(Prefix::Set("<i>".to_owned()));
    });
    let page = console.page().await;
    assert!(page.contains("<svg") && page.contains(r#"viewBox="26 48"#), "{page}");
    assert!(page.contains("<caption>The same as a table</caption>"));
    assert!(page.contains("It was carried to the wrong door"));
    assert!(page.contains("✕ WinRM"));
    assert!(page.contains(r#"<li class="new">HTTP/mem1.contoso.com <b>new</b></li>"#), "{page}");
    assert!(page.contains(r#"<li class="new">spn_prefix: &#60;i&#62; <b>new</b></li>"#), "{page}");
    assert!(page.contains("new: 00:00:02, spnlab break article (ann)"), "{page}");
    assert!(page.contains("<del>HTTP/www.contoso.com</del>"), "{page}");
    assert!(page.contains("HTTP/mem1&#60;script&#62;"), "{page}");
    assert!(!page.contains("<script>") && !page.contains("svc_<b>") && !page.contains('\u{202e}'));
    assert!(!page.contains("style="), "the policy lets no style through");
}
