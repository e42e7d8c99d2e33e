//! Calls an organization something else.

use async_graphql::InputObject;
use sea_orm::sea_query::LockType;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, QuerySelect};
use serde::{Deserialize, Serialize};

use super::events::OrganizationUpdated;
use super::{input, organization};
use crate::access::Permission;
use crate::desk::{Operation, Tx, WriteOptions};
use crate::error::{Error, Result};
use crate::ids::OrganizationId;

/// Calls an organization something else. Needs `person.manage`. One that another system made known is called what that system says
/// when it speaks next.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "OrganizationUpdateInput")]
pub struct OrganizationUpdate {
    /// Which organization.
    pub organization_id: OrganizationId,
    /// What it is called from now on: 1 to 100 characters.
    pub name: String,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key and expected version.
    pub options: WriteOptions,
}

impl Operation for OrganizationUpdate {
    type Outcome = organization::Model;
    const NAME: &'static str = "organization.update";

    fn options(&self) -> WriteOptions {
        self.options.clone()
    }

    async fn run(&self, tx: &mut Tx) -> Result<organization::Model> {
        tx.allow_anywhere(Permission::PersonManage)?;
        let found = organization::Entity::find_by_id(self.organization_id).lock(LockType::NoKeyUpdate);
        let found = found.one(tx.conn()).await?;
        let mut row = found.ok_or_else(|| Error::not_found("organization").at("organizationId"))?;
        tx.expect_version(row.id.0, row.version)?;
        let name = input::name("name", &self.name)?;
        if row.name == name {
            tx.nothing_changed();
            return Ok(row);
        }
        rename(tx, &mut row, name).await?;
        Ok(row)
    }
}

/// Writes another name and records it.
pub(super) async fn rename(tx: &mut Tx, row: &mut organization::Model, name: String) -> Result<()> {
    (row.name_folded, row.name) = (input::folded(&name), name);
    row.version += 1;
    organization::Entity::update(row.clone().into_active_model().reset_all()).exec(tx.conn()).await?;
    tx.append(&OrganizationUpdated { organization: row.id })
}
