//! Serves the page on this machine, and looks at the lab.
//!
//! Uses: action, desk, guard, log, page, seen.

use std::convert::Infallible;
use std::io;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Form, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::from_fn_with_state;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use futures::{Stream, stream};
use spnlab_harness::{Error, Lab, Result, Role};
use tokio::net::TcpListener;
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::action::Action;
use crate::desk::{Desk, Refused};
use crate::guard::{Guard, guard};
use crate::log::Done;
use crate::page::{self, Named};
use crate::seen::Story;

/// How often the console looks. Nobody tells it when a terminal or another program has changed the
/// directory.
const LOOK: Duration = Duration::from_secs(1);
/// A directory that takes longer does not answer.
const PATIENCE: Duration = Duration::from_secs(3);
/// The longest form is a tenth of it.
const LONGEST: usize = 1024;

/// Where the console finds things.
#[derive(Debug)]
pub struct Place {
    /// The name of the lab, as a user types it.
    pub name: String,
    /// Whether a terminal takes this lab without its name.
    pub is_default: bool,
    /// The log of the lab.
    pub log: PathBuf,
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
        let Place { name, is_default, log, program } = place;
        let desk = Arc::new(Desk::new(program, &name));
        let router = router(self.guard, Arc::clone(&desk), Named { name, is_default });
        let mut story = Story::default();
        // The first page has something to show.
        look(lab, &log, &mut story, &desk).await?;
        let served = tokio::select! {
            gone = watch(lab, &log, &mut story, &desk) => Err(gone),
            served = axum::serve(self.listener, router).into_future() => served
                .map_err(|source| Error::Io { action: "serve the page".to_owned(), source }),
            () = end => Ok(()),
        };
        desk.at_rest().await;
        served
    }
}

/// Looks at the lab until it is gone.
async fn watch(lab: &Lab, log: &Path, story: &mut Story, desk: &Desk) -> Error {
    let mut ticks = interval(LOOK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = desk.ended.notified() => {}
        }
        if let Err(gone) = look(lab, log, story, desk).await {
            return gone;
        }
    }
}

/// Looks once: at what was done, and at the directory.
async fn look(lab: &Lab, log: &Path, story: &mut Story, desk: &Desk) -> Result<()> {
    let done = Done::all(log);
    if story.done != done {
        *story = Story::read(done);
    }
    let spns = if lab.is_paused(Role::Dc1).await {
        None
    } else {
        timeout(PATIENCE, lab.dc1().spns()).await.ok().and_then(Result::ok)
    };
    if spns.is_none() && lab.was_removed().await {
        return Err(Error::LabGone { name: lab.identity().name.clone() });
    }
    desk.saw(story.seen(spns));
    Ok(())
}

/// The page of one lab.
#[derive(Debug, Clone)]
struct Served {
    desk: Arc<Desk>,
    lab: Arc<Named>,
}

fn router(rules: Guard, desk: Arc<Desk>, lab: Named) -> Router {
    Router::new()
        .route("/", get(show))
        .route("/do", post(act))
        .route("/events", get(events))
        .route("/page.css", get(async || ([(CONTENT_TYPE, "text/css")], page::css())))
        .route("/page.js", get(async || ([(CONTENT_TYPE, "text/javascript")], page::SCRIPT)))
        .layer(DefaultBodyLimit::max(LONGEST))
        .layer(from_fn_with_state(Arc::new(rules), guard))
        .with_state(Served { desk, lab: Arc::new(lab) })
}

async fn show(State(served): State<Served>) -> Html<String> {
    Html(page::page(&served.lab, &served.desk.shown.borrow(), None))
}

/// Begins an action. The page says how it goes.
async fn act(State(served): State<Served>, Form(action): Form<Action>) -> Response {
    let (status, why) = match served.desk.begin(&action) {
        Ok(()) => return Redirect::to("/").into_response(),
        Err(Refused::Busy(line)) => {
            (StatusCode::CONFLICT, format!("{line} is running. Nothing else was begun."))
        }
        Err(Refused::Unknown) => {
            (StatusCode::BAD_REQUEST, "There is no such action, or no plan to apply.".to_owned())
        }
    };
    let page = page::page(&served.lab, &served.desk.shown.borrow(), Some(&why));
    (status, Html(page)).into_response()
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
