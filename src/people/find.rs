//! Finding people by what identifies them, and making those known who only have an address.

use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter};
use uuid::Uuid;

use super::contact::{self, Email};
use super::events::PersonEvent;
use super::person;
use super::team::member;
use crate::access::{Actor, Role};
use crate::clock::Timestamp;
use crate::desk::Tx;
use crate::error::Result;
use crate::ids::PersonId;

/// The person with this id.
pub async fn by_id(conn: &impl ConnectionTrait, id: PersonId) -> Result<Option<person::Model>, DbErr> {
    person::Entity::find_by_id(id).one(conn).await
}

/// The person whom this e-mail address reaches.
pub async fn by_email(conn: &impl ConnectionTrait, email: &Email) -> Result<Option<person::Model>, DbErr> {
    let contact = contact::Entity::find()
        .filter(contact::Column::Kind.eq(contact::Kind::Email))
        .filter(contact::Column::Folded.eq(email.folded.as_str()))
        .one(conn)
        .await?;
    match contact {
        Some(contact) => by_id(conn, contact.person_id).await,
        None => Ok(None),
    }
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
pub async fn add(tx: &mut Tx, new: NewPerson) -> Result<person::Model> {
    let (source, external_id) = new.external.unzip();
    let person = person::Model {
        id: PersonId::new(),
        name: new.name,
        role: new.role,
        organization_id: None,
        source,
        external_id,
        version: 1,
        created_at: new.created_at,
        deactivated_at: None,
    };
    person::Entity::insert(person.clone().into_active_model()).exec_without_returning(tx.conn()).await?;
    if let Some(email) = new.email {
        add_email(tx, person.id, email).await?;
    }
    tx.append_at(&PersonEvent::Created { person: person.id }, new.created_at)?;
    Ok(person)
}

/// Adds an address that reaches the person; not verified.
pub async fn add_email(tx: &Tx, person: PersonId, email: Email) -> Result<()> {
    let contact = contact::Model {
        id: Uuid::now_v7(),
        person_id: person,
        kind: contact::Kind::Email,
        value: email.value,
        folded: email.folded,
        verified_at: None,
        created_at: tx.real,
    };
    contact.into_active_model().insert(tx.conn()).await?;
    Ok(())
}

/// The actor with the rights that the person has now; none if they no longer take part.
pub async fn with_present_rights(conn: &impl ConnectionTrait, actor: &Actor) -> Result<Option<Actor>, DbErr> {
    let Some(id) = actor.person else { return Ok(Some(actor.clone())) };
    let Some(person) = by_id(conn, id).await?.filter(|person| person.deactivated_at.is_none()) else { return Ok(None) };
    let teams = member::Entity::find().filter(member::Column::PersonId.eq(id)).all(conn).await?;
    Ok(Some(Actor {
        role: Some(person.role),
        organization: person.organization_id,
        teams: teams.into_iter().map(|member| member.team_id).collect(),
        ..actor.clone()
    }))
}
