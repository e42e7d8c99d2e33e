//! Makes a person known by hand: a customer, an agent or an administrator.

use async_graphql::InputObject;
use sea_orm::EntityTrait;
use serde::{Deserialize, Serialize};

use super::access::{customers_only, not_a_service, people_only};
use super::contact::{Email, Phone};
use super::find::{self, NewPerson};
use super::{credential, input, organization, person};
use crate::access::{Permission, Role};
use crate::desk::{CreateOptions, Operation, Tx, WriteOptions};
use crate::error::{Error, Faults, Result};
use crate::ids::OrganizationId;

/// Makes a person known. Needs `person.manage`.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "PersonDraft")]
pub struct PersonCreate {
    /// What they are called: 1 to 100 characters.
    pub name: String,
    /// Where they are reached, and what they sign in with.
    pub email: Option<String>,
    /// The telephone number they are reached at.
    pub phone: Option<String>,
    /// What they are at the desk.
    pub role: Role,
    /// The organization they belong to.
    pub organization_id: Option<OrganizationId>,
    /// The hash of a first password, which they are to change. Made by the `sessions` room; never serialised.
    #[graphql(skip)]
    #[serde(skip)]
    pub password_hash: Option<String>,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key.
    pub options: CreateOptions,
}

impl Operation for PersonCreate {
    type Outcome = person::Model;
    const NAME: &'static str = "person.create";

    fn options(&self) -> WriteOptions {
        self.options.clone().into()
    }

    async fn run(&self, tx: &mut Tx) -> Result<person::Model> {
        tx.allow_anywhere(Permission::PersonManage)?;
        customers_only(&tx.actor, &[self.role])?;
        not_a_service("role", self.role)?;
        if self.password_hash.is_some() {
            people_only(&tx.actor)?;
        }
        let mut faults = Faults::default();
        let (Some(name), Some(email), Some(phone)) = (
            faults.take(input::name("name", &self.name)),
            faults.take(self.email.as_deref().map(|text| Email::parse("email", text)).transpose()),
            faults.take(self.phone.as_deref().map(|text| Phone::parse("phone", text)).transpose()),
        ) else {
            return Err(faults.error());
        };
        if let Some(id) = self.organization_id {
            organization_exists(tx, id).await?;
        }
        if self.password_hash.is_some() && email.is_none() {
            return Err(Error::invalid("email", "Somebody with a password needs an address to sign in with."));
        }
        let new = NewPerson { name, role: self.role, email: None, external: None, created_at: tx.now };
        let mut person = new.row();
        person.organization_id = self.organization_id;
        find::insert(tx, &person).await?;
        if let Some(email) = email {
            find::add_email(tx, person.id, email).await?;
        }
        if let Some(phone) = phone {
            find::add_phone(tx, person.id, phone).await?;
        }
        if let Some(hash) = &self.password_hash {
            credential::put(tx, person.id, hash, true).await?;
        }
        Ok(person)
    }
}

/// Demands that there is such an organization.
///
/// # Errors
/// `NOT_FOUND` at `organizationId`.
pub(super) async fn organization_exists(tx: &Tx, id: OrganizationId) -> Result<()> {
    let found = organization::Entity::find_by_id(id).one(tx.conn()).await?;
    found.map(drop).ok_or_else(|| Error::not_found("organization").at("organizationId"))
}
