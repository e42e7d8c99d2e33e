//! Sends a code to an address of one's own, or to one that is to become it.

use std::net::IpAddr;

use serde::Serialize;

use super::Sessions;
use super::attempts::Counter;
use super::code::{self, Purpose};
use super::letter::{self, Letter};
use crate::access::Actor;
use crate::desk::{Operation, Tx};
use crate::error::Result;
use crate::ids::PersonId;
use crate::people::access::people_only;
use crate::people::contact::{Address, ContactAddress};
use crate::people::contact_add::room_for_one;
use crate::people::find;

impl Sessions {
    /// Sends a code and a link to an address: whoever reads it is to send one of them back. The answer is the same whosever the address
    /// is.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` for strangers; `INVALID_VALUE` at `address`; `RATE_LIMITED` for too many to one address, or from one place.
    pub async fn contact_verify_request(
        &self,
        actor: &Actor,
        (from, languages): (IpAddr, Option<&str>),
        address: &ContactAddress,
    ) -> Result<()> {
        let person = actor.require_person()?;
        people_only(actor)?;
        let address = address.read().map_err(|error| error.at("address"))?;
        self.count_letter(from, &address).await?;
        let link = self.0.links.verify.clone();
        let request = ContactVerifyRequest { person, address, languages: letter::languages(languages), link };
        self.0.desk.perform(actor, request).await.map(drop)
    }

    /// Counts a letter: so many go to one address, and so many are caused from one place, whoever gets them.
    pub(super) async fn count_letter(&self, from: IpAddr, address: &Address) -> Result<()> {
        let (attempts, limits) = (&self.0.attempts, &self.0.limits);
        attempts.count(&Counter::letters_from(from), limits.per_address).await?;
        attempts.count(&Counter::letters_to(&address.folded), limits.per_account).await
    }
}

#[derive(Serialize)]
struct ContactVerifyRequest {
    person: PersonId,
    #[serde(skip)]
    address: Address,
    #[serde(skip)]
    languages: Vec<String>,
    #[serde(skip)]
    link: Option<String>,
}

impl Operation for ContactVerifyRequest {
    type Outcome = ();
    const NAME: &'static str = "contact.verify_request";

    async fn run(&self, tx: &mut Tx) -> Result<()> {
        tx.allow_because("everybody may prove that an address is theirs");
        tx.nothing_changed();
        let known = find::contact(tx.conn(), &self.address).await?;
        let address = match known.filter(|contact| contact.person_id == self.person) {
            Some(contact) if contact.verified_at.is_some() => return Ok(()),
            Some(contact) => Address::from(contact),
            None => {
                room_for_one(tx, self.person).await.map_err(|error| error.at("address"))?;
                self.address.clone()
            }
        };
        let (row, secrets) = code::issue(tx, Purpose::Verify, Some(self.person), &address).await?;
        letter::post(tx, Letter::Verify, &row, &secrets, (&self.languages, self.link.as_deref())).await
    }
}
