//! Calls a team something else.

use async_graphql::InputObject;
use serde::{Deserialize, Serialize};

use super::events::TeamEvent;
use super::team_create::named_already;
use super::{find, input, team};
use crate::access::Permission;
use crate::desk::{Operation, Tx, WriteOptions};
use crate::error::Result;
use crate::ids::TeamId;

/// Calls a team something else. Needs `person.manage`.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "TeamUpdateInput")]
pub struct TeamUpdate {
    /// Which team.
    pub team_id: TeamId,
    /// What it is called from now on: 1 to 100 characters; no two teams have the same name, whatever its case. Levels of escalation
    /// (`workflow.escalation`) name their teams by it.
    pub name: String,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key and expected version.
    pub options: WriteOptions,
}

impl Operation for TeamUpdate {
    type Outcome = team::Model;
    const NAME: &'static str = "team.update";

    fn options(&self) -> WriteOptions {
        self.options.clone()
    }

    async fn run(&self, tx: &mut Tx) -> Result<team::Model> {
        tx.allow_anywhere(Permission::PersonManage)?;
        let mut team = find::lock_team(tx, self.team_id).await?;
        let name = input::name("name", &self.name)?;
        if team.name == name {
            tx.nothing_changed();
            return Ok(team);
        }
        (team.name_folded, team.name) = (input::folded(&name), name);
        find::save_team(tx, &mut team).await.map_err(named_already)?;
        tx.append(&TeamEvent::Updated { team: team.id })?;
        Ok(team)
    }
}
