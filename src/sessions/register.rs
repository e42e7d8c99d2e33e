//! Makes an account for whoever asks, without telling whether there was one.

use std::net::IpAddr;
use std::time::Duration;

use serde::Serialize;
use tokio::time::Instant;

use super::Sessions;
use super::attempts::Counter;
use crate::access::{Actor, Role};
use crate::desk::{Operation, Tx};
use crate::error::{Code, Error, Result};
use crate::people::contact::Email;
use crate::people::find::{self, NewPerson};
use crate::people::{credential, input, person};

/// Answers come at the next multiple of this after the request, so that what had to be written does not show in the time.
const BEAT: Duration = Duration::from_millis(250);

/// What somebody who registers says of themselves.
pub struct Registration<'a> {
    /// What they want to be called.
    pub name: &'a str,
    /// Where they are reached, and what they will sign in with.
    pub email: &'a str,
    /// Their password.
    pub password: &'a str,
}

impl Sessions {
    /// Makes a customer with a password, if the address is new; if it is not, nothing happens. The answer is the same.
    ///
    /// # Errors
    /// `INVALID_VALUE` at `name`, `email` or `password`; `RATE_LIMITED` for too many from one address of the network.
    pub async fn register(&self, caller: &Actor, from: IpAddr, wish: Registration<'_>) -> Result<()> {
        self.noted(caller, PersonRegister::NAME, self.try_register(caller, from, wish).await)
    }

    async fn try_register(&self, caller: &Actor, from: IpAddr, wish: Registration<'_>) -> Result<()> {
        let begun = Instant::now();
        let name = input::name("name", wish.name)?;
        let email = Email::parse("email", wish.email)?;
        super::password::check("password", wish.password, self.0.limits.password_min, &[&name, &email.folded])?;
        self.0.attempts.count(&Counter::registrations(from), self.0.limits.per_address).await?;
        let password_hash = self.0.hasher.hash(wish.password).await?;
        let result = self.0.desk.perform(&caller.as_stranger(), PersonRegister { name, email, password_hash }).await;
        let beats = begun.elapsed().as_millis() / BEAT.as_millis() + 1;
        tokio::time::sleep_until(begun + BEAT * u32::try_from(beats).unwrap_or(u32::MAX)).await;
        match result {
            Ok(_) => Ok(()),
            Err(error) if error.code() == Code::AlreadyExists => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// Makes a customer with a password. Its own answer tells whether the address was new: only [`Sessions::register`] hides it.
#[derive(Serialize)]
pub struct PersonRegister {
    /// What they want to be called.
    pub name: String,
    /// Where they are reached.
    #[serde(skip)]
    pub email: Email,
    /// argon2id.
    #[serde(skip)]
    pub password_hash: String,
}

impl Operation for PersonRegister {
    type Outcome = person::Model;
    const NAME: &'static str = "person.register";

    async fn run(&self, tx: &mut Tx) -> Result<person::Model> {
        tx.allow_because("everybody may register");
        if find::by_email(tx.conn(), &self.email).await?.is_some() {
            return Err(Error::with(Code::AlreadyExists, "Somebody has this address already.").at("email"));
        }
        let new = NewPerson {
            name: self.name.clone(),
            role: Role::Customer,
            email: Some(self.email.clone()),
            external: None,
            created_at: tx.now,
        };
        let person = find::add(tx, new).await?;
        credential::put(tx, person.id, &self.password_hash, false).await?;
        Ok(person)
    }
}
