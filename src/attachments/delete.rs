//! Deletes an attachment: nobody sees it any more, and its bytes go at the next sweep.

use async_graphql::InputObject;
use sea_orm::sea_query::LockType;
use sea_orm::{EntityTrait, QuerySelect};
use serde::{Deserialize, Serialize};

use crate::access::{Permission, Role};
use crate::desk::{CreateOptions, Operation, Outcome, Tx, WriteOptions};
use crate::error::{Code, Error, Result};
use crate::event_log::Audience;
use crate::files::{attach, attachment};
use crate::ids::{AttachmentId, TicketId};
use crate::tickets::{TicketFacts, Tickets, find};

/// Deletes a file: an upload that is not used, or one on a ticket or comment. Whoever uploaded it may, and administrators.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "AttachmentDeleteInput")]
pub struct AttachmentDelete {
    /// Which attachment.
    pub attachment_id: AttachmentId,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key.
    pub options: CreateOptions,
}

/// An attachment as it was when it was deleted.
#[derive(Debug)]
pub struct DeletedAttachment(pub attachment::Model);

impl Outcome for DeletedAttachment {
    fn key(&self) -> uuid::Uuid {
        self.0.id.0
    }

    async fn reload(tx: &Tx, key: uuid::Uuid) -> Result<Option<Self>> {
        Ok(attachment::Entity::find_by_id(AttachmentId(key)).one(tx.conn()).await?.map(Self))
    }
}

impl Operation for AttachmentDelete {
    type Outcome = DeletedAttachment;
    const NAME: &'static str = "attachment.delete";

    fn options(&self) -> WriteOptions {
        self.options.clone().into()
    }

    async fn run(&self, tx: &mut Tx) -> Result<DeletedAttachment> {
        let unseen = || Error::not_found("attachment").at("attachmentId");
        let me = tx.actor.require_person()?;
        let id = self.attachment_id;
        let row = attachment::Entity::find_by_id(id).one(tx.conn()).await?.ok_or_else(unseen)?;
        // The tickets are locked first, as everywhere.
        if let Some(ticket) = row.ticket_id {
            let facts = seen_at(tx, &row, ticket).await?.ok_or_else(unseen)?;
            if tx.actor.role != Some(Role::Administrator) {
                if row.uploader_id != me {
                    return Err(Error::with(
                        Code::Forbidden,
                        "Only who uploaded a file deletes it, or an administrator.",
                    ));
                }
                let internal = row.audience == Audience::Staff;
                let needed = if internal { Permission::CommentAddInternal } else { Permission::CommentAdd };
                tx.allow::<Tickets>(needed, &facts)?;
            }
        } else if row.uploader_id != me {
            return Err(unseen());
        }
        tx.allow_because("it is one's own, or an administrator's to decide");
        let row = attachment::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(tx.conn()).await?;
        let row = row.filter(|row| row.deleted_at.is_none()).ok_or_else(unseen)?;
        if row.ticket_id.is_none() {
            tx.nothing_changed();
        }
        Ok(DeletedAttachment(attach::delete(tx, row).await?))
    }
}

/// The facts of the ticket at which the actor sees an attachment; all at which it is read are locked.
async fn seen_at(tx: &Tx, row: &attachment::Model, ticket: TicketId) -> Result<Option<TicketFacts>> {
    let ids = super::find::read_at(tx.conn(), row, ticket).await?;
    let locked = find::lock_all(tx, &ids).await?;
    if super::find::read_at(tx.conn(), row, ticket).await? != ids {
        return Err(Error::raced());
    }
    find::seen_at(tx, &locked, row.audience).await
}
