//! Chooses a password with what was sent to an address of one's own.

use std::net::IpAddr;

use serde::Serialize;

use super::Sessions;
use super::attempts::Counter;
use super::code::{self, Proof, Purpose, no_longer, use_up};
use super::contact_verify::{is_proved, open_account};
use super::password_set::known_of;
use super::sign_out_everywhere::revoke_all;
use crate::access::Actor;
use crate::desk::{Operation, Tx};
use crate::error::Result;
use crate::people::events::PersonEvent;
use crate::people::{credential, find, person};

impl Sessions {
    /// Gives whoever reads their address the password that they choose. All their sessions end, and the address is verified.
    ///
    /// # Errors
    /// `INVALID_CREDENTIALS` at `proof`; `INVALID_VALUE` at `newPassword`; `RATE_LIMITED` after too many guesses.
    pub async fn password_reset(&self, caller: &Actor, from: IpAddr, proof: &Proof, password: &str) -> Result<()> {
        let parts = &*self.0;
        super::password::check("newPassword", password, parts.limits.password_min, &[])?;
        let proved = self.proved(from, Purpose::Reset, None, proof).await?;
        let person = proved.person_id.ok_or_else(no_longer)?;
        let known = known_of(self, person).await?;
        let known: Vec<_> = known.iter().map(String::as_str).collect();
        let password_hash = self.hash("newPassword", password, &known).await?;
        let stranger = Actor { request_id: caller.request_id.clone(), ..Actor::anonymous() };
        let account = Counter::account(&proved.folded);
        parts.desk.perform(&stranger, PasswordReset { proved, password_hash }).await?;
        parts.attempts.forget(&account).await;
        self.access_changed(person);
        Ok(())
    }
}

#[derive(Serialize)]
struct PasswordReset {
    #[serde(skip)]
    proved: code::Model,
    #[serde(skip)]
    password_hash: String,
}

impl Operation for PasswordReset {
    type Outcome = person::Model;
    const NAME: &'static str = "password.reset";

    async fn run(&self, tx: &mut Tx) -> Result<person::Model> {
        tx.allow_because("whoever sends it back has read what was sent there");
        let mut person = open_account(tx, &self.proved).await?;
        use_up(tx, &self.proved).await?;
        // The address may have been taken from them since.
        let address = self.proved.address();
        if find::contact(tx.conn(), &address).await?.is_none_or(|contact| contact.person_id != person.id) {
            return Err(no_longer());
        }
        if is_proved(tx, &person, &self.proved).await? {
            find::save(tx, &mut person).await?;
            tx.append(&PersonEvent::Updated { person: person.id })?;
        }
        credential::put(tx, person.id, &self.password_hash, false).await?;
        tx.append(&PersonEvent::PasswordSet { person: person.id })?;
        revoke_all(tx, person.id, None).await?;
        Ok(person)
    }
}
