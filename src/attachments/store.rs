//! Notes that the bytes of an announced file are here. Only the transport performs it, after the bytes are durable.

use sea_orm::sea_query::LockType;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, QuerySelect};
use serde::Serialize;

use crate::desk::{Operation, Tx};
use crate::error::{Code, Error, Result};
use crate::files::attachment;
use crate::ids::AttachmentId;

/// The bytes of an attachment are here.
#[derive(Clone, Debug, Serialize)]
pub struct AttachmentStore {
    /// Which attachment.
    pub attachment: AttachmentId,
    /// The hash of the bytes, under which they are kept.
    pub sha256: String,
    /// The name, with the ending of what the file is.
    pub file_name: String,
}

impl Operation for AttachmentStore {
    type Outcome = attachment::Model;
    const NAME: &'static str = "attachment.store";

    async fn run(&self, tx: &mut Tx) -> Result<attachment::Model> {
        tx.allow_because("a signed link to it was followed by its uploader");
        let row = attachment::Entity::find_by_id(self.attachment).lock(LockType::NoKeyUpdate).one(tx.conn()).await?;
        let mut row = row.filter(|row| Some(row.uploader_id) == tx.actor.person && row.deleted_at.is_none());
        let row = row.take().ok_or_else(|| Error::not_found("attachment"))?;
        tx.nothing_changed();
        match &row.sha256 {
            // The answer to the first time got lost.
            Some(sha256) if *sha256 == self.sha256 => Ok(row),
            Some(_) => Err(Error::with(Code::AlreadyExists, "This upload has its bytes already, and they are others.")
                .hint("Announce another upload.")),
            None if !row.is_open(tx.real) => Err(Error::not_found("attachment")),
            None => {
                let sha256 = Some(self.sha256.clone());
                let row =
                    attachment::Model { sha256, file_name: self.file_name.clone(), stored_at: Some(tx.now), ..row };
                row.clone().into_active_model().reset_all().update(tx.conn()).await?;
                Ok(row)
            }
        }
    }
}
