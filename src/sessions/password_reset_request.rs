//! Sends whoever has forgotten their password, or never had one, what they need to choose one.

use std::net::IpAddr;
use std::time::Duration;

use serde::Serialize;
use tokio::time::Instant;

use super::Sessions;
use super::code::{self, Purpose};
use super::letter::{self, Letter};
use crate::access::{Actor, Role};
use crate::desk::{Operation, Tx};
use crate::error::Result;
use crate::people::contact::{Address, ContactAddress, Kind};
use crate::people::{contact, find, person};

/// Answers come at the next multiple of this after the request, so that what had to be written does not show in the time.
const BEAT: Duration = Duration::from_millis(250);

/// Does something and answers on the beat.
pub(super) async fn on_the_beat<T>(work: impl Future<Output = T>) -> T {
    let begun = Instant::now();
    let done = work.await;
    let beats = begun.elapsed().as_millis() / BEAT.as_millis() + 1;
    tokio::time::sleep_until(begun + BEAT * u32::try_from(beats).unwrap_or(u32::MAX)).await;
    done
}

impl Sessions {
    /// Sends a code and a link to an address, if somebody's account can be opened by it. The answer is the same if not, and comes as late.
    ///
    /// # Errors
    /// `INVALID_VALUE` at `address`; `RATE_LIMITED` for too many to one address, or from one place, whether there is an account or not.
    pub async fn password_reset_request(
        &self,
        caller: &Actor,
        (from, languages): (IpAddr, Option<&str>),
        address: &ContactAddress,
    ) -> Result<()> {
        let address = address.read().map_err(|error| error.at("address"))?;
        self.count_letter(from, &address).await?;
        let (languages, link) = (letter::languages(languages), self.0.links.reset.clone());
        let request = PasswordResetRequest { address, languages, link };
        let stranger = Actor { request_id: caller.request_id.clone(), ..Actor::anonymous() };
        on_the_beat(self.0.desk.perform(&stranger, request)).await.map(drop)
    }
}

#[derive(Serialize)]
struct PasswordResetRequest {
    #[serde(skip)]
    address: Address,
    #[serde(skip)]
    languages: Vec<String>,
    #[serde(skip)]
    link: Option<String>,
}

impl Operation for PasswordResetRequest {
    type Outcome = ();
    const NAME: &'static str = "password.reset_request";

    async fn run(&self, tx: &mut Tx) -> Result<()> {
        tx.allow_because("everybody may forget their password");
        tx.nothing_changed();
        invite(tx, Letter::Reset, &self.address, (&self.languages, self.link.as_deref())).await
    }
}

/// Whose account the address opens to whoever reads it: one that is open, of a person. A number must be verified before, for those that
/// somebody noted down may be anybody's by now; to an e-mail address the account belongs as it is, for one signs in with it.
async fn whom(tx: &Tx, address: &Address) -> Result<Option<(person::Model, contact::Model)>> {
    let contact = find::contact(tx.conn(), address).await?;
    let Some(contact) = contact.filter(|contact| contact.kind == Kind::Email || contact.verified_at.is_some()) else {
        return Ok(None);
    };
    let person = find::by_id(tx.conn(), contact.person_id).await?;
    let person = person.filter(|person| person.deactivated_at.is_none() && person.role != Role::Service);
    Ok(person.map(|person| (person, contact)))
}

/// Writes what somebody can choose a password with, and sends it if there is somebody.
pub(super) async fn invite(tx: &Tx, letter: Letter, asked: &Address, how: (&[String], Option<&str>)) -> Result<()> {
    let Some((person, contact)) = whom(tx, asked).await? else {
        return code::issue(tx, Purpose::Reset, None, asked).await.map(drop);
    };
    let (row, secrets) = code::issue(tx, Purpose::Reset, Some(person.id), &Address::from(contact)).await?;
    letter::post(tx, letter, &row, &secrets, how).await
}
