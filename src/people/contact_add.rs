//! Adds an address or a number that reaches a person, by somebody who may say so.

use async_graphql::InputObject;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde::{Deserialize, Serialize};

use super::access::{People, PersonFacts, customers_only, not_a_service};
use super::contact::{self, Address, ContactAddress};
use super::events::PersonEvent;
use super::{find, person};
use crate::access::Permission;
use crate::desk::{Operation, Tx, WriteOptions};
use crate::error::{Code, Error, Result};
use crate::ids::PersonId;
use crate::say;

/// How many contacts somebody has at most.
pub const MOST: u64 = 10;

/// Adds an address that reaches a person. Needs `person.manage`; whoever adds one for themselves proves it with `contactVerifyRequest`.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "ContactAddInput")]
pub struct ContactAdd {
    /// Who.
    pub person_id: PersonId,
    /// Where they are reached. They can sign in with each e-mail address. At most 10 in all.
    pub address: ContactAddress,
    /// Whether you vouch that it is theirs.
    #[graphql(default)]
    #[serde(default)]
    pub verified: bool,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key and expected version.
    pub options: WriteOptions,
}

impl Operation for ContactAdd {
    type Outcome = person::Model;
    const NAME: &'static str = "contact.add";

    fn options(&self) -> WriteOptions {
        self.options.clone()
    }

    async fn run(&self, tx: &mut Tx) -> Result<person::Model> {
        let mut person = find::lock(tx, "personId", self.person_id).await?;
        tx.allow::<People>(Permission::PersonManage, &PersonFacts::from(&person))?;
        customers_only(&tx.actor, &[person.role])?;
        not_a_service("personId", person.role)?;
        let Address { kind, value, folded } = self.address.read().map_err(|error| error.at("address"))?;
        room_for_one(tx, person.id).await.map_err(|error| error.at("address"))?;
        find::add_vouched(tx, person.id, kind, (value, folded), self.verified)
            .await
            .map_err(|error| error.at("address"))?;
        find::save(tx, &mut person).await?;
        tx.append(&PersonEvent::Updated { person: person.id })?;
        Ok(person)
    }
}

/// Demands that somebody can have one contact more.
///
/// # Errors
/// `INVALID_VALUE`.
pub async fn room_for_one(tx: &Tx, person: PersonId) -> Result<()> {
    let theirs = contact::Entity::find().filter(contact::Column::PersonId.eq(person));
    match theirs.count(tx.conn()).await? {
        count if count >= MOST => {
            Err(Error::with(Code::InvalidValue, say!("Nobody has more than {max} contacts.", max = MOST))
                .hint("Remove one first: contactRemove."))
        }
        _ => Ok(()),
    }
}
