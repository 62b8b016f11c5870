//! Who may ask: the browser that was given the key, on a page of this address.
//!
//! Other programs of this machine, and pages of other sites in the same browser, can reach the
//! port.
//!
//! Uses: no other room.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, COOKIE, HOST, LOCATION, ORIGIN, REFERRER_POLICY,
    SET_COOKIE, UPGRADE, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use uuid::Uuid;

/// Behind it, the styles with this answer's nonce: xterm.js makes two elements of styles.
const POLICY: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self'; \
                      form-action 'self'; frame-ancestors 'none'; base-uri 'none'; style-src 'self'";

/// A word that nobody can know before the answer has it.
#[derive(Debug, Clone)]
pub(crate) struct Nonce(pub(crate) String);

/// The rules of one address.
#[derive(Debug)]
pub(crate) struct Guard {
    host: String,
    origin: String,
    key: String,
    /// Cookies belong to a host, and not to a port: each console has a cookie of its own.
    cookie: String,
}

/// What becomes of a request.
#[derive(Debug, PartialEq, Eq)]
enum Pass {
    Come,
    /// The address has the key: the cookie takes its place.
    Exchange,
    Refuse(&'static str),
}

impl Guard {
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self {
            host: address.to_string(),
            origin: format!("http://{address}"),
            // 244 bits from the kernel.
            key: format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple()),
            cookie: format!("spnlab-{}", address.port()),
        }
    }

    /// The address to open, with the key.
    pub(crate) fn address(&self) -> String {
        format!("{}/?key={}", self.origin, self.key)
    }

    fn check(&self, request: &Request) -> Pass {
        let headers = request.headers();
        if only(headers, &HOST) != Some(self.host.as_str()) {
            return Pass::Refuse("this console has another address");
        }
        // A browser names the page that posts or opens a socket. What is no browser must name it,
        // too.
        let gets = [Method::GET, Method::HEAD].contains(request.method());
        let reads = gets && !headers.contains_key(UPGRADE);
        let origin_is_missing = !headers.contains_key(ORIGIN);
        if !(reads && origin_is_missing) && only(headers, &ORIGIN) != Some(self.origin.as_str()) {
            return Pass::Refuse("another page asks");
        }
        let given = request.uri().query().and_then(|query| query.strip_prefix("key="));
        if reads && given.is_some_and(|given| same(given, &self.key)) {
            return Pass::Exchange;
        }
        if self.has_cookie(headers) {
            return Pass::Come;
        }
        Pass::Refuse("open the address that spnlab console printed: it has the key")
    }

    fn has_cookie(&self, headers: &HeaderMap) -> bool {
        let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
        let mut pairs = lines.flat_map(|line| line.split("; ")).filter_map(|p| p.split_once('='));
        pairs.any(|(name, value)| name == self.cookie && same(value, &self.key))
    }
}

/// The value of a header that is there once.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut all = headers.get_all(name).iter();
    let first = all.next()?;
    if all.next().is_some() { None } else { first.to_str().ok() }
}

/// Compares secrets. The time that it takes does not say where they differ.
fn same(one: &str, other: &str) -> bool {
    let differences = one.bytes().zip(other.bytes()).fold(0, |all, (a, b)| all | (a ^ b));
    one.len() == other.len() && differences == 0
}

/// Lets a request through, or not. Every answer has the headers that bind the browser.
pub(crate) async fn guard(
    State(guard): State<Arc<Guard>>,
    mut request: Request,
    next: Next,
) -> Response {
    let nonce = Uuid::new_v4().simple().to_string();
    let policy = format!("{POLICY} 'nonce-{nonce}'");
    request.extensions_mut().insert(Nonce(nonce));
    let mut response = match guard.check(&request) {
        Pass::Come => next.run(request).await,
        Pass::Exchange => {
            let cookie =
                format!("{}={}; Path=/; HttpOnly; SameSite=Strict", guard.cookie, guard.key);
            (StatusCode::SEE_OTHER, [(LOCATION, "/".to_owned()), (SET_COOKIE, cookie)])
                .into_response()
        }
        Pass::Refuse(why) => (StatusCode::FORBIDDEN, format!("{why}\n")).into_response(),
    };
    // It consists of letters, digits and signs, so it is a value.
    if let Ok(policy) = HeaderValue::try_from(policy) {
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    }
    for (name, value) in [
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // `no-referrer` would hide the origin of a form of this page, too.
        (REFERRER_POLICY, "same-origin"),
        (CACHE_CONTROL, "no-store"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
