//! The row of a delivery.
#![allow(missing_docs, reason = "the columns are documented where the API shows them")]

use async_graphql::Enum;
use sea_orm::entity::prelude::*;

use crate::clock::Timestamp;
use crate::ids::{DeliveryId, PersonId, TicketId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "deliveries")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DeliveryId,
    pub channel: Channel,
    pub person_id: Option<PersonId>,
    pub ticket_id: Option<TicketId>,
    /// What it is for: a kind of event, or a name such as `contact.verify`.
    pub purpose: String,
    /// Why it is sent: one message for a cause, channel and address.
    pub cause: String,
    pub address: String,
    pub subject: String,
    /// Empty once it is over.
    pub body: String,
    /// None once it is over.
    pub html: Option<String>,
    pub status: Status,
    pub attempts: i32,
    /// When it is tried next; when it was over, if it is. As all times here, it is the world's.
    pub next_at: Timestamp,
    /// When it is no longer tried.
    pub ends_at: Timestamp,
    pub last_error: Option<String>,
    pub created_at: Timestamp,
    pub sent_at: Option<Timestamp>,
}

/// How a message leaves the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[graphql(name = "DeliveryChannel")]
pub enum Channel {
    /// As an e-mail.
    #[sea_orm(string_value = "EMAIL")]
    Email,
    /// As a text message.
    #[sea_orm(string_value = "SMS")]
    Sms,
}

/// How far a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[graphql(name = "DeliveryStatus")]
pub enum Status {
    /// It waits to be sent, for the first time or again.
    #[sea_orm(string_value = "QUEUED")]
    Queued,
    /// The mail server, or the gateway of text messages, has taken it.
    #[sea_orm(string_value = "SENT")]
    Sent,
    /// It was refused for good, or could not be sent in time.
    #[sea_orm(string_value = "FAILED")]
    Failed,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
