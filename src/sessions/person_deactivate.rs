//! Closes somebody's account: they can no longer sign in, and their sessions end. What they wrote stays.

use async_graphql::InputObject;
use serde::{Deserialize, Serialize};

use super::sign_out_everywhere::revoke_all;
use crate::access::{Permission, Role};
use crate::desk::{Operation, Tx, WriteOptions};
use crate::error::Result;
use crate::ids::PersonId;
use crate::people::access::{People, PersonFacts, customers_only};
use crate::people::events::PersonEvent;
use crate::people::update::keep_an_administrator;
use crate::people::{find, person};

/// Closes somebody's account. Needs `person.manage`. Their tickets and comments stay; whoever has one assigned keeps it until it is
/// given to somebody else. The last administrator stays.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "PersonDeactivateInput")]
pub struct PersonDeactivate {
    /// Who.
    pub person_id: PersonId,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key and expected version.
    pub options: WriteOptions,
}

impl Operation for PersonDeactivate {
    type Outcome = person::Model;
    const NAME: &'static str = "person.deactivate";

    fn options(&self) -> WriteOptions {
        self.options.clone()
    }

    async fn run(&self, tx: &mut Tx) -> Result<person::Model> {
        let (mut person, others) = find::lock_with_administrators(tx, "personId", self.person_id).await?;
        tx.allow::<People>(Permission::PersonManage, &PersonFacts::from(&person))?;
        customers_only(&tx.actor, &[person.role])?;
        if person.deactivated_at.is_some() {
            tx.nothing_changed();
            return Ok(person);
        }
        if person.role == Role::Administrator {
            keep_an_administrator(&person, others, "personId")?;
        }
        person.deactivated_at = Some(tx.now);
        find::save(tx, &mut person).await?;
        tx.append(&PersonEvent::AccessChanged { person: person.id })?;
        revoke_all(tx, person.id, None).await?;
        Ok(person)
    }
}
