//! The row of an attachment.
#![allow(missing_docs, reason = "the columns are documented where the API shows them")]

use sea_orm::entity::prelude::*;

use crate::clock::Timestamp;
use crate::event_log::Audience;
use crate::ids::{AttachmentId, CommentId, PersonId, TicketId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "attachments")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AttachmentId,
    pub uploader_id: PersonId,
    /// None until it is used.
    pub ticket_id: Option<TicketId>,
    /// The comment it came with; none if it came with the ticket.
    pub comment_id: Option<CommentId>,
    pub audience: Audience,
    pub file_name: String,
    /// As announced; once the bytes are here, as they are.
    pub content_type: String,
    pub size: i64,
    /// Of the bytes, in hexadecimal digits.
    pub sha256: Option<String>,
    pub created_at: Timestamp,
    /// When it is swept if nobody has used it by then, in the time of the world.
    pub expires_at: Timestamp,
    pub stored_at: Option<Timestamp>,
    pub deleted_at: Option<Timestamp>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// Whether it waits for its bytes, or to be used, at `real`.
    pub fn is_open(&self, real: Timestamp) -> bool {
        self.ticket_id.is_none() && self.deleted_at.is_none() && real < self.expires_at
    }
}
