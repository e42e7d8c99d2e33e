//! Takes an address or a number away that no longer reaches a person.

use async_graphql::InputObject;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde::{Deserialize, Serialize};

use super::access::{People, PersonFacts, customers_only};
use super::contact::{self, Kind};
use super::events::PersonEvent;
use super::{credential, find, person};
use crate::access::Permission;
use crate::desk::{Operation, Tx, WriteOptions};
use crate::error::{Error, Result};
use crate::ids::ContactId;

/// Takes a contact away. Everybody may for themselves; for others it needs `person.manage`. The last address that somebody with a
/// password can sign in with stays.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "ContactRemoveInput")]
pub struct ContactRemove {
    /// Which: one of the person's `contacts`.
    pub contact_id: ContactId,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key and expected version, which is the person's.
    pub options: WriteOptions,
}

impl Operation for ContactRemove {
    type Outcome = person::Model;
    const NAME: &'static str = "contact.remove";

    fn options(&self) -> WriteOptions {
        self.options.clone()
    }

    async fn run(&self, tx: &mut Tx) -> Result<person::Model> {
        let unseen = || Error::not_found("contact").at("contactId");
        let contact = contact::Entity::find_by_id(self.contact_id).one(tx.conn()).await?.ok_or_else(unseen)?;
        let locked = find::lock(tx, "contactId", contact.person_id).await;
        let mut person = locked.map_err(|error| match error.code() {
            crate::error::Code::NotFound => unseen(),
            _ => error,
        })?;
        if tx.actor.person == Some(person.id) {
            tx.allow_because("everybody may say where they are no longer reached");
        } else {
            tx.allow::<People>(Permission::PersonManage, &PersonFacts::from(&person))?;
        }
        customers_only(&tx.actor, &[person.role])?;
        if contact.kind == Kind::Email && credential::of(tx.conn(), person.id).await?.is_some() {
            let theirs = contact::Entity::find()
                .filter(contact::Column::PersonId.eq(person.id))
                .filter(contact::Column::Kind.eq(Kind::Email));
            if theirs.count(tx.conn()).await? <= 1 {
                return Err(Error::invalid("contactId", "This is the last address that they can sign in with.")
                    .hint("Add another one first."));
            }
        }
        let gone = contact::Entity::delete_many()
            .filter(contact::Column::Id.eq(contact.id))
            .filter(contact::Column::PersonId.eq(person.id));
        if gone.exec(tx.conn()).await?.rows_affected == 0 {
            // Somebody was faster.
            return Err(unseen());
        }
        find::save(tx, &mut person).await?;
        tx.append(&PersonEvent::Updated { person: person.id })?;
        Ok(person)
    }
}
