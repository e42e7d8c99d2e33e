//! Announces a file: what comes back is an address to send its bytes to.

use std::time::Duration;

use async_graphql::InputObject;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter};
use serde::{Deserialize, Serialize};

use crate::access::Permission;
use crate::desk::{CreateOptions, Operation, Outcome, Tx, WriteOptions};
use crate::error::{Code, Detail, Error, Result};
use crate::event_log::Audience;
use crate::files::attachment::{self, Column};
use crate::files::{name, sniff};
use crate::ids::AttachmentId;
use crate::say;

/// How long an upload may wait to be used: a day. Then it is swept, with its bytes.
pub const UNUSED: Duration = Duration::from_secs(24 * 3600);
/// How many unused uploads one person may have: what they can make the desk keep without a ticket.
const WAITING: u64 = 50;

/// Announces a file that is going to be attached. Send its bytes with `PUT` to the address in the answer, then name the attachment in
/// `attachments` of `ticketCreate`, `commentAdd` or `ticketAttach`. What is not used within a day is removed.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "AttachmentUploadInput")]
pub struct AttachmentUpload {
    /// What the file is called. Paths and characters that nobody sees are left out.
    pub file_name: String,
    /// How many bytes it has, exactly.
    pub size: i32,
    /// What it is: a media type such as `image/png`. The bytes are looked into, and must be that.
    pub content_type: String,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key.
    pub options: CreateOptions,
}

impl Operation for AttachmentUpload {
    type Outcome = attachment::Model;
    const NAME: &'static str = "attachment.upload";

    fn options(&self) -> WriteOptions {
        self.options.clone().into()
    }

    async fn run(&self, tx: &mut Tx) -> Result<attachment::Model> {
        let me = tx.actor.require_person()?;
        let writes = [Permission::TicketCreate, Permission::CommentAddInternal];
        let permission = writes.into_iter().find(|permission| !tx.grants(*permission).is_none());
        tx.allow_anywhere(permission.unwrap_or(Permission::CommentAdd))?;
        let allowed = &tx.profile().attachments;
        if self.size < 1 || self.size as u64 > allowed.max_bytes {
            let message = say!("A file of {size} bytes is not taken.", size = self.size);
            return Err(
                Error::invalid("size", message).hint(say!("A file has 1 to {max} bytes.", max = allowed.max_bytes))
            );
        }
        let content_type = sniff::media_type(&self.content_type);
        if !sniff::takes(allowed, &content_type) {
            let got: String = content_type.chars().take(64).collect();
            return Err(sniff::refused(allowed, say!("This desk does not take \"{got}\".", got)));
        }
        let unused = attachment::Entity::find()
            .filter(Column::UploaderId.eq(me))
            .filter(Column::ExpiresAt.gt(tx.real))
            .filter(Column::TicketId.is_null())
            .filter(Column::DeletedAt.is_null());
        if unused.count(tx.conn()).await? >= WAITING {
            let message = say!("You have {count} uploads that are not used yet.", count = WAITING);
            return Err(Error::with(Code::RateLimited, message)
                .hint("Use them, or delete them with attachmentDelete.")
                .detail(Detail::RetryAfter(60_000)));
        }
        let row = attachment::Model {
            id: AttachmentId::new(),
            uploader_id: me,
            ticket_id: None,
            comment_id: None,
            audience: Audience::Staff,
            file_name: name::clean(&self.file_name),
            content_type,
            size: self.size.into(),
            sha256: None,
            created_at: tx.now,
            expires_at: tx.real.after(UNUSED),
            stored_at: None,
            deleted_at: None,
        };
        attachment::Entity::insert(row.clone().into_active_model()).exec_without_returning(tx.conn()).await?;
        // Nobody but its uploader knows of it until it is used.
        tx.nothing_changed();
        Ok(row)
    }
}

impl Outcome for attachment::Model {
    fn key(&self) -> uuid::Uuid {
        self.id.0
    }

    async fn reload(tx: &Tx, key: uuid::Uuid) -> Result<Option<Self>> {
        let row = attachment::Entity::find_by_id(AttachmentId(key)).one(tx.conn()).await?;
        Ok(row.filter(|row| Some(row.uploader_id) == tx.actor.person && row.deleted_at.is_none()))
    }
}
