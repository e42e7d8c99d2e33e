//! Makes an organization known by what another system calls it, or brings it up to date.

use async_graphql::InputObject;
use sea_orm::{EntityTrait, IntoActiveModel};
use serde::{Deserialize, Serialize};

use super::events::OrganizationCreated;
use super::external::{self, organization_of};
use super::find::taken;
use super::organization_update::rename;
use super::{input, organization};
use crate::access::Permission;
use crate::desk::{CreateOptions, Operation, Tx, WriteOptions};
use crate::error::{Code, Error, Result};
use crate::ids::OrganizationId;

/// Makes an organization known, or brings it up to date, by what another system calls it. Sending the same again changes nothing. Needs
/// `person.manage`.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "OrganizationUpsertInput")]
pub struct OrganizationUpsert {
    /// The system, such as "crm".
    pub source: String,
    /// The organization's id there.
    pub external_id: String,
    /// What it is called: 1 to 100 characters.
    pub name: String,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key.
    pub options: CreateOptions,
}

impl Operation for OrganizationUpsert {
    type Outcome = organization::Model;
    const NAME: &'static str = "organization.upsert";

    fn options(&self) -> WriteOptions {
        self.options.clone().into()
    }

    async fn run(&self, tx: &mut Tx) -> Result<organization::Model> {
        tx.allow_anywhere(Permission::PersonManage)?;
        let source = external::id("source", &self.source)?;
        let external_id = external::id("externalId", &self.external_id)?;
        let name = input::name("name", &self.name)?;
        if let Some(mut row) = organization_of(tx.conn(), &source, &external_id).await? {
            if row.name == name {
                tx.nothing_changed();
                return Ok(row);
            }
            rename(tx, &mut row, name).await?;
            return Ok(row);
        }
        let row = organization::Model {
            id: OrganizationId::new(),
            name_folded: input::folded(&name),
            name,
            source: Some(source),
            external_id: Some(external_id),
            created_at: tx.now,
            version: 1,
        };
        let inserted = organization::Entity::insert(row.clone().into_active_model());
        inserted.exec_without_returning(tx.conn()).await.map_err(made_meanwhile)?;
        tx.append(&OrganizationCreated { organization: row.id })?;
        Ok(row)
    }
}

/// Two systems that tell of the same thing at once: one of them was first.
pub(super) fn made_meanwhile(error: sea_orm::DbErr) -> Error {
    match taken(&error) {
        true => Error::with(Code::Conflict, "It became known by another request this moment.").hint("Send it again."),
        false => error.into(),
    }
}
