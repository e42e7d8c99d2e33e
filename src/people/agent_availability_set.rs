//! Says whether somebody takes tickets now.

use async_graphql::InputObject;
use serde::{Deserialize, Serialize};

use super::events::PersonEvent;
use super::{agent, person};
use crate::desk::{Operation, Tx, WriteOptions};
use crate::error::Result;
use crate::ids::PersonId;

/// Says whether somebody takes tickets now.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "AgentAvailabilitySetInput")]
pub struct AgentAvailabilitySet {
    /// Who.
    pub person_id: PersonId,
    /// Whether they do. Tickets that they have stay theirs.
    pub available: bool,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key and expected version.
    pub options: WriteOptions,
}

impl Operation for AgentAvailabilitySet {
    type Outcome = person::Model;
    const NAME: &'static str = "agent.availability_set";

    fn options(&self) -> WriteOptions {
        self.options.clone()
    }

    async fn run(&self, tx: &mut Tx) -> Result<person::Model> {
        let person = agent::lock(tx, self.person_id, true).await?;
        let settings = agent::of(tx.conn(), person.id).await?;
        if settings.available == self.available {
            tx.nothing_changed();
            return Ok(person);
        }
        agent::save(tx, agent::Model { available: self.available, ..settings }).await?;
        tx.append(&PersonEvent::AgentSettingsChanged { person: person.id })?;
        Ok(person)
    }
}
