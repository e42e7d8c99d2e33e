//! Takes an agent out of a team.

use async_graphql::InputObject;
use sea_orm::EntityTrait;
use serde::{Deserialize, Serialize};

use super::access::{People, PersonFacts, customers_only};
use super::events::PersonEvent;
use super::find;
use super::team::{self, member};
use crate::access::Permission;
use crate::desk::{Operation, Tx, WriteOptions};
use crate::error::Result;
use crate::ids::{PersonId, TeamId};

/// Takes an agent out of a team. Needs `person.manage`. Who is not in it stays out. Tickets keep their assignee.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "TeamMemberRemoveInput")]
pub struct TeamMemberRemove {
    /// Which team.
    pub team_id: TeamId,
    /// Who.
    pub person_id: PersonId,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key and expected version.
    pub options: WriteOptions,
}

impl Operation for TeamMemberRemove {
    type Outcome = team::Model;
    const NAME: &'static str = "team.member_remove";

    fn options(&self) -> WriteOptions {
        self.options.clone()
    }

    async fn run(&self, tx: &mut Tx) -> Result<team::Model> {
        let person = find::lock(tx, "personId", self.person_id).await?;
        tx.allow::<People>(Permission::PersonManage, &PersonFacts::from(&person))?;
        customers_only(&tx.actor, &[person.role])?;
        let team = find::hold_team(tx, self.team_id).await?;
        let row = member::Entity::delete_by_id((team.id, person.id)).exec(tx.conn()).await?;
        if row.rows_affected == 0 {
            tx.nothing_changed();
            return Ok(team);
        }
        tx.append(&PersonEvent::AccessChanged { person: person.id })?;
        Ok(team)
    }
}
