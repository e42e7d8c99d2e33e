//! Makes a team that tickets can be given to.

use async_graphql::InputObject;
use sea_orm::{EntityTrait, IntoActiveModel};
use serde::{Deserialize, Serialize};

use super::events::TeamEvent;
use super::find::taken;
use super::{input, team};
use crate::access::Permission;
use crate::desk::{CreateOptions, Operation, Tx, WriteOptions};
use crate::error::{Code, Error, Result};
use crate::ids::TeamId;

/// Makes a team. Needs `person.manage`.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "TeamCreateInput")]
pub struct TeamCreate {
    /// What it is called: 1 to 100 characters; no two teams have the same name, whatever its case.
    pub name: String,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key.
    pub options: CreateOptions,
}

impl Operation for TeamCreate {
    type Outcome = team::Model;
    const NAME: &'static str = "team.create";

    fn options(&self) -> WriteOptions {
        self.options.clone().into()
    }

    async fn run(&self, tx: &mut Tx) -> Result<team::Model> {
        tx.allow_anywhere(Permission::PersonManage)?;
        let name = input::name("name", &self.name)?;
        let row = team::Model {
            id: TeamId::new(),
            name_folded: input::folded(&name),
            name,
            created_at: tx.now,
            version: 1,
            deleted_at: None,
        };
        let insert = team::Entity::insert(row.clone().into_active_model()).exec_without_returning(tx.conn()).await;
        insert.map_err(named_already)?;
        tx.append(&TeamEvent::Created { team: row.id })?;
        Ok(row)
    }
}

/// No two teams have the same name.
pub(super) fn named_already(error: sea_orm::DbErr) -> Error {
    match taken(&error) {
        true => Error::with(Code::AlreadyExists, "There is a team of this name already.").at("name"),
        false => error.into(),
    }
}
