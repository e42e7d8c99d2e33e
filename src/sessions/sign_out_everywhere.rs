//! Ends all sessions of whoever asks.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::Serialize;

use super::{Sessions, session};
use crate::access::Actor;
use crate::desk::{Done, Operation, Tx};
use crate::error::{Error, Result};
use crate::ids::{PersonId, SessionId};
use crate::people::events::PersonEvent;
use crate::people::{find, person};

impl Sessions {
    /// Ends all sessions of the caller, the present one among them.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` for strangers.
    pub async fn sign_out_everywhere(&self, actor: &Actor) -> Result<Done<person::Model>> {
        let person = actor.require_person()?;
        let done = self.0.desk.perform(actor, SessionsRevoke).await?;
        self.access_changed(person);
        Ok(done)
    }
}

/// Ends all sessions of whoever asks.
#[derive(Clone, Debug, Serialize)]
pub struct SessionsRevoke;

impl Operation for SessionsRevoke {
    type Outcome = person::Model;
    const NAME: &'static str = "session.revoke_all";

    async fn run(&self, tx: &mut Tx) -> Result<person::Model> {
        let me = tx.actor.require_person()?;
        let person = find::lock_unseen(tx, me).await?.ok_or_else(|| Error::not_found("person"))?;
        tx.allow_because("everybody may end their own sessions");
        if !revoke_all(tx, me, None).await? {
            tx.nothing_changed();
        }
        Ok(person)
    }
}

/// Ends the sessions of a person whose row is locked, all of them or all but one, and records it. Answers whether there were any.
pub(super) async fn revoke_all(tx: &mut Tx, person: PersonId, except: Option<SessionId>) -> Result<bool> {
    let mut revoke = session::Entity::update_many()
        .col_expr(session::Column::RevokedAt, Expr::value(tx.real.0))
        .filter(session::Column::PersonId.eq(person))
        .filter(session::Column::RevokedAt.is_null())
        .filter(session::Column::ExpiresAt.gt(tx.real));
    if let Some(session) = except {
        revoke = revoke.filter(session::Column::Id.ne(session));
    }
    if revoke.exec(tx.conn()).await?.rows_affected == 0 {
        return Ok(false);
    }
    tx.append(&PersonEvent::SessionsRevoked { person, except })?;
    Ok(true)
}
