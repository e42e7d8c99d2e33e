//! The row of a comment.
#![allow(missing_docs, reason = "the columns are documented where the API shows them")]

use async_graphql::Enum;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::event_log::Audience;
use crate::ids::{CommentId, PersonId, TicketId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "comments")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CommentId,
    pub ticket_id: TicketId,
    pub author_id: Option<PersonId>,
    pub sender_kind: SenderKind,
    pub audience: Audience,
    pub format: Format,
    pub body: String,
    pub source: Option<String>,
    pub external_id: Option<String>,
    pub version: i32,
    pub created_at: Timestamp,
    pub edited_at: Option<Timestamp>,
    pub deleted_at: Option<Timestamp>,
    /// The merged ticket that it was written on, if it followed to another: it is read there as well.
    pub via_ticket_id: Option<TicketId>,
}

/// On which side something was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum SenderKind {
    /// By who asks: a customer; or somebody of the desk about a ticket that they asked for themselves.
    #[sea_orm(string_value = "CUSTOMER")]
    Customer,
    /// By who helps.
    #[sea_orm(string_value = "STAFF")]
    Staff,
    /// By nobody: the desk itself.
    #[sea_orm(string_value = "SYSTEM")]
    System,
}

/// How a text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "TextFormat")]
pub enum Format {
    /// Just text; line breaks count.
    #[sea_orm(string_value = "PLAIN")]
    Plain,
    /// Markdown (CommonMark with tables, strikethrough and task lists).
    #[sea_orm(string_value = "MARKDOWN")]
    Markdown,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
