//! Ends the session that asks.

use sea_orm::sea_query::LockType;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, QuerySelect};
use serde::Serialize;

use super::Sessions;
use super::events::{Because, SessionRevoked};
use super::session;
use crate::access::Actor;
use crate::desk::{Done, Operation, Tx};
use crate::error::{Code, Error, Result};
use crate::ids::SessionId;

impl Sessions {
    /// Ends the session that the caller came with: its tokens are refused from now on, its sockets closed.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` for whoever has no session.
    pub async fn sign_out(&self, actor: &Actor) -> Result<Done<session::Model>> {
        let session = actor.session.ok_or_else(|| Error::new(Code::Unauthenticated))?;
        let done = self.0.desk.perform(actor, SessionRevoke { session }).await?;
        // The log's reader does the same a moment later; here it counts for the very next request.
        self.access_changed(done.outcome.person_id);
        Ok(done)
    }
}

/// Ends one of one's own sessions.
#[derive(Clone, Debug, Serialize)]
pub struct SessionRevoke {
    /// Which.
    pub session: SessionId,
}

impl Operation for SessionRevoke {
    type Outcome = session::Model;
    const NAME: &'static str = "session.revoke";

    async fn run(&self, tx: &mut Tx) -> Result<session::Model> {
        let me = tx.actor.require_person()?;
        let session = session::Entity::find_by_id(self.session).lock(LockType::NoKeyUpdate).one(tx.conn()).await?;
        let session = session.filter(|session| session.person_id == me);
        let mut session = session.ok_or_else(|| Error::not_found("session"))?;
        tx.allow_because("everybody may end their own sessions");
        if session.revoked_at.is_some() {
            tx.nothing_changed();
            return Ok(session);
        }
        session.revoked_at = Some(tx.real);
        session.clone().into_active_model().reset_all().update(tx.conn()).await?;
        tx.append(&SessionRevoked { session: session.id, person: me, because: Because::SignedOut })?;
        Ok(session)
    }
}
