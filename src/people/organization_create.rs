//! Makes an organization that people can belong to.

use async_graphql::InputObject;
use sea_orm::{EntityTrait, IntoActiveModel};
use serde::{Deserialize, Serialize};

use super::events::OrganizationCreated;
use super::{input, organization};
use crate::access::Permission;
use crate::desk::{CreateOptions, Operation, Tx, WriteOptions};
use crate::error::Result;
use crate::ids::OrganizationId;

/// Makes an organization. Needs `person.manage`. Two may have the same name.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "OrganizationCreateInput")]
pub struct OrganizationCreate {
    /// What it is called: 1 to 100 characters.
    pub name: String,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key.
    pub options: CreateOptions,
}

impl Operation for OrganizationCreate {
    type Outcome = organization::Model;
    const NAME: &'static str = "organization.create";

    fn options(&self) -> WriteOptions {
        self.options.clone().into()
    }

    async fn run(&self, tx: &mut Tx) -> Result<organization::Model> {
        tx.allow_anywhere(Permission::PersonManage)?;
        let name = input::name("name", &self.name)?;
        let row = organization::Model {
            id: OrganizationId::new(),
            name_folded: input::folded(&name),
            name,
            source: None,
            external_id: None,
            created_at: tx.now,
            version: 1,
        };
        organization::Entity::insert(row.clone().into_active_model()).exec_without_returning(tx.conn()).await?;
        tx.append(&OrganizationCreated { organization: row.id })?;
        Ok(row)
    }
}
