//! Makes a reference known, or brings it up to date: what a booking system or a ride service tells the desk.

use async_graphql::{InputObject, MaybeUndefined};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde::{Deserialize, Serialize};

use super::events::{ReferenceEvent, What};
use super::fields::{self, FieldInput};
use super::find::{self, Found, ReferenceKey};
use super::reference::{self, participant};
use crate::access::{Permission, Role};
use crate::desk::{Operation, Tx, WriteOptions};
use crate::error::{Code, Error, Result};
use crate::ids::{OrganizationId, PersonId, ReferenceId};
use crate::people::external::{self, OrganizationKey, PersonKey};
use crate::people::find::taken;
use crate::profile::{ReferenceKind, ReferenceOwner};
use crate::say;

/// Makes a reference known, or brings it up to date, by kind and id. Sending the same again changes nothing; what is not sent stays.
/// Whoever it belonged to before no longer sees it. Needs `reference.write`.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "ReferenceUpsertInput")]
pub struct ReferenceUpsert {
    /// What it is: a key of `workflow.referenceKinds`.
    pub kind: String,
    /// Its id in the system that knows it, such as "B789".
    pub external_id: String,
    /// The person it belongs to; null: nobody.
    #[serde(default, skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub owner: MaybeUndefined<PersonKey>,
    /// The organization it belongs to; null: none.
    #[serde(default, skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub organization: MaybeUndefined<OrganizationKey>,
    /// The customers who share it, instead of all present ones. Only for kinds that are shared.
    pub participants: Option<Vec<PersonKey>>,
    /// How it stands, in the words of the system that knows it: at most 100 characters; null: not said.
    #[serde(default, skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub status: MaybeUndefined<String>,
    /// What it says of itself. Fields that are not sent stay.
    pub fields: Option<Vec<FieldInput>>,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key and expected version.
    pub options: WriteOptions,
}

/// The longest status, in characters.
const STATUS: usize = 100;
/// How many people share one at most.
const PARTICIPANTS: usize = 1_000;

impl Operation for ReferenceUpsert {
    type Outcome = reference::Model;
    const NAME: &'static str = "reference.upsert";

    fn options(&self) -> WriteOptions {
        self.options.clone()
    }

    async fn run(&self, tx: &mut Tx) -> Result<reference::Model> {
        tx.allow_anywhere(Permission::ReferenceWrite)?;
        let desk = tx.desk.clone();
        let kind = kind_of(&desk.profile, "kind", &self.kind)?;
        let key = ReferenceKey { kind: kind.key.clone(), external_id: external::id("externalId", &self.external_id)? };
        let owner = self.owner(tx).await?;
        let organization = self.organization(tx).await?;
        let participants = self.participants(tx, kind).await?;
        let status = match &self.status {
            MaybeUndefined::Undefined => MaybeUndefined::Undefined,
            MaybeUndefined::Null => MaybeUndefined::Null,
            MaybeUndefined::Value(text) => MaybeUndefined::Value(status(text)?),
        };
        let before = find::lock(tx, &key).await?;
        let mut row = match &before {
            Some(before) => {
                tx.expect_version(before.row.id.0, before.row.version)?;
                before.row.clone()
            }
            None => reference::Model {
                id: ReferenceId::new(),
                kind: key.kind,
                external_id: key.external_id,
                owner_id: None,
                organization_id: None,
                status: None,
                fields: String::new(),
                version: 1,
                created_at: tx.now,
                updated_at: tx.now,
            },
        };
        lay(owner, &mut row.owner_id);
        lay(organization, &mut row.organization_id);
        lay(status, &mut row.status);
        row.fields = fields::merged(kind, fields::of(&row), self.fields.as_deref().unwrap_or_default())?;
        belongs(kind, &row)?;
        match before {
            None => add(tx, row, participants.unwrap_or_default()).await,
            Some(before) => change(tx, before, row, participants).await,
        }
    }
}

fn lay<T>(sent: MaybeUndefined<T>, onto: &mut Option<T>) {
    match sent {
        MaybeUndefined::Undefined => {}
        MaybeUndefined::Null => *onto = None,
        MaybeUndefined::Value(value) => *onto = Some(value),
    }
}

/// The kind with this key.
///
/// # Errors
/// `INVALID_VALUE` at `field` with the kinds that there are.
pub fn kind_of<'a>(profile: &'a crate::profile::Profile, field: &str, key: &str) -> Result<&'a ReferenceKind> {
    let known = || profile.reference_kinds.iter().map(|kind| kind.key.as_str());
    profile.reference_kind(key).ok_or_else(|| Error::unknown_key(field, key, known()))
}

/// Demands that it belongs to whom its kind says.
fn belongs(kind: &ReferenceKind, row: &reference::Model) -> Result<()> {
    let name = &kind.name;
    match kind.owner {
        ReferenceOwner::Person if row.owner_id.is_none() => {
            Err(Error::invalid("owner", say!("Every {name} belongs to a person.", name)))
        }
        ReferenceOwner::Organization if row.organization_id.is_none() => {
            Err(Error::invalid("organization", say!("Every {name} belongs to an organization.", name)))
        }
        ReferenceOwner::None if row.owner_id.is_some() || row.organization_id.is_some() => {
            let field = if row.owner_id.is_some() { "owner" } else { "organization" };
            Err(Error::invalid(field, say!("A {name} belongs to nobody on this desk.", name)))
        }
        _ => Ok(()),
    }
}

fn status(text: &str) -> Result<String> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > STATUS || text.chars().any(char::is_control) {
        return Err(Error::invalid("status", say!("This is one line of 1 to {max} characters.", max = STATUS)));
    }
    Ok(text.to_owned())
}

async fn add(tx: &mut Tx, row: reference::Model, participants: Vec<PersonId>) -> Result<reference::Model> {
    let inserted = reference::Entity::insert(row.clone().into_active_model());
    inserted.exec_without_returning(tx.conn()).await.map_err(|error| match taken(&error) {
        true => Error::with(Code::Conflict, "It became known by another request this moment.").hint("Send it again."),
        false => error.into(),
    })?;
    share(tx, row.id, participants).await?;
    tx.append(&ReferenceEvent::new(What::Created, &row, None))?;
    Ok(row)
}

async fn change(
    tx: &mut Tx,
    before: Found,
    mut row: reference::Model,
    participants: Option<Vec<PersonId>>,
) -> Result<reference::Model> {
    let shared = participants.filter(|wanted| *wanted != before.participants);
    if row == before.row && shared.is_none() {
        tx.nothing_changed();
        return Ok(row);
    }
    if let Some(participants) = shared {
        let all = participant::Entity::delete_many().filter(participant::Column::ReferenceId.eq(row.id));
        all.exec(tx.conn()).await?;
        share(tx, row.id, participants).await?;
    }
    row.version += 1;
    row.updated_at = Ord::max(row.updated_at, tx.now);
    row.clone().into_active_model().reset_all().update(tx.conn()).await?;
    tx.append(&ReferenceEvent::new(What::Updated, &row, before.row.owner_id))?;
    Ok(row)
}

async fn share(tx: &Tx, reference: ReferenceId, people: Vec<PersonId>) -> Result<()> {
    if people.is_empty() {
        return Ok(());
    }
    let row = |person_id| participant::Model { reference_id: reference, person_id }.into_active_model();
    participant::Entity::insert_many(people.into_iter().map(row)).exec_without_returning(tx.conn()).await?;
    Ok(())
}

impl ReferenceUpsert {
    async fn owner(&self, tx: &Tx) -> Result<MaybeUndefined<PersonId>> {
        Ok(match &self.owner {
            MaybeUndefined::Undefined => MaybeUndefined::Undefined,
            MaybeUndefined::Null => MaybeUndefined::Null,
            MaybeUndefined::Value(key) => MaybeUndefined::Value(person(tx, key, "owner").await?),
        })
    }

    async fn organization(&self, tx: &Tx) -> Result<MaybeUndefined<OrganizationId>> {
        Ok(match &self.organization {
            MaybeUndefined::Undefined => MaybeUndefined::Undefined,
            MaybeUndefined::Null => MaybeUndefined::Null,
            MaybeUndefined::Value(key) => {
                let found = key.find(tx.conn()).await.map_err(|error| error.at("organization"))?;
                let found = found.ok_or_else(|| Error::not_found("organization").at("organization"))?;
                MaybeUndefined::Value(found.id)
            }
        })
    }

    /// In the order of their ids, each once.
    async fn participants(&self, tx: &Tx, kind: &ReferenceKind) -> Result<Option<Vec<PersonId>>> {
        let Some(keys) = &self.participants else { return Ok(None) };
        if !kind.participants && !keys.is_empty() {
            return Err(Error::invalid("participants", say!("A {name} is not shared on this desk.", name = kind.name)));
        }
        if keys.len() > PARTICIPANTS {
            return Err(Error::invalid("participants", say!("Send at most {max}.", max = PARTICIPANTS)));
        }
        let mut people = Vec::with_capacity(keys.len());
        for key in keys {
            people.push(person(tx, key, "participants").await?);
        }
        people.sort_unstable();
        people.dedup();
        Ok(Some(people))
    }
}

/// Somebody; a service account owns and shares nothing.
async fn person(tx: &Tx, key: &PersonKey, field: &str) -> Result<PersonId> {
    let found = key.find(tx.conn()).await.map_err(|error| error.at(field))?;
    let found = found.filter(|person| person.role != Role::Service);
    Ok(found.ok_or_else(|| Error::not_found("person").at(field))?.id)
}
