//! Puts an agent into a team.

use async_graphql::InputObject;
use sea_orm::{EntityTrait, IntoActiveModel, TryInsertResult};
use serde::{Deserialize, Serialize};

use super::access::{People, PersonFacts, customers_only};
use super::events::PersonEvent;
use super::find;
use super::team::{self, member};
use crate::access::{Permission, Role};
use crate::desk::{Operation, Tx, WriteOptions};
use crate::error::{Error, Result};
use crate::ids::{PersonId, TeamId};

/// Puts an agent into a team. Needs `person.manage`. Who is in it already stays.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "TeamMemberAddInput")]
pub struct TeamMemberAdd {
    /// Which team.
    pub team_id: TeamId,
    /// Who.
    pub person_id: PersonId,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key and expected version.
    pub options: WriteOptions,
}

impl Operation for TeamMemberAdd {
    type Outcome = team::Model;
    const NAME: &'static str = "team.member_add";

    fn options(&self) -> WriteOptions {
        self.options.clone()
    }

    async fn run(&self, tx: &mut Tx) -> Result<team::Model> {
        let person = find::lock(tx, "personId", self.person_id).await?;
        tx.allow::<People>(Permission::PersonManage, &PersonFacts::from(&person))?;
        customers_only(&tx.actor, &[person.role])?;
        let team = find::hold_team(tx, self.team_id).await?;
        if !matches!(person.role, Role::Agent | Role::Administrator) || person.deactivated_at.is_some() {
            return Err(Error::invalid("personId", "Only active agents and administrators are in teams.")
                .hint("Change the person's role first."));
        }
        let row = member::Model { team_id: team.id, person_id: person.id };
        let inserted = member::Entity::insert(row.into_active_model())
            .on_conflict_do_nothing()
            .exec_without_returning(tx.conn())
            .await?;
        if !matches!(inserted, TryInsertResult::Inserted(1..)) {
            tx.nothing_changed();
            return Ok(team);
        }
        tx.append(&PersonEvent::AccessChanged { person: person.id })?;
        Ok(team)
    }
}
