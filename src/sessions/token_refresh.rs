//! Renews a session: a refresh token against the next one and an access token.

use std::time::Duration;

use sea_orm::sea_query::LockType;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect};
use serde::Serialize;
use uuid::Uuid;

use super::events::{Because, SessionRevoked};
use super::session::{self, refresh_token};
use super::tokens::{self, Refresh};
use super::{Sessions, SignedIn};
use crate::access::Actor;
use crate::desk::{Operation, Outcome, Tx};
use crate::error::{Code, Error, Result};
use crate::people::{credential, find, person};

/// How long a used token is remembered. Used again later it is refused all the same, but no longer ends the session.
const REMEMBERED: Duration = Duration::from_secs(7 * 86_400);

impl Sessions {
    /// Renews a session. Each refresh token is good once; using one again ends its session.
    ///
    /// # Errors
    /// `SESSION_EXPIRED` for every token that is not good, for whatever reason.
    pub async fn token_refresh(&self, caller: &Actor, token: &str) -> Result<SignedIn> {
        self.noted(caller, SessionRenew::NAME, self.try_token_refresh(caller, token).await)
    }

    async fn try_token_refresh(&self, caller: &Actor, token: &str) -> Result<SignedIn> {
        let desk = &self.0.desk;
        let presented = tokens::hash(token);
        // Asked first without a transaction: strangers with made-up tokens cannot occupy the writer.
        if refresh_token::Entity::find_by_id(&presented).one(&desk.db.read).await?.is_none() {
            return Err(over());
        }
        let refresh = Refresh::random();
        let renew = SessionRenew { presented, next: refresh.hash(), life: self.0.limits.refresh };
        match desk.perform(&caller.as_stranger(), renew).await?.outcome {
            Renewed::Lives(lives) => {
                let (session, person, must_change_password) = *lives;
                let tokens = self.tokens(&session, refresh).await?;
                Ok(SignedIn { tokens, person, session, must_change_password })
            }
            Renewed::Reused(session) => {
                tracing::warn!(session = %session.id, person = %session.person_id, "a refresh token was used twice");
                self.access_changed(session.person_id);
                Err(over())
            }
        }
    }
}

fn over() -> Error {
    Error::new(Code::SessionExpired)
}

#[derive(Serialize)]
struct SessionRenew {
    #[serde(skip)]
    presented: String,
    #[serde(skip)]
    next: String,
    life: Duration,
}

/// How it went. A reuse is an outcome, not an error, because ending the session must commit.
enum Renewed {
    Lives(Box<(session::Model, person::Model, bool)>),
    Reused(session::Model),
}

impl Outcome for Renewed {
    fn key(&self) -> Uuid {
        match self {
            Self::Lives(lives) => lives.0.id.0,
            Self::Reused(session) => session.id.0,
        }
    }

    async fn reload(_: &Tx, _: Uuid) -> Result<Option<Self>> {
        // It takes no idempotency key: a token is its own.
        Ok(None)
    }
}

impl Operation for SessionRenew {
    type Outcome = Renewed;
    const NAME: &'static str = "session.renew";

    async fn run(&self, tx: &mut Tx) -> Result<Renewed> {
        tx.allow_because("whoever has the token may use it");
        let known = refresh_token::Entity::find_by_id(&self.presented).one(tx.conn()).await?.ok_or_else(over)?;
        let session = session::Entity::find_by_id(known.session_id).lock(LockType::NoKeyUpdate).one(tx.conn()).await?;
        let mut session = session.filter(|session| session.lives(tx.real)).ok_or_else(over)?;
        // Read again under the session's lock: of two that come at once, the second finds it used.
        let token = refresh_token::Entity::find_by_id(&self.presented).one(tx.conn()).await?.ok_or_else(over)?;
        if token.used_at.is_some() {
            session.revoked_at = Some(tx.real);
            session.clone().into_active_model().reset_all().update(tx.conn()).await?;
            let (session_id, person) = (session.id, session.person_id);
            tx.append(&SessionRevoked { session: session_id, person, because: Because::TokenReused })?;
            return Ok(Renewed::Reused(session));
        }
        tx.nothing_changed();
        let person = find::by_id(tx.conn(), session.person_id).await?;
        let person = person.filter(|person| person.deactivated_at.is_none()).ok_or_else(over)?;
        let must_change = credential::of(tx.conn(), person.id).await?.is_some_and(|credential| credential.must_change);
        let used = refresh_token::Model { used_at: Some(tx.real), ..token };
        used.into_active_model().reset_all().update(tx.conn()).await?;
        refresh_token::Entity::delete_many()
            .filter(refresh_token::Column::SessionId.eq(session.id))
            .filter(refresh_token::Column::UsedAt.lt(tx.real.before(REMEMBERED)))
            .exec(tx.conn())
            .await?;
        tokens::keep(tx, session.id, &self.next).await?;
        session.refreshed_at = tx.real;
        session.expires_at = tx.real.after(self.life);
        session.clone().into_active_model().reset_all().update(tx.conn()).await?;
        Ok(Renewed::Lives(Box::new((session, person, must_change))))
    }
}
