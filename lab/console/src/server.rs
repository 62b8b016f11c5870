//! Serves the page on this machine.
//!
//! Uses: action, desk, guard, page, terminal, watch.

use std::convert::Infallible;
use std::io;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, Form, Query, State, WebSocketUpgrade};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::from_fn_with_state;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use futures::{Stream, stream};
use spnlab_harness::{Error, Lab, Result};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use crate::action::Action;
use crate::desk::{Desk, Refused};
use crate::guard::{Guard, Nonce, guard};
use crate::page::{self, Named};
use crate::terminal::{self, Wanted, Xterm};
use crate::watch::{look, watch};

/// The longest form is a tenth of it.
const LONGEST: usize = 1024;
/// The longest text that somebody pastes into the terminal.
const PASTED: usize = 64 << 10;

/// Where the console finds things.
#[derive(Debug)]
pub struct Place {
    /// The name of the lab, as a user types it.
    pub name: String,
    /// Whether a terminal takes this lab without its name.
    pub is_default: bool,
    /// `spnlab` itself.
    pub program: PathBuf,
}

/// A port of this machine that the console has taken.
#[derive(Debug)]
pub struct Open {
    listener: TcpListener,
    guard: Guard,
}

impl Open {
    /// Takes this port, or any with 0. It is reached from this machine only.
    pub async fn at(port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let guard = Guard::new(listener.local_addr()?);
        Ok(Self { listener, guard })
    }

    /// The address to open, with the key.
    pub fn address(&self) -> String {
        self.guard.address()
    }

    /// Serves until `end`. An action that runs then comes to its own end.
    ///
    /// # Errors
    /// [`Error::LabGone`]: somebody removed the lab.
    pub async fn serve(self, lab: &Lab, place: Place, end: impl Future<Output = ()>) -> Result<()> {
        let Place { name, is_default, program } = place;
        let desk = Arc::new(Desk::new(program, &name));
        let served = Served::new(&desk, Named { name, is_default }, Xterm::of(lab).await);
        let router = router(self.guard, served);
        let begun = look(lab, &desk).await?;
        let served = tokio::select! {
            gone = watch(lab, &desk, begun) => Err(gone),
            served = axum::serve(self.listener, router).into_future() => served
                .map_err(|source| Error::Io { action: "serve the page".to_owned(), source }),
            () = end => Ok(()),
        };
        desk.at_rest().await;
        served
    }
}

/// The page of one lab.
#[derive(Debug, Clone)]
struct Served {
    desk: Arc<Desk>,
    lab: Arc<Named>,
    xterm: Arc<Xterm>,
    /// Whoever has it has the terminal.
    terminal: Arc<Semaphore>,
}

impl Served {
    fn new(desk: &Arc<Desk>, lab: Named, xterm: Xterm) -> Self {
        Self {
            desk: Arc::clone(desk),
            lab: Arc::new(lab),
            xterm: Arc::new(xterm),
            terminal: Arc::new(Semaphore::new(1)),
        }
    }

    fn page(&self, Nonce(nonce): &Nonce, refused: Option<&str>) -> String {
        let has_terminal = !self.xterm.script.is_empty();
        page::page(&self.lab, &self.desk.shown.borrow(), refused, (nonce, has_terminal))
    }
}

fn router(rules: Guard, served: Served) -> Router {
    let Xterm { script, style } = (*served.xterm).clone();
    Router::new()
        .route("/", get(show))
        .route("/do", post(act))
        .route("/events", get(events))
        .route("/page.css", get(async || ([(CONTENT_TYPE, "text/css")], page::css())))
        .route("/page.js", get(async || ([(CONTENT_TYPE, "text/javascript")], page::SCRIPT)))
        .route("/xterm.css", get(async || ([(CONTENT_TYPE, "text/css")], style)))
        .route("/xterm.js", get(async || ([(CONTENT_TYPE, "text/javascript")], script)))
        .route("/terminal", get(open))
        .layer(DefaultBodyLimit::max(LONGEST))
        .layer(from_fn_with_state(Arc::new(rules), guard))
        .with_state(served)
}

async fn show(State(served): State<Served>, nonce: Extension<Nonce>) -> Html<String> {
    Html(served.page(&nonce, None))
}

/// Opens the terminal, unless another page has it.
async fn open(
    State(served): State<Served>,
    Query(wanted): Query<Wanted>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let own = Arc::clone(&served.terminal).try_acquire_owned();
    upgrade.max_message_size(PASTED).on_upgrade(async move |socket| match own {
        Ok(_own) => terminal::serve(socket, &served.desk.program, &served.desk.lab, wanted).await,
        Err(_) => terminal::refuse(socket).await,
    })
}

/// Begins an action. The page says how it goes.
async fn act(
    State(served): State<Served>,
    nonce: Extension<Nonce>,
    Form(action): Form<Action>,
) -> Response {
    let (status, why) = match served.desk.begin(&action) {
        Ok(()) => return Redirect::to("/").into_response(),
        Err(Refused::Busy(line)) => {
            (StatusCode::CONFLICT, format!("{line} is running. Nothing else was begun."))
        }
        Err(Refused::Unknown) => {
            (StatusCode::BAD_REQUEST, "There is no such action, or no plan to apply.".to_owned())
        }
    };
    (status, Html(served.page(&nonce, Some(&why)))).into_response()
}

/// One event at the beginning, and one for each change.
async fn events(
    State(served): State<Served>,
) -> Sse<impl Stream<Item = std::result::Result<Event, Infallible>>> {
    let mut changes = served.desk.shown.subscribe();
    changes.mark_changed();
    let events = stream::unfold(changes, async |mut changes| {
        changes.changed().await.ok()?;
        changes.mark_unchanged();
        Some((Ok(Event::default().data("changed")), changes))
    });
    Sse::new(events).keep_alive(KeepAlive::default())
}

#[cfg(test)]
#[path = "server_tests.rs"]
mod tests;
