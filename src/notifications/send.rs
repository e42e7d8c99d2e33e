//! Sends somebody a message: by staff, or by another system.
//!
//! What is stored with the operation is the message in the inbox and its mails and text messages, held back for a moment: whoever asked
//! sends them at once after the commit ([`crate::deliveries::Post::send_now`]), so that the answer can say what came of it. If nobody
//! does, because the process ended, the desk sends them as any other.

use async_graphql::{Enum, InputObject};
use sea_orm::{EntityTrait, IntoActiveModel};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::events::{NotificationSent, SENT};
use super::notification::{self, Model};
use super::posting::{Names, messages};
use super::preferences::wants;
use super::recipients::{Audiences, Wanted, sees};
use super::tell::created;
use super::text::{Values, Words};
use crate::access::{Permission, Scoped};
use crate::deliveries::delivery::{self, Status};
use crate::deliveries::enqueue_held;
use crate::desk::{CreateOptions, Operation, Outcome, Tx, WriteOptions};
use crate::error::{Code, Error, Result};
use crate::event_log::Audience;
use crate::ids::{NotificationId, PersonId, TicketId};
use crate::people::access::{People, PersonFacts};
use crate::people::loaders::contacts;
use crate::profile::Delivery;
use crate::say;
use crate::tickets::{TicketFacts, Tickets, facts, ticket};

/// The longest message, in characters.
const LONGEST: usize = 2_000;

/// Sends somebody a message.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "NotificationSendInput")]
pub struct NotificationSend {
    /// To whom.
    pub person_id: PersonId,
    /// About which ticket: one that they see. Absent: about none.
    pub ticket_id: Option<TicketId>,
    /// What it says: 1 to 2,000 characters.
    pub message: String,
    /// How. Absent: in their inbox, and by mail if they have an address and want that.
    pub channels: Option<Vec<Delivery>>,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key.
    pub options: CreateOptions,
}

/// What came of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum)]
#[graphql(name = "NotificationStatus")]
pub enum Sent {
    /// It is in the inbox, and the mail server or the gateway of text messages has taken what goes out.
    Sent,
    /// What goes out could not be sent yet, and is tried again for 72 hours: see `deliveries`.
    Queued,
}

impl Operation for NotificationSend {
    type Outcome = Model;
    const NAME: &'static str = "notification.send";

    fn options(&self) -> WriteOptions {
        self.options.clone().into()
    }

    async fn run(&self, tx: &mut Tx) -> Result<Model> {
        tx.allow_anywhere(Permission::NotificationSend)?;
        let message = crate::tickets::input::text("message", &self.message, 1, LONGEST)?;
        let ticket = match self.ticket_id {
            Some(id) => Some(seen_ticket(tx, id).await?),
            None => None,
        };
        let wanted = Wanted { people: [self.person_id].into(), ..Wanted::default() };
        let audiences = Audiences::load(tx.conn(), &wanted).await?;
        let absent = || Error::not_found("person").at("personId");
        let (person, actor) = audiences.get(self.person_id).ok_or_else(absent)?;
        let on_ticket = ticket.as_ref().is_some_and(|(_, facts)| stands_on(facts, person.id));
        if !on_ticket && !tx.may::<People>(Permission::PersonView, &PersonFacts::from(person)) {
            return Err(absent());
        }
        if ticket.as_ref().is_some_and(|(_, facts)| !sees(&tx.desk, actor, facts, Audience::Public)) {
            return Err(Error::invalid("ticketId", "They do not see this ticket, and are not told of it."));
        }
        match &ticket {
            Some((_, facts)) => tx.allow::<Tickets>(Permission::NotificationSend, facts)?,
            None => tx.allow::<People>(Permission::NotificationSend, &PersonFacts::from(person))?,
        }
        let has = |channel| match &self.channels {
            // Who names a channel has a reason to: a preference is about what the desk tells by itself.
            Some(channels) => channels.contains(&channel),
            None => channel == Delivery::Inbox || (channel == Delivery::Email && wants(person, SENT, channel)),
        };
        let mut row = Model {
            id: NotificationId::new(),
            person_id: person.id,
            ticket_id: self.ticket_id,
            comment_id: None,
            kind: SENT.to_owned(),
            audience: Audience::Public,
            actor_id: tx.actor.person,
            text_key: None,
            came_to: None,
            message: Some(message),
            inbox: has(Delivery::Inbox),
            email: has(Delivery::Email),
            sms: has(Delivery::Sms),
            pending: false,
            created_at: tx.now,
            read_at: None,
        };
        let contacts = contacts(tx.conn(), &[person.id]).await?.remove(&person.id).unwrap_or_default();
        let profile = tx.profile();
        let words = Words::new(profile, person.locale.as_deref(), SENT, None);
        let values = Values::of(profile, &row, ticket.as_ref().map(|(row, _)| row), Names::default());
        let messages = messages(&row, &contacts, words, &values);
        let by = |channel| messages.iter().any(|message| message.channel == channel);
        (row.email, row.sms) = (by(delivery::Channel::Email), by(delivery::Channel::Sms));
        if !row.inbox && messages.is_empty() {
            return Err(failed("There is no address that reaches them by these channels.").at("channels"));
        }
        notification::Entity::insert(row.clone().into_active_model()).exec_without_returning(tx.conn()).await?;
        enqueue_held(tx.conn(), tx.real, messages).await?;
        tx.append(&NotificationSent { notification: row.id, person: row.person_id })?;
        if row.inbox {
            tx.append(&created(&[&row]))?;
        }
        Ok(row)
    }
}

/// The ticket, if the actor sees it.
async fn seen_ticket(tx: &Tx, id: TicketId) -> Result<(ticket::Model, TicketFacts)> {
    let absent = || Error::not_found("ticket").at("ticketId");
    let row = ticket::Entity::find_by_id(id).one(tx.conn()).await?.ok_or_else(absent)?;
    let people = facts::participants(tx.conn(), &[id]).await?.remove(&id).unwrap_or_default();
    let facts = TicketFacts::new(&row, people);
    match Tickets::admits(&tx.actor, tx.grants(Permission::TicketView), &facts) {
        true => Ok((row, facts)),
        false => Err(absent()),
    }
}

/// Whether somebody is shown on a ticket: whoever sees it sees them.
fn stands_on(facts: &TicketFacts, person: PersonId) -> bool {
    facts.requester == person || facts.assignee == Some(person) || facts.participants.contains(&person)
}

/// The refusal of what reached nobody.
fn failed(reason: &str) -> Error {
    Error::with(Code::NotificationFailed, say!("The message could not be delivered: {reason}", reason))
}

/// What came of a message, by what became of its deliveries; and why those failed that did.
///
/// # Errors
/// `NOTIFICATION_FAILED` if it reached nobody.
pub fn outcome(row: &Model, deliveries: &[delivery::Model]) -> Result<(Sent, Vec<String>)> {
    let is = |status| deliveries.iter().any(|delivery| delivery.status == status);
    let failures = deliveries.iter().filter(|delivery| delivery.status == Status::Failed);
    let reasons: Vec<String> = failures.map(|delivery| delivery.last_error.clone().unwrap_or_default()).collect();
    if is(Status::Queued) {
        return Ok((Sent::Queued, reasons));
    }
    match row.inbox || is(Status::Sent) {
        true => Ok((Sent::Sent, reasons)),
        false => Err(failed(&reasons.join(" ")).during(NotificationSend::NAME)),
    }
}

impl Outcome for Model {
    fn key(&self) -> Uuid {
        self.id.0
    }

    async fn reload(tx: &Tx, key: Uuid) -> Result<Option<Self>> {
        Ok(notification::Entity::find_by_id(NotificationId(key)).one(tx.conn()).await?)
    }
}
