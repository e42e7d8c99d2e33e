//! Says what somebody is good at.

use std::collections::BTreeSet;

use async_graphql::InputObject;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde::{Deserialize, Serialize};

use super::agent::{self, skill};
use super::events::PersonEvent;
use super::person;
use crate::desk::{Operation, Tx, WriteOptions};
use crate::error::{Error, Result};
use crate::ids::PersonId;

/// Says what somebody is good at.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "AgentSkillsSetInput")]
pub struct AgentSkillsSet {
    /// Who.
    pub person_id: PersonId,
    /// Keys of `workflow.routing.skills`: all of theirs. An empty list: nothing in particular.
    pub skills: Vec<String>,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key and expected version.
    pub options: WriteOptions,
}

impl Operation for AgentSkillsSet {
    type Outcome = person::Model;
    const NAME: &'static str = "agent.skills_set";

    fn options(&self) -> WriteOptions {
        self.options.clone()
    }

    async fn run(&self, tx: &mut Tx) -> Result<person::Model> {
        let person = agent::lock(tx, self.person_id, false).await?;
        let known = &tx.profile().routing.skills;
        if let Some(unknown) = self.skills.iter().find(|key| !known.iter().any(|skill| skill.key == **key)) {
            return Err(Error::unknown_key("skills", unknown, known.iter().map(|skill| skill.key.as_str())));
        }
        let of_person = skill::Column::PersonId.eq(person.id);
        skill::Entity::delete_many().filter(of_person).exec(tx.conn()).await?;
        let skills: BTreeSet<&String> = self.skills.iter().collect();
        let rows = skills.into_iter().map(|key| skill::Model { person_id: person.id, skill: key.clone() });
        let rows: Vec<_> = rows.map(IntoActiveModel::into_active_model).collect();
        if !rows.is_empty() {
            skill::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
        }
        tx.append(&PersonEvent::AgentSettingsChanged { person: person.id })?;
        Ok(person)
    }
}
