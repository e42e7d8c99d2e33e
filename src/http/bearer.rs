//! Who sends a request: the bearer token of a header, or of a socket's first message.
//!
//! The token is only ever read from `Authorization`, never from a cookie: a page of another site cannot make a browser send it,
//! which is the whole defence against cross-site requests. Absent: what a token is; [`Authenticate`] knows.

use axum::http::{HeaderMap, header};
use futures_util::future::BoxFuture;

use crate::access::Actor;
use crate::error::{Code, Error, Result};
use crate::ids::SessionId;
use crate::sessions::Sessions;

pub use crate::sessions::Bearer;

/// Knows tokens and sessions.
pub trait Authenticate: Send + Sync + 'static {
    /// Who a token belongs to.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` for a token that is malformed, expired or revoked; `UNAVAILABLE` if that cannot be found out now.
    fn authenticate<'a>(&'a self, token: &'a str) -> BoxFuture<'a, Result<Bearer>>;

    /// The same actor with the rights they have now, for what lives longer than a request.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` if the session has ended; `UNAVAILABLE` if that cannot be found out now.
    fn renewed<'a>(&'a self, actor: &'a Actor) -> BoxFuture<'a, Result<Actor>>;

    /// Completes when the session ends before its time: revoked, signed out, person disabled. At once if it has ended already.
    fn ended(&self, session: SessionId) -> BoxFuture<'static, ()>;
}

impl Authenticate for Sessions {
    fn authenticate<'a>(&'a self, token: &'a str) -> BoxFuture<'a, Result<Bearer>> {
        Box::pin(Sessions::authenticate(self, token))
    }

    fn renewed<'a>(&'a self, actor: &'a Actor) -> BoxFuture<'a, Result<Actor>> {
        Box::pin(Sessions::renewed(self, actor))
    }

    fn ended(&self, session: SessionId) -> BoxFuture<'static, ()> {
        Sessions::ended(self, session)
    }
}

/// The token of a request; `None` if it carries no `Authorization` at all.
///
/// # Errors
/// `UNAUTHENTICATED` if there is one, but not one bearer token.
pub fn token(headers: &HeaderMap) -> Result<Option<&str>> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(malformed());
    }
    let value = value.to_str().map_err(|_| malformed())?;
    match value.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => plain(token).map(Some),
        _ => Err(malformed()),
    }
}

/// The token of a socket's payload: `Bearer …`, or the bare token.
///
/// # Errors
/// `UNAUTHENTICATED` if it is no token.
pub fn socket_token(value: &str) -> Result<&str> {
    match value.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => plain(token),
        _ => plain(value),
    }
}

fn plain(token: &str) -> Result<&str> {
    let token = token.trim();
    let fits = !token.is_empty() && token.len() <= 8_192 && token.bytes().all(|b| b.is_ascii_graphic());
    if fits { Ok(token) } else { Err(malformed()) }
}

fn malformed() -> Error {
    Error::with(Code::Unauthenticated, "The Authorization header holds no bearer token.")
        .hint("Send `Authorization: Bearer <accessToken>`, or no such header at all.")
}
