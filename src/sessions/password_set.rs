//! Gives somebody a password: the operation behind every way to do it, and the way of administrators.

use futures_util::future::BoxFuture;
use serde::Serialize;

use super::Sessions;
use super::attempts::Counter;
use super::sign_in::wrong;
use super::sign_out_everywhere::revoke_all;
use crate::access::{Actor, Origin, Permission};
use crate::desk::{Done, Operation, Tx};
use crate::error::{Code, Error, Result};
use crate::ids::{PersonId, SessionId};
use crate::people::access::{People, PersonFacts, not_a_service, people_only};
use crate::people::contact::Email;
use crate::people::events::PersonEvent;
use crate::people::{credential, find, loaders, person};
use crate::say;

impl Sessions {
    /// Gives somebody a password, which they are to change, and ends all their sessions. Needs `person.manage`; the desk itself may.
    ///
    /// # Errors
    /// `NOT_FOUND`, `FORBIDDEN`; `INVALID_VALUE` at `password`.
    pub async fn password_set(&self, actor: &Actor, person: PersonId, password: &str) -> Result<Done<person::Model>> {
        let desk = &self.0.desk;
        // Before the hashing: it is not for everybody to make the desk work.
        desk.policy.demand(actor, Permission::PersonManage)?;
        let known = known_of(self, person).await?;
        let known: Vec<_> = known.iter().map(String::as_str).collect();
        let password_hash = self.hash("password", password, &known).await?;
        let done = desk.perform(actor, PasswordSet { person, password_hash, verified: None, except: None }).await?;
        self.access_changed(person);
        Ok(done)
    }
}

impl Sessions {
    /// Gives whoever signs in with this address a password that is made up, which they are to change, and ends their sessions: for the
    /// command line, when nobody who could do it can sign in. Answers the address and the password. Attempts to guess the old one are
    /// forgotten.
    ///
    /// # Errors
    /// `INVALID_VALUE`, `NOT_FOUND` at `email`; `FORBIDDEN` for a closed account; the database's.
    pub fn one_time_password<'a>(&'a self, email: &'a str) -> BoxFuture<'a, Result<(String, String)>> {
        Box::pin(self.made_up(email))
    }

    async fn made_up(&self, email: &str) -> Result<(String, String)> {
        let email = Email::parse("email", email)?;
        let person = find::by_email(&self.0.desk.db.read, &email).await?;
        let person = person.ok_or_else(|| {
            Error::with(Code::NotFound, say!("Nobody here has the address {address}.", address = email.value))
                .at("email")
        })?;
        if person.deactivated_at.is_some() {
            let message = say!("The account of {address} is closed: no password would open it.", address = email.value);
            return Err(Error::with(Code::Forbidden, message).hint("Let an administrator reactivate it."));
        }
        let password = super::password::random();
        self.password_set(&Actor::system(Origin::Cli), person.id, &password).await?;
        self.0.attempts.forget(&Counter::account(&email.folded)).await;
        Ok((email.value, password))
    }
}

/// What everybody knows of a person: no password.
pub(super) async fn known_of(sessions: &Sessions, person: PersonId) -> Result<Vec<String>> {
    let read = &sessions.0.desk.db.read;
    let name = find::by_id(read, person).await?.map(|person| person.name);
    let contacts = loaders::contacts(read, &[person]).await?.remove(&person).unwrap_or_default();
    Ok(name.into_iter().chain(contacts.into_iter().map(|contact| contact.folded)).collect())
}

/// Gives somebody a password and ends their sessions.
#[derive(Serialize)]
pub struct PasswordSet {
    /// Who.
    pub person: PersonId,
    /// argon2id.
    #[serde(skip)]
    pub password_hash: String,
    /// The hash of the old one, if the person changes it themselves and has proved to know it.
    #[serde(skip)]
    pub verified: Option<String>,
    /// The session that goes on.
    pub except: Option<SessionId>,
}

impl Operation for PasswordSet {
    type Outcome = person::Model;
    const NAME: &'static str = "password.set";

    async fn run(&self, tx: &mut Tx) -> Result<person::Model> {
        let person = match &self.verified {
            Some(verified) => {
                let me = tx.actor.require_person()?;
                let person = find::lock_unseen(tx, me).await?.filter(|person| person.id == self.person);
                let person = person.ok_or_else(|| Error::not_found("person"))?;
                let now = credential::of(tx.conn(), me).await?;
                if now.is_none_or(|now| now.password_hash != *verified) {
                    return Err(wrong());
                }
                tx.allow_because("everybody may change their own password");
                person
            }
            None => {
                let person = find::lock(tx, "personId", self.person).await?;
                tx.allow::<People>(Permission::PersonManage, &PersonFacts::from(&person))?;
                people_only(&tx.actor)?;
                not_a_service("personId", person.role)?;
                person
            }
        };
        credential::put(tx, person.id, &self.password_hash, self.verified.is_none()).await?;
        tx.append(&PersonEvent::PasswordSet { person: person.id })?;
        revoke_all(tx, person.id, self.except).await?;
        Ok(person)
    }
}
