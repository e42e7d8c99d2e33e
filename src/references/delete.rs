//! Forgets a reference that no ticket is about.

use async_graphql::InputObject;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, SqlErr};
use serde::{Deserialize, Serialize};

use super::events::{ReferenceEvent, What};
use super::find::{self, ReferenceKey};
use super::reference::{self, participant};
use crate::access::Permission;
use crate::desk::{Operation, Outcome, Tx, WriteOptions};
use crate::error::{Code, Error, Result};

/// Forgets a reference, for instance one that was told of by mistake. One that tickets are about stays: say in its status that it is
/// over. Needs `reference.write`.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "ReferenceDeleteInput")]
pub struct ReferenceDelete {
    /// What it is: a key of `workflow.referenceKinds`.
    pub kind: String,
    /// Its id in the system that knows it.
    pub external_id: String,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key and expected version.
    pub options: WriteOptions,
}

/// A reference as it was when it was forgotten.
#[derive(Debug)]
pub struct DeletedReference(pub reference::Model);

impl Outcome for DeletedReference {
    fn key(&self) -> uuid::Uuid {
        self.0.id.0
    }

    async fn reload(_: &Tx, _: uuid::Uuid) -> Result<Option<Self>> {
        Ok(None)
    }
}

impl Operation for ReferenceDelete {
    type Outcome = DeletedReference;
    const NAME: &'static str = "reference.delete";

    fn options(&self) -> WriteOptions {
        self.options.clone()
    }

    async fn run(&self, tx: &mut Tx) -> Result<DeletedReference> {
        tx.allow_anywhere(Permission::ReferenceWrite)?;
        let key = ReferenceKey { kind: self.kind.clone(), external_id: self.external_id.clone() };
        let found = find::lock(tx, &key).await?.ok_or_else(|| Error::not_found("reference").at("externalId"))?;
        tx.expect_version(found.row.id.0, found.row.version)?;
        let shared = participant::Entity::delete_many().filter(participant::Column::ReferenceId.eq(found.row.id));
        shared.exec(tx.conn()).await?;
        let deleted = reference::Entity::delete_by_id(found.row.id).exec(tx.conn()).await;
        deleted.map_err(|error| match error.sql_err() {
            Some(SqlErr::ForeignKeyConstraintViolation(_)) => Error::with(Code::Conflict, "Tickets are about it.")
                .at("externalId")
                .hint("Say in its status that it is over."),
            _ => error.into(),
        })?;
        tx.append(&ReferenceEvent::new(What::Deleted, &found.row, None))?;
        Ok(DeletedReference(found.row))
    }
}
