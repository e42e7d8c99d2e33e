//! Makes a person known by what another system calls them, or brings them up to date.

use async_graphql::{InputObject, MaybeUndefined};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};

use super::access::{People, PersonFacts, customers_only, not_a_service};
use super::contact::{self, Address, Email, Kind, Phone};
use super::events::PersonEvent;
use super::external::{self, OrganizationKey, person_of};
use super::find::{self, NewPerson};
use super::organization_upsert::made_meanwhile;
use super::{credential, input, person};
use crate::access::{Permission, Role};
use crate::desk::{CreateOptions, Operation, Tx, WriteOptions};
use crate::error::{Code, Error, Result};
use crate::ids::PersonId;

/// Makes a person known, or brings them up to date, by what another system calls them. Sending the same again changes nothing; what is
/// not sent stays. Needs `person.manage`. Somebody who is known by their address only, or whose address is verified, is recognized by it.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "PersonUpsertInput")]
pub struct PersonUpsert {
    /// The system, such as "crm".
    pub source: String,
    /// The person's id there.
    pub external_id: String,
    /// What they are called: 1 to 100 characters. Needed for somebody new.
    pub name: Option<String>,
    /// The e-mail address that reaches them; null takes it away.
    #[serde(default, skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub email: MaybeUndefined<String>,
    /// Whether you vouch that the address is theirs. Not sent: it stays as it is, and a new address is not verified.
    pub email_verified: Option<bool>,
    /// The telephone number that reaches them; null takes it away.
    #[serde(default, skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub phone: MaybeUndefined<String>,
    /// Whether you vouch that the number is theirs. Not sent: it stays as it is, and a new number is not verified.
    pub phone_verified: Option<bool>,
    /// The organization they belong to; null: none.
    #[serde(default, skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub organization: MaybeUndefined<OrganizationKey>,
    /// What they are at the desk. Default: a customer. Only administrators may send anything else.
    pub role: Option<Role>,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key.
    pub options: CreateOptions,
}

impl Operation for PersonUpsert {
    type Outcome = person::Model;
    const NAME: &'static str = "person.upsert";

    fn options(&self) -> WriteOptions {
        self.options.clone().into()
    }

    async fn run(&self, tx: &mut Tx) -> Result<person::Model> {
        tx.allow_anywhere(Permission::PersonManage)?;
        let source = external::id("source", &self.source)?;
        let external_id = external::id("externalId", &self.external_id)?;
        let wish = Wish::read(self, tx).await?;
        let known = match person_of(tx.conn(), &source, &external_id).await? {
            Some(person) => Some(person),
            None => recognized(tx, wish.email.value()).await?,
        };
        let Some(known) = known else { return self.add(tx, wish, (source, external_id)).await };
        // Whoever tells of people need not see them all.
        let (person, administrators) = find::lock_unseen_with_administrators(tx, known.id).await?;
        let mut person = person.ok_or_else(|| Error::not_found("person").at("externalId"))?;
        tx.allow::<People>(Permission::PersonManage, &PersonFacts::from(&person))?;
        customers_only(&tx.actor, &[person.role])?;
        if person.source.is_some() && person.source.as_ref() != Some(&source) {
            return Err(other_source());
        }
        let before = person.clone();
        (person.source, person.external_id) = (Some(source), Some(external_id));
        if let Some(name) = wish.name {
            person.name = name;
        }
        if let Some(role) = self.role.filter(|role| *role != person.role) {
            not_a_service("externalId", person.role)?;
            if person.role == Role::Administrator {
                super::update::keep_an_administrator(&person, administrators, "role")?;
            }
            if role == Role::Customer {
                super::update::leave_teams(tx, person.id).await?;
            }
            person.role = role;
        }
        match wish.organization {
            MaybeUndefined::Undefined => {}
            MaybeUndefined::Null => person.organization_id = None,
            MaybeUndefined::Value(id) => person.organization_id = Some(id),
        }
        let mut reached = reach(tx, person.id, Kind::Email, wish.email, self.email_verified).await?;
        reached |= reach(tx, person.id, Kind::Phone, wish.phone, self.phone_verified).await?;
        if person == before && !reached {
            tx.nothing_changed();
            return Ok(person);
        }
        find::save(tx, &mut person).await?;
        let access = (person.role, person.organization_id) != (before.role, before.organization_id);
        if reached || (&person.name, &person.source) != (&before.name, &before.source) {
            tx.append(&PersonEvent::Updated { person: person.id })?;
        }
        if access {
            tx.append(&PersonEvent::AccessChanged { person: person.id })?;
        }
        Ok(person)
    }
}

/// What was sent, checked.
struct Wish {
    name: Option<String>,
    email: MaybeUndefined<Address>,
    phone: MaybeUndefined<Address>,
    organization: MaybeUndefined<crate::ids::OrganizationId>,
}

impl Wish {
    async fn read(sent: &PersonUpsert, tx: &Tx) -> Result<Self> {
        let role = sent.role.unwrap_or(Role::Customer);
        customers_only(&tx.actor, &[role])?;
        not_a_service("role", role)?;
        let administrator = tx.actor.role == Some(Role::Administrator);
        if role != Role::Customer && !administrator {
            return Err(Error::with(Code::Forbidden, "Only administrators make staff known.").at("role"));
        }
        let email = each(&sent.email, |text| Email::parse("email", text).map(Address::from))?;
        let phone = each(&sent.phone, |text| Phone::parse("phone", text).map(Address::from))?;
        let organization = match &sent.organization {
            MaybeUndefined::Undefined => MaybeUndefined::Undefined,
            MaybeUndefined::Null => MaybeUndefined::Null,
            MaybeUndefined::Value(key) => {
                let found = key.find(tx.conn()).await.map_err(|error| error.at("organization"))?;
                let found = found.ok_or_else(|| Error::not_found("organization").at("organization"))?;
                MaybeUndefined::Value(found.id)
            }
        };
        let name = sent.name.as_deref().map(|name| input::name("name", name)).transpose()?;
        Ok(Self { name, email, phone, organization })
    }
}

fn each<T, U>(sent: &MaybeUndefined<T>, read: impl FnOnce(&T) -> Result<U>) -> Result<MaybeUndefined<U>> {
    Ok(match sent {
        MaybeUndefined::Undefined => MaybeUndefined::Undefined,
        MaybeUndefined::Null => MaybeUndefined::Null,
        MaybeUndefined::Value(value) => MaybeUndefined::Value(read(value)?),
    })
}

impl PersonUpsert {
    async fn add(&self, tx: &mut Tx, wish: Wish, external: (String, String)) -> Result<person::Model> {
        let name = wish.name.ok_or_else(|| Error::invalid("name", "Somebody new needs a name."))?;
        let new = NewPerson {
            name,
            role: self.role.unwrap_or(Role::Customer),
            email: None,
            external: Some(external),
            created_at: tx.now,
        };
        let mut person = new.row();
        person.organization_id = wish.organization.take();
        let row = person::Entity::insert(person.clone().into_active_model());
        row.exec_without_returning(tx.conn()).await.map_err(made_meanwhile)?;
        tx.append(&PersonEvent::Created { person: person.id })?;
        reach(tx, person.id, Kind::Email, wish.email, self.email_verified).await?;
        reach(tx, person.id, Kind::Phone, wish.phone, self.phone_verified).await?;
        Ok(person)
    }
}

/// Whom the address tells: somebody who is known by it only, or for whom it was verified. Somebody who merely claimed it when they
/// registered is not recognized by it, for then anybody could become anybody.
async fn recognized(tx: &Tx, email: Option<&Address>) -> Result<Option<person::Model>> {
    let Some(email) = email else { return Ok(None) };
    let Some(contact) = find::contact(tx.conn(), email).await? else { return Ok(None) };
    let person = find::by_id(tx.conn(), contact.person_id).await?;
    let has_password = credential::of(tx.conn(), contact.person_id).await?.is_some();
    let sure = contact.verified_at.is_some() || !has_password;
    Ok(person.filter(|person| sure && person.source.is_none() && person.role == Role::Customer))
}

/// Makes an address the one that reaches the person, verified if somebody vouches for it. Answers whether anything changed.
pub(super) async fn reach(
    tx: &Tx,
    person: PersonId,
    kind: Kind,
    wish: MaybeUndefined<Address>,
    verified: Option<bool>,
) -> Result<bool> {
    let mine = contact::Entity::find()
        .filter(contact::Column::PersonId.eq(person))
        .filter(contact::Column::Kind.eq(kind))
        .order_by_asc(contact::Column::CreatedAt)
        .order_by_asc(contact::Column::Id)
        .all(tx.conn())
        .await?;
    let wish = match wish {
        MaybeUndefined::Null => {
            let none = contact::Entity::delete_many()
                .filter(contact::Column::PersonId.eq(person))
                .filter(contact::Column::Kind.eq(kind));
            return Ok(none.exec(tx.conn()).await?.rows_affected > 0);
        }
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Value(wish) => Some(wish),
    };
    let same = |row: &&contact::Model| wish.as_ref().is_none_or(|wish| wish.folded == row.folded);
    let present = mine.iter().find(same).cloned();
    let replaced = present.is_none().then(|| mine.into_iter().next()).flatten();
    let Some(before) = present.or(replaced) else {
        let Some(Address { value, folded, .. }) = wish else {
            return match verified {
                Some(true) => Err(nothing_to_vouch_for(kind)),
                _ => Ok(false),
            };
        };
        return find::add_vouched(tx, person, kind, (value, folded), verified == Some(true))
            .await
            .map_err(held)
            .map(|()| true);
    };
    let mut after = before.clone();
    if let Some(Address { value, folded, .. }) = wish {
        if folded != before.folded {
            after.verified_at = None;
        }
        (after.value, after.folded) = (value, folded);
    }
    match verified {
        Some(true) => after.verified_at = after.verified_at.or(Some(tx.real)),
        Some(false) => after.verified_at = None,
        None => {}
    }
    if after == before {
        return Ok(false);
    }
    let saved = after.into_active_model().reset_all().update(tx.conn()).await;
    saved.map_err(|error| match find::taken(&error) {
        true => held(find::somebody_has_it(kind)),
        false => error.into(),
    })?;
    Ok(true)
}

fn nothing_to_vouch_for(kind: Kind) -> Error {
    let field = match kind {
        Kind::Email => "emailVerified",
        Kind::Phone => "phoneVerified",
    };
    Error::invalid(field, "There is nothing of the kind that anybody could vouch for.").hint("Send it along.")
}

/// An address of somebody else is a conflict of two systems, not a typing error.
fn held(error: Error) -> Error {
    if error.code() != Code::AlreadyExists {
        return error;
    }
    let field = error.field().first().cloned().unwrap_or_default();
    Error::with(Code::Conflict, error.message().clone())
        .at(&field)
        .hint("It reaches another person of this desk. Take it away there first, or send this person without it.")
}

fn other_source() -> Error {
    Error::with(Code::Conflict, "Another system knows this person already.")
        .at("externalId")
        .hint("Only the system that made a person known brings them up to date.")
}
