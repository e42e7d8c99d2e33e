//! Finding people by what identifies them, and making those known who only have an address.

use sea_orm::sea_query::LockType;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, SqlErr,
};
use uuid::Uuid;

use super::access::{People, PersonFacts};
use super::contact::{self, Address, Email, Phone};
use super::events::PersonEvent;
use super::{input, organization, person, team};
use crate::access::{Actor, Grants, Permission, Role, Scoped};
use crate::clock::Timestamp;
use crate::desk::{Desk, Outcome, Tx};
use crate::error::{Code, Error, Result};
use crate::ids::{ContactId, OrganizationId, PersonId, TeamId};
use crate::profile::Grant;
use crate::say;

/// The person with this id.
pub async fn by_id(conn: &impl ConnectionTrait, id: PersonId) -> Result<Option<person::Model>, DbErr> {
    person::Entity::find_by_id(id).one(conn).await
}

/// The person whom this e-mail address reaches.
pub async fn by_email(conn: &impl ConnectionTrait, email: &Email) -> Result<Option<person::Model>, DbErr> {
    match contact(conn, &email.clone().into()).await? {
        Some(contact) => by_id(conn, contact.person_id).await,
        None => Ok(None),
    }
}

/// The contact that is this address, whosever it is.
pub async fn contact(conn: &impl ConnectionTrait, address: &Address) -> Result<Option<contact::Model>, DbErr> {
    contact::Entity::find()
        .filter(contact::Column::Kind.eq(address.kind))
        .filter(contact::Column::Folded.eq(address.folded.as_str()))
        .one(conn)
        .await
}

/// A new person, as they become known.
pub struct NewPerson {
    /// What they are called.
    pub name: String,
    /// What they are.
    pub role: Role,
    /// Where they are reached.
    pub email: Option<Email>,
    /// The system they come from, with their id there.
    pub external: Option<(String, String)>,
    /// Since when they are known.
    pub created_at: Timestamp,
}

/// Makes a person known, inside an operation.
///
/// # Errors
/// `ALREADY_EXISTS` at `email` if the address reaches somebody already.
pub async fn add(tx: &mut Tx, mut new: NewPerson) -> Result<person::Model> {
    let email = new.email.take();
    let person = new.row();
    insert(tx, &person).await?;
    if let Some(email) = email {
        add_email(tx, person.id, email).await?;
    }
    Ok(person)
}

impl NewPerson {
    /// The row, in no organization yet.
    pub fn row(self) -> person::Model {
        let (source, external_id) = self.external.unzip();
        person::Model {
            id: PersonId::new(),
            name_folded: input::folded(&self.name),
            name: self.name,
            role: self.role,
            organization_id: None,
            source,
            external_id,
            version: 1,
            created_at: self.created_at,
            deactivated_at: None,
            locale: None,
            muted: None,
        }
    }
}

/// Writes the row of a new person and records that they are known.
pub async fn insert(tx: &mut Tx, person: &person::Model) -> Result<()> {
    person::Entity::insert(person.clone().into_active_model()).exec_without_returning(tx.conn()).await?;
    tx.append_at(&PersonEvent::Created { person: person.id }, person.created_at)
}

/// Adds an address that reaches the person; not verified.
///
/// # Errors
/// `ALREADY_EXISTS` at `email` if it reaches somebody already.
pub async fn add_email(tx: &Tx, person: PersonId, email: Email) -> Result<()> {
    add_vouched(tx, person, contact::Kind::Email, (email.value, email.folded), false).await
}

/// Adds a telephone number that reaches the person; not verified.
///
/// # Errors
/// `ALREADY_EXISTS` at `phone` if it reaches somebody already.
pub async fn add_phone(tx: &Tx, person: PersonId, phone: Phone) -> Result<()> {
    add_vouched(tx, person, contact::Kind::Phone, (phone.value, phone.folded), false).await
}

/// Adds an address as it is kept and as it is compared; verified, if somebody vouches for it who may.
///
/// # Errors
/// `ALREADY_EXISTS` at `email` or `phone` if it reaches somebody already.
pub async fn add_vouched(
    tx: &Tx,
    person: PersonId,
    kind: contact::Kind,
    (value, folded): (String, String),
    verified: bool,
) -> Result<()> {
    let contact = contact::Model {
        id: ContactId::new(),
        person_id: person,
        kind,
        value,
        folded,
        verified_at: verified.then_some(tx.real),
        created_at: tx.real,
    };
    contact.into_active_model().insert(tx.conn()).await.map_err(|error| match taken(&error) {
        true => somebody_has_it(kind),
        false => error.into(),
    })?;
    Ok(())
}

/// The refusal of an address that reaches somebody else.
pub(super) fn somebody_has_it(kind: contact::Kind) -> Error {
    let (field, message) = match kind {
        contact::Kind::Email => ("email", say!("Somebody has this address already.")),
        contact::Kind::Phone => ("phone", say!("Somebody has this number already.")),
    };
    Error::with(Code::AlreadyExists, message).at(field)
}

/// Whether a row could not be written because another one has its name.
pub fn taken(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)))
}

/// How far the actor sees people, with their addresses: always themselves.
fn view(desk: &Desk, actor: &Actor) -> Grants {
    desk.policy.grants(actor, Permission::PersonView).with(Grant::Own)
}

/// The condition under which the actor sees people, with their addresses.
pub fn visible(desk: &Desk, actor: &Actor) -> Condition {
    People::condition(actor, view(desk, actor))
}

/// Whether the actor sees this person, with their addresses.
pub fn sees(desk: &Desk, actor: &Actor, person: &person::Model) -> bool {
    People::admits(actor, view(desk, actor), &PersonFacts::from(person))
}

/// The person, if the actor sees them.
pub async fn visible_by_id(desk: &Desk, actor: &Actor, id: PersonId) -> Result<Option<person::Model>, DbErr> {
    person::Entity::find_by_id(id).filter(visible(desk, actor)).one(&desk.db.read).await
}

/// Locks a person for a change, and checks that the actor sees them and expects their version.
///
/// # Errors
/// `NOT_FOUND` at `field`, whether there is none or it is not the actor's to see; `CONFLICT`.
pub async fn lock(tx: &Tx, field: &str, id: PersonId) -> Result<person::Model> {
    let person = person::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(tx.conn()).await?;
    seen(tx, field, person)
}

/// Locks a person whom nobody asked to see: for what the desk does about them by itself.
pub async fn lock_unseen(tx: &Tx, id: PersonId) -> Result<Option<person::Model>> {
    Ok(person::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(tx.conn()).await?)
}

/// As [`lock`], together with every active administrator, so that nobody can remove the last two at the same time. Answers the
/// person and how many other active administrators there are.
pub async fn lock_with_administrators(tx: &Tx, field: &str, id: PersonId) -> Result<(person::Model, usize)> {
    let (person, others) = lock_unseen_with_administrators(tx, id).await?;
    Ok((seen(tx, field, person)?, others))
}

/// As [`lock_with_administrators`], for somebody whom nobody asked to see.
pub(super) async fn lock_unseen_with_administrators(tx: &Tx, id: PersonId) -> Result<(Option<person::Model>, usize)> {
    let administrator =
        Condition::all().add(person::Column::Role.eq(Role::Administrator)).add(person::Column::DeactivatedAt.is_null());
    let rows = person::Entity::find()
        .filter(Condition::any().add(person::Column::Id.eq(id)).add(administrator))
        .order_by_asc(person::Column::Id)
        .lock(LockType::NoKeyUpdate)
        .all(tx.conn())
        .await?;
    let active = |row: &&person::Model| row.role == Role::Administrator && row.deactivated_at.is_none();
    let others = rows.iter().filter(|row| row.id != id).filter(active).count();
    Ok((rows.into_iter().find(|row| row.id == id), others))
}

fn seen(tx: &Tx, field: &str, person: Option<person::Model>) -> Result<person::Model> {
    let person = person
        .filter(|person| sees(&tx.desk, &tx.actor, person))
        .ok_or_else(|| Error::not_found("person").at(field))?;
    tx.expect_version(person.id.0, person.version)?;
    Ok(person)
}

/// Writes the changed row, one version on.
pub async fn save(tx: &Tx, person: &mut person::Model) -> Result<()> {
    person.version += 1;
    person.name_folded = input::folded(&person.name);
    person::Entity::update(person.clone().into_active_model().reset_all()).exec(tx.conn()).await?;
    Ok(())
}

/// Locks a team for a change, and checks that the actor expects its version.
///
/// # Errors
/// `NOT_FOUND` at `teamId` if there is none any more; `CONFLICT`.
pub async fn lock_team(tx: &Tx, id: TeamId) -> Result<team::Model> {
    // The strongest lock: whoever names the team meanwhile comes before or after.
    let team = team::Entity::find_by_id(id).lock(LockType::Update).one(tx.conn()).await?;
    let team = living(team)?;
    tx.expect_version(team.id.0, team.version)?;
    Ok(team)
}

/// The team that somebody or something is put into: it stays there until the commit.
///
/// # Errors
/// `NOT_FOUND` at `teamId` if there is none any more.
pub async fn hold_team(tx: &Tx, id: TeamId) -> Result<team::Model> {
    living(team::Entity::find_by_id(id).lock(LockType::Share).one(tx.conn()).await?)
}

fn living(team: Option<team::Model>) -> Result<team::Model> {
    team.filter(|team| team.deleted_at.is_none()).ok_or_else(|| Error::not_found("team").at("teamId"))
}

/// Writes the changed row, one version on.
pub async fn save_team(tx: &Tx, team: &mut team::Model) -> Result<(), DbErr> {
    team.version += 1;
    team::Entity::update(team.clone().into_active_model().reset_all()).exec(tx.conn()).await.map(drop)
}

impl Outcome for person::Model {
    fn key(&self) -> Uuid {
        self.id.0
    }

    async fn reload(tx: &Tx, key: Uuid) -> Result<Option<Self>> {
        Ok(by_id(tx.conn(), key.into()).await?)
    }
}

impl Outcome for team::Model {
    fn key(&self) -> Uuid {
        self.id.0
    }

    async fn reload(tx: &Tx, key: Uuid) -> Result<Option<Self>> {
        Ok(team::Entity::find_by_id(TeamId(key)).one(tx.conn()).await?)
    }
}

impl Outcome for organization::Model {
    fn key(&self) -> Uuid {
        self.id.0
    }

    async fn reload(tx: &Tx, key: Uuid) -> Result<Option<Self>> {
        Ok(organization::Entity::find_by_id(OrganizationId(key)).one(tx.conn()).await?)
    }
}
