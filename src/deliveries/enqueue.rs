//! Puts messages into the transaction of whatever they tell of.

use std::time::Duration;

use sea_orm::sea_query::OnConflict;
use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel};

use super::delivery::{Channel, Column, Entity, Model, Status};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::ids::{DeliveryId, PersonId, TicketId};

/// For how long a message is tried: 72 hours.
const TRIED: Duration = Duration::from_secs(72 * 3600);

/// How many rows one statement inserts: databases limit its parameters.
const AT_ONCE: usize = 500;

/// A message to somebody outside.
#[derive(Clone, Debug)]
pub struct Message {
    /// How it goes.
    pub channel: Channel,
    /// To whom, if it is somebody whom the desk knows.
    pub person: Option<PersonId>,
    /// About which ticket.
    pub ticket: Option<TicketId>,
    /// What it is for, for whoever looks after deliveries: a kind of event, or a name such as `contact.verify`.
    pub purpose: String,
    /// Why it is sent. The same cause is sent to the same address by the same channel only once.
    pub cause: String,
    /// The e-mail address, or the telephone number.
    pub address: String,
    /// The subject of a mail. It is kept: codes and links belong into the body.
    pub subject: String,
    /// The text. It is emptied when nobody will send it any more.
    pub body: String,
    /// The text of a mail for who reads HTML.
    pub html: Option<String>,
    /// From when on it is of no use, if that is before 72 hours have passed.
    pub useful_until: Option<Timestamp>,
}

/// For how long the desk leaves a message to whoever wants to send it at once. Longer than an operation may take.
const HELD: Duration = Duration::from_secs(15);

/// Puts messages where they will be sent from, if the transaction commits. `real` is the world's time. Answers what the new ones are
/// called, in order; one that was there already keeps its own name.
///
/// # Errors
/// The database's.
pub async fn enqueue(conn: &impl ConnectionTrait, real: Timestamp, messages: Vec<Message>) -> Result<Vec<DeliveryId>> {
    insert(conn, messages.into_iter().map(|message| row(message, real)).collect()).await
}

/// As [`enqueue()`], for whoever sends them at once after the commit with [`super::Post::send_now`]. If they do not, the desk does,
/// a moment later.
///
/// # Errors
/// The database's.
pub async fn enqueue_held(
    conn: &impl ConnectionTrait,
    real: Timestamp,
    messages: Vec<Message>,
) -> Result<Vec<DeliveryId>> {
    let held = |message| Model { next_at: real.after(HELD), ..row(message, real) };
    insert(conn, messages.into_iter().map(held).collect()).await
}

async fn insert(conn: &impl ConnectionTrait, rows: Vec<Model>) -> Result<Vec<DeliveryId>> {
    for rows in rows.chunks(AT_ONCE) {
        Entity::insert_many(rows.iter().map(|row| row.clone().into_active_model()))
            .on_conflict(OnConflict::columns([Column::Cause, Column::Channel, Column::Address]).do_nothing().to_owned())
            .exec_without_returning(conn)
            .await?;
    }
    Ok(rows.into_iter().map(|row| row.id).collect())
}

fn row(message: Message, real: Timestamp) -> Model {
    let end = real.after(TRIED);
    Model {
        id: DeliveryId::new(),
        channel: message.channel,
        person_id: message.person,
        ticket_id: message.ticket,
        purpose: message.purpose,
        cause: message.cause,
        address: message.address,
        // A subject is one line.
        subject: message.subject.split_whitespace().collect::<Vec<_>>().join(" "),
        body: message.body,
        html: message.html,
        status: Status::Queued,
        attempts: 0,
        next_at: real,
        ends_at: message.useful_until.map_or(end, |until| until.min(end)),
        last_error: None,
        created_at: real,
        sent_at: None,
    }
}
