//! Takes a code or a token back from whoever read it: the address is theirs.

use std::net::IpAddr;

use sea_orm::{ActiveModelTrait, IntoActiveModel};
use serde::Serialize;

use super::Sessions;
use super::attempts::Counter;
use super::code::{self, Proof, Purpose, no_longer, use_up};
use crate::access::Actor;
use crate::desk::{Done, Operation, Tx};
use crate::error::{Code, Error, Result};
use crate::ids::PersonId;
use crate::people::contact_add::room_for_one;
use crate::people::events::PersonEvent;
use crate::people::{contact, find, person};

impl Sessions {
    /// Takes note that an address is the caller's. Only whoever asked for the proof can send it back: a link that somebody else made the
    /// desk send does nothing for them, whoever opens it.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` for strangers; `INVALID_CREDENTIALS` at `proof`; `CONFLICT` if the address reaches somebody else; `RATE_LIMITED` after too many guesses.
    pub async fn contact_verify(&self, actor: &Actor, from: IpAddr, proof: &Proof) -> Result<Done<person::Model>> {
        let person = actor.require_person()?;
        let proved = self.proved(from, Purpose::Verify, Some(person), proof).await?;
        self.0.desk.perform(actor, ContactVerify { proved }).await
    }

    /// What a proof proves; guesses from one place are counted as sign-ins are.
    pub(super) async fn proved(
        &self,
        from: IpAddr,
        purpose: Purpose,
        person: Option<PersonId>,
        proof: &Proof,
    ) -> Result<code::Model> {
        let guesses = Counter::guesses(from);
        self.0.attempts.count(&guesses, self.0.limits.per_address).await?;
        let proved = self.prove(purpose, person, proof).await?;
        self.0.attempts.take_back(&guesses).await;
        Ok(proved)
    }
}

#[derive(Serialize)]
struct ContactVerify {
    #[serde(skip)]
    proved: code::Model,
}

impl Operation for ContactVerify {
    type Outcome = person::Model;
    const NAME: &'static str = "contact.verify";

    async fn run(&self, tx: &mut Tx) -> Result<person::Model> {
        tx.allow_because("whoever asked for it has read what was sent there");
        let mut person = open_account(tx, &self.proved).await?;
        use_up(tx, &self.proved).await?;
        if !is_proved(tx, &person, &self.proved).await? {
            tx.nothing_changed();
            return Ok(person);
        }
        find::save(tx, &mut person).await?;
        tx.append(&PersonEvent::Updated { person: person.id })?;
        Ok(person)
    }
}

/// The person for whom something was proved, locked: their account is open.
///
/// # Errors
/// [`no_longer`].
pub(super) async fn open_account(tx: &Tx, proved: &code::Model) -> Result<person::Model> {
    let id = proved.person_id.ok_or_else(no_longer)?;
    let person = find::lock_unseen(tx, id).await?;
    person.filter(|person| person.deactivated_at.is_none()).ok_or_else(no_longer)
}

/// Marks the address as the person's, who gets it if nobody has it. Answers whether anything changed.
///
/// # Errors
/// `CONFLICT` at `proof` if it reaches somebody else: whoever reads it learns no secret by that.
pub(super) async fn is_proved(tx: &Tx, person: &person::Model, proved: &code::Model) -> Result<bool> {
    let address = proved.address();
    let held = || {
        Error::with(Code::Conflict, "This address reaches somebody else here.")
            .at("proof")
            .hint("If that is your own account as well, passwordResetRequest opens it to whoever reads the address.")
    };
    match find::contact(tx.conn(), &address).await? {
        None => {
            room_for_one(tx, person.id).await.map_err(|error| error.at("proof"))?;
            let added = find::add_vouched(tx, person.id, address.kind, (address.value, address.folded), true).await;
            added.map_err(|error| if error.code() == Code::AlreadyExists { held() } else { error })?;
            Ok(true)
        }
        Some(contact) if contact.person_id != person.id => Err(held()),
        Some(contact) if contact.verified_at.is_some() => Ok(false),
        Some(contact) => {
            let verified = contact::Model { verified_at: Some(tx.real), ..contact };
            verified.into_active_model().reset_all().update(tx.conn()).await?;
            Ok(true)
        }
    }
}
