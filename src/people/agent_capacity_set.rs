//! Says how many open tickets somebody takes at most.

use async_graphql::InputObject;
use serde::{Deserialize, Serialize};

use super::events::PersonEvent;
use super::{agent, person};
use crate::desk::{Operation, Tx, WriteOptions};
use crate::error::{Error, Result};
use crate::ids::PersonId;

/// Says how many open tickets somebody takes at most.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "AgentCapacitySetInput")]
pub struct AgentCapacitySet {
    /// Who.
    pub person_id: PersonId,
    /// How many, 0 to 10,000. Null: as many as everybody (`workflow.routing.capacity`). People can still assign more by hand.
    pub capacity: Option<i32>,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key and expected version.
    pub options: WriteOptions,
}

impl Operation for AgentCapacitySet {
    type Outcome = person::Model;
    const NAME: &'static str = "agent.capacity_set";

    fn options(&self) -> WriteOptions {
        self.options.clone()
    }

    async fn run(&self, tx: &mut Tx) -> Result<person::Model> {
        let person = agent::lock(tx, self.person_id, false).await?;
        if self.capacity.is_some_and(|capacity| !(0..=10_000).contains(&capacity)) {
            return Err(Error::invalid("capacity", "A capacity is from 0 to 10,000 tickets."));
        }
        let settings = agent::of(tx.conn(), person.id).await?;
        if settings.capacity == self.capacity {
            tx.nothing_changed();
            return Ok(person);
        }
        agent::save(tx, agent::Model { capacity: self.capacity, ..settings }).await?;
        tx.append(&PersonEvent::AgentSettingsChanged { person: person.id })?;
        Ok(person)
    }
}
