//! Begins a session with an address and a password.

use std::net::IpAddr;
use std::time::Duration;

use sea_orm::{EntityTrait, IntoActiveModel};
use serde::Serialize;

use super::attempts::Counter;
use super::events::SessionStarted;
use super::session::{self, sweep};
use super::tokens::{self, Refresh};
use super::{Sessions, Tokens};
use crate::access::{Actor, ActorKind};
use crate::desk::{Operation, Tx};
use crate::error::{Code, Error, Result};
use crate::ids::{PersonId, SessionId};
use crate::people::contact::Email;
use crate::people::{credential, find, person};

/// How long an expired session is kept: longer than any token of it is good.
const KEPT: Duration = Duration::from_secs(86_400);

/// What a client gets when somebody signed in, or renewed.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The tokens.
    pub tokens: Tokens,
    /// Who it is.
    pub person: person::Model,
    /// The session.
    pub session: session::Model,
    /// Whether the password was given by somebody else and should be changed now.
    pub must_change_password: bool,
}

impl Sessions {
    /// Begins a session.
    ///
    /// # Errors
    /// `INVALID_CREDENTIALS`, the same whether the address or the password is wrong; `RATE_LIMITED` after too many attempts, the
    /// same for addresses that nobody has; `UNAVAILABLE` when too many sign in at once.
    pub async fn sign_in(&self, caller: &Actor, from: IpAddr, email: &str, password: &str) -> Result<SignedIn> {
        self.noted(caller, SessionStart::NAME, self.try_sign_in(caller, from, email, password).await)
    }

    async fn try_sign_in(&self, caller: &Actor, from: IpAddr, email: &str, password: &str) -> Result<SignedIn> {
        let email = Email::parse("email", email)?;
        let (parts, limits) = (&*self.0, &self.0.limits);
        let (address, account) = (Counter::address(from), Counter::account(&email.folded));
        // In this order: who is refused for where they come from cannot lock others out of their accounts.
        parts.attempts.count(&address, limits.per_address).await?;
        parts.attempts.count(&account, limits.per_account).await?;
        let person = find::by_email(&parts.desk.db.read, &email).await?;
        let credential = match &person {
            Some(person) => credential::of(&parts.desk.db.read, person.id).await?,
            None => None,
        };
        let hash = credential.as_ref().map(|credential| credential.password_hash.as_str());
        // An absurdly long one is refused for everybody alike, unread.
        let same = password.chars().count() <= super::password::LONGEST && parts.hasher.verify(password, hash).await?;
        let (Some(person), Some(credential), true) = (person, credential, same) else {
            return Err(wrong());
        };
        if person.deactivated_at.is_some() {
            return Err(wrong());
        }
        let refresh = Refresh::random();
        let start = SessionStart {
            person: person.id,
            verified: credential.password_hash,
            refresh_hash: refresh.hash(),
            life: limits.refresh,
        };
        let session = parts.desk.perform(&caller.as_stranger(), start).await?.outcome;
        parts.attempts.forget(&account).await;
        parts.attempts.take_back(&address).await;
        let tokens = self.tokens(&session, refresh).await?;
        Ok(SignedIn { tokens, person, session, must_change_password: credential.must_change })
    }
}

/// The refusal of an address and a password that do not belong together, for whatever reason.
pub(super) fn wrong() -> Error {
    Error::new(Code::InvalidCredentials)
}

/// Begins a session for somebody whose password has been verified outside the transaction.
#[derive(Serialize)]
struct SessionStart {
    person: PersonId,
    /// The hash that was verified: if it is another one by now, it was all for nothing.
    #[serde(skip)]
    verified: String,
    #[serde(skip)]
    refresh_hash: String,
    life: Duration,
}

impl Operation for SessionStart {
    type Outcome = session::Model;
    const NAME: &'static str = "session.start";

    async fn run(&self, tx: &mut Tx) -> Result<session::Model> {
        tx.allow_because("the password has been verified");
        // Locked: whoever ends all sessions of the person comes before or after.
        let person = find::lock_unseen(tx, self.person).await?.ok_or_else(wrong)?;
        let credential = credential::of(tx.conn(), person.id).await?;
        if person.deactivated_at.is_some() || credential.is_none_or(|now| now.password_hash != self.verified) {
            return Err(wrong());
        }
        sweep(tx, person.id, tx.real.before(KEPT)).await?;
        let session = session::Model {
            id: SessionId::new(),
            person_id: person.id,
            created_at: tx.real,
            refreshed_at: tx.real,
            expires_at: tx.real.after(self.life),
            revoked_at: None,
        };
        session::Entity::insert(session.clone().into_active_model()).exec_without_returning(tx.conn()).await?;
        tokens::keep(tx, session.id, &self.refresh_hash).await?;
        // From here on it is known who acts.
        tx.actor = Actor { kind: ActorKind::Person, person: Some(person.id), ..tx.actor.clone() };
        tx.append(&SessionStarted { session: session.id, person: person.id })?;
        Ok(session)
    }
}
