//! The row of a notification: one for each person and event.
#![allow(missing_docs, reason = "the columns are documented where the API shows them")]

use sea_orm::entity::prelude::*;

use crate::clock::Timestamp;
use crate::event_log::Audience;
use crate::ids::{CommentId, NotificationId, PersonId, TicketId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "notifications")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: NotificationId,
    pub person_id: PersonId,
    pub ticket_id: Option<TicketId>,
    pub comment_id: Option<CommentId>,
    /// The kind of event, or [`super::events::SENT`].
    pub kind: String,
    /// Who may see what it tells of.
    pub audience: Audience,
    pub actor_id: Option<PersonId>,
    /// The key of the text that the profile has for it.
    pub text_key: Option<String>,
    /// The level or the status that the event came to, as a key of the profile.
    pub came_to: Option<String>,
    /// What somebody wrote.
    pub message: Option<String>,
    /// Whether the inbox shows it.
    pub inbox: bool,
    /// Whether it goes out by mail.
    pub email: bool,
    /// Whether it goes out as a text message.
    pub sms: bool,
    /// Whether it is still to be written for what it goes out by.
    pub pending: bool,
    pub created_at: Timestamp,
    pub read_at: Option<Timestamp>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
