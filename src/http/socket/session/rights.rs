//! Who a socket speaks for: the token it began with, its renewals, and what the session may do by now.

use std::future::pending;
use std::sync::Arc;

use serde_json::Value;
use tokio::time::sleep_until;

use super::{Close, Ended, Session, authorization};
use crate::access::Actor;
use crate::error::{Code, Error};
use crate::http::bearer;
use crate::ids::PersonId;

impl Session {
    /// Who asks, with the rights they have by now: a socket lives longer than those it began with.
    pub(super) async fn actor_now(&mut self) -> Result<Actor, Ended> {
        let Some(actor) = self.actor.clone() else { return Err(Some(Close::new(4401, "Unauthorized"))) };
        let now = self.server.0.authenticate.renewed(&actor).await;
        now.map_err(|error| Some(self.refused(&error)))
    }

    pub(super) async fn renew(&mut self, payload: &Value) -> Result<(), Ended> {
        let Some(value) = authorization(payload) else { return Ok(()) };
        let person = self.actor.as_ref().and_then(|actor| actor.person).ok_or_else(|| Some(Close::forbidden()))?;
        self.authenticate(value, Some(person)).await
    }

    pub(super) async fn authenticate(&mut self, value: &Value, expected: Option<PersonId>) -> Result<(), Ended> {
        let forbidden = || Some(Close::forbidden());
        let token = value.as_str().and_then(|text| bearer::socket_token(text).ok()).ok_or_else(forbidden)?;
        let known = tokio::select! {
            known = self.server.0.authenticate.authenticate(token) => known,
            () = sleep_until(self.deadline) => return Err(Some(self.late())),
        };
        let known = known.map_err(|error| Some(self.refused(&error)))?;
        if expected.is_some() && known.actor.person != expected {
            return Err(Some(Close::forbidden()));
        }
        self.ended = match known.actor.session {
            Some(session) => self.server.0.authenticate.ended(session),
            None => Box::pin(pending()),
        };
        self.session.store(known.actor.session.map(Arc::new));
        self.actor = Some(known.actor);
        self.expires_at = known.expires_at;
        self.renew_deadline();
        self.still_valid()
    }

    fn refused(&self, error: &Error) -> Close {
        match error.code() {
            Code::Unavailable | Code::InternalError => {
                tracing::error!(request_id = &*self.seen.request_id, %error, "a socket's session could not be checked");
                Close::new(1013, "Try again later")
            }
            _ => Close::forbidden(),
        }
    }
}
