//! Opens a closed account again. Its old sessions stay ended.

use async_graphql::InputObject;
use serde::{Deserialize, Serialize};

use crate::access::Permission;
use crate::desk::{Operation, Tx, WriteOptions};
use crate::error::Result;
use crate::ids::PersonId;
use crate::people::access::{People, PersonFacts, customers_only};
use crate::people::events::PersonEvent;
use crate::people::{find, person};

/// Opens a closed account again. Needs `person.manage`.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "PersonReactivateInput")]
pub struct PersonReactivate {
    /// Who.
    pub person_id: PersonId,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key and expected version.
    pub options: WriteOptions,
}

impl Operation for PersonReactivate {
    type Outcome = person::Model;
    const NAME: &'static str = "person.reactivate";

    fn options(&self) -> WriteOptions {
        self.options.clone()
    }

    async fn run(&self, tx: &mut Tx) -> Result<person::Model> {
        let mut person = find::lock(tx, "personId", self.person_id).await?;
        tx.allow::<People>(Permission::PersonManage, &PersonFacts::from(&person))?;
        customers_only(&tx.actor, &[person.role])?;
        if person.deactivated_at.take().is_none() {
            tx.nothing_changed();
            return Ok(person);
        }
        find::save(tx, &mut person).await?;
        tx.append(&PersonEvent::AccessChanged { person: person.id })?;
        Ok(person)
    }
}
