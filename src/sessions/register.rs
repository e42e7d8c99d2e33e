//! Makes an account for whoever asks, without telling whether there was one.

use std::net::IpAddr;

use serde::Serialize;

use super::attempts::Counter;
use super::code::{self, Purpose};
use super::letter::{self, Letter};
use super::password_reset_request::{invite, on_the_beat};
use super::{Links, Sessions};
use crate::access::{Actor, Role};
use crate::desk::{Operation, Tx};
use crate::error::{Code, Faults, Result};
use crate::people::contact::{Address, Email};
use crate::people::find::{self, NewPerson};
use crate::people::{credential, input};

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
    /// Makes a customer with a password, if the address is new; if it is not, whoever reads it is told how they get in. The answer is the
    /// same, and comes as late.
    ///
    /// # Errors
    /// `INVALID_VALUE` at `name`, `email` or `password`; `RATE_LIMITED` for too many from one address of the network, or with one
    /// e-mail address.
    pub async fn register(
        &self,
        caller: &Actor,
        network: (IpAddr, Option<&str>),
        wish: Registration<'_>,
    ) -> Result<()> {
        self.noted(caller, PersonRegister::NAME, self.try_register(caller, network, wish).await)
    }

    async fn try_register(
        &self,
        caller: &Actor,
        (from, languages): (IpAddr, Option<&str>),
        wish: Registration<'_>,
    ) -> Result<()> {
        let mut faults = Faults::default();
        let name = faults.take(input::name("name", wish.name));
        let email = faults.take(Email::parse("email", wish.email));
        let known = [name.as_deref(), email.as_ref().map(|email| email.folded.as_str())].map(Option::unwrap_or_default);
        let password = super::password::check("password", wish.password, self.0.limits.password_min, &known);
        let (Some(name), Some(email), Some(())) = (name, email, faults.take(password)) else {
            return Err(faults.error());
        };
        self.0.attempts.count(&Counter::registrations(from), self.0.limits.per_address).await?;
        self.count_letter(from, &email.clone().into()).await?;
        let work = async {
            let password_hash = self.0.hasher.hash(wish.password).await?;
            let (languages, links) = (letter::languages(languages), self.0.links.clone());
            let register = PersonRegister { name, email, password_hash, languages, links };
            self.0.desk.perform(&caller.as_stranger(), register).await
        };
        match on_the_beat(work).await {
            // Somebody was faster with the same address: to whoever asks that is as if they had been first.
            Err(error) if error.code() == Code::AlreadyExists => Ok(()),
            done => done.map(drop),
        }
    }
}

/// Makes a customer with a password, or writes to whoever has the address. Only [`Sessions::register`] hides which.
#[derive(Serialize)]
struct PersonRegister {
    name: String,
    #[serde(skip)]
    email: Email,
    #[serde(skip)]
    password_hash: String,
    #[serde(skip)]
    languages: Vec<String>,
    #[serde(skip)]
    links: Links,
}

impl Operation for PersonRegister {
    type Outcome = ();
    const NAME: &'static str = "person.register";

    async fn run(&self, tx: &mut Tx) -> Result<()> {
        tx.allow_because("everybody may register");
        let address = Address::from(self.email.clone());
        if find::contact(tx.conn(), &address).await?.is_some() {
            // What they said of themselves is forgotten: whoever registers need not be who reads the address.
            tx.nothing_changed();
            return invite(tx, Letter::Known, &address, (&self.languages, self.links.reset.as_deref())).await;
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
        let (row, secrets) = code::issue(tx, Purpose::Verify, Some(person.id), &address).await?;
        letter::post(tx, Letter::Verify, &row, &secrets, (&self.languages, self.links.verify.as_deref())).await
    }
}
