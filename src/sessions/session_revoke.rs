//! Ends one of one's own sessions.

use async_graphql::InputObject;
use sea_orm::sea_query::LockType;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, QuerySelect};
use serde::{Deserialize, Serialize};

use super::events::{Because, SessionRevoked};
use super::{Sessions, session};
use crate::access::Actor;
use crate::desk::{Done, Operation, Tx};
use crate::error::{Error, Result};
use crate::ids::SessionId;

impl Sessions {
    /// Ends one of the caller's sessions: its tokens are refused from now on, its sockets closed.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` for strangers; `NOT_FOUND` at `sessionId` for a session that is not the caller's.
    pub async fn session_revoke(&self, actor: &Actor, revoke: SessionRevoke) -> Result<Done<session::Model>> {
        let done = self.0.desk.perform(actor, revoke).await?;
        // The log's reader does the same a moment later; here it counts for the very next request.
        self.access_changed(done.outcome.person_id);
        Ok(done)
    }
}

/// Ends one of your sessions: its tokens are refused from now on, and its sockets closed. One that has ended stays ended.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "SessionRevokeInput")]
pub struct SessionRevoke {
    /// Which: one of `viewer.sessions`.
    pub session_id: SessionId,
}

impl Operation for SessionRevoke {
    type Outcome = session::Model;
    const NAME: &'static str = "session.revoke";

    async fn run(&self, tx: &mut Tx) -> Result<session::Model> {
        let me = tx.actor.require_person()?;
        let session = session::Entity::find_by_id(self.session_id).lock(LockType::NoKeyUpdate).one(tx.conn()).await?;
        let session = session.filter(|session| session.person_id == me);
        let mut session = session.ok_or_else(|| Error::not_found("session").at("sessionId"))?;
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
