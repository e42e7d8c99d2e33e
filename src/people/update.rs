//! Changes what a person is called, is, or belongs to.

use async_graphql::{InputObject, MaybeUndefined};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};

use super::access::{People, PersonFacts, customers_only, not_a_service};
use super::contact::Kind;
use super::create::organization_exists;
use super::events::PersonEvent;
use super::team::member;
use super::upsert::reach;
use super::{find, input, person};
use crate::access::{Permission, Role};
use crate::desk::{Operation, Tx, WriteOptions};
use crate::error::{Error, Result};
use crate::ids::{OrganizationId, PersonId};

/// Changes a person. What is not sent stays. Everybody may change their own name and language; everything else needs `person.manage`.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "PersonUpdateInput")]
pub struct PersonUpdate {
    /// Who.
    pub person_id: PersonId,
    /// What they are called: 1 to 100 characters.
    pub name: Option<String>,
    /// What they are at the desk. Who becomes a customer leaves all teams. The last administrator cannot become anything else.
    pub role: Option<Role>,
    /// Whether you vouch that their e-mail address is theirs.
    pub email_verified: Option<bool>,
    /// Whether you vouch that their telephone number is theirs.
    pub phone_verified: Option<bool>,
    /// The organization they belong to; null: none. Tickets keep the organization they were opened for.
    #[serde(default, skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub organization_id: MaybeUndefined<OrganizationId>,
    /// The language in which they want to be told, as a tag: `de`, `pt-BR`. Null: the desk's own.
    #[serde(default, skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub locale: MaybeUndefined<String>,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key and expected version.
    pub options: WriteOptions,
}

impl Operation for PersonUpdate {
    type Outcome = person::Model;
    const NAME: &'static str = "person.update";

    fn options(&self) -> WriteOptions {
        self.options.clone()
    }

    async fn run(&self, tx: &mut Tx) -> Result<person::Model> {
        let (mut person, other_administrators) = find::lock_with_administrators(tx, "personId", self.person_id).await?;
        let vouched = [self.email_verified, self.phone_verified].iter().any(Option::is_some);
        let only_own = self.role.is_none() && self.organization_id.is_undefined() && !vouched;
        if only_own && tx.actor.person == Some(person.id) {
            tx.allow_because("everybody may say what they are called, and what they speak");
        } else {
            tx.allow::<People>(Permission::PersonManage, &PersonFacts::from(&person))?;
        }
        let role = self.role.unwrap_or(person.role);
        customers_only(&tx.actor, &[person.role, role])?;
        if role != person.role {
            not_a_service("role", role)?;
            not_a_service("personId", person.role)?;
        }
        let before = person.clone();
        if let Some(name) = &self.name {
            person.name = input::name("name", name)?;
        }
        match &self.locale {
            MaybeUndefined::Undefined => {}
            MaybeUndefined::Null => person.locale = None,
            MaybeUndefined::Value(tag) => person.locale = Some(input::locale(tag)?),
        }
        if let Some(role) = self.role {
            if role != Role::Administrator && before.role == Role::Administrator {
                keep_an_administrator(&before, other_administrators, "role")?;
            }
            person.role = role;
        }
        match self.organization_id {
            MaybeUndefined::Undefined => {}
            MaybeUndefined::Null => person.organization_id = None,
            MaybeUndefined::Value(id) => {
                organization_exists(tx, id).await?;
                person.organization_id = Some(id);
            }
        }
        let none = || MaybeUndefined::Undefined;
        let mut reached = reach(tx, person.id, Kind::Email, none(), self.email_verified).await?;
        reached |= reach(tx, person.id, Kind::Phone, none(), self.phone_verified).await?;
        if person == before && !reached {
            tx.nothing_changed();
            return Ok(person);
        }
        if person.role == Role::Customer && before.role != Role::Customer {
            leave_teams(tx, person.id).await?;
        }
        find::save(tx, &mut person).await?;
        if (&person.name, &person.locale) != (&before.name, &before.locale) || reached {
            tx.append(&PersonEvent::Updated { person: person.id })?;
        }
        if (person.role, person.organization_id) != (before.role, before.organization_id) {
            tx.append(&PersonEvent::AccessChanged { person: person.id })?;
        }
        Ok(person)
    }
}

/// Demands that somebody else can still run the desk.
///
/// # Errors
/// `INVALID_VALUE` at `field` for the last active administrator.
pub fn keep_an_administrator(person: &person::Model, others: usize, field: &str) -> Result<()> {
    if others == 0 && person.deactivated_at.is_none() {
        return Err(Error::invalid(field, "This is the last administrator: nobody could run the desk any more.")
            .hint("Make somebody else administrator first."));
    }
    Ok(())
}

/// Takes somebody out of all teams: they are staff no longer.
pub(super) async fn leave_teams(tx: &Tx, person: PersonId) -> Result<()> {
    member::Entity::delete_many().filter(member::Column::PersonId.eq(person)).exec(tx.conn()).await?;
    Ok(())
}
