//! What somebody may do now, read from the rows: for a request, and for what goes on after it.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use super::api_key;
use crate::access::{Actor, ActorKind, Role};
use crate::desk::Desk;
use crate::error::Result;
use crate::ids::{ApiKeyId, PersonId, TeamId};
use crate::people::person;
use crate::people::team::member;

/// Who acts on after the request of this person, or of this key: with the rights that they have now, whatever became of the session.
/// None if the person was deactivated, or the key revoked or expired.
///
/// # Errors
/// The database's.
pub async fn on_after(desk: &Desk, id: PersonId, by: Option<ApiKeyId>) -> Result<Option<Actor>> {
    let db = &desk.db.read;
    if let Some(by) = by {
        return match key(db, by, id).await?.filter(|key| key.lives(desk.clock.real())) {
            Some(key) => of_key(db, &key).await,
            None => Ok(None),
        };
    }
    let person = person::Entity::find_by_id(id).one(db).await?;
    match person.filter(|person| person.deactivated_at.is_none()) {
        Some(person) => Ok(Some(of_person(db, &person).await?)),
        None => Ok(None),
    }
}

/// What this person may do, who is active.
pub(super) async fn of_person(conn: &impl ConnectionTrait, person: &person::Model) -> Result<Actor> {
    let teams: Vec<TeamId> = match person.role {
        // Customers and other systems are in no team.
        Role::Customer | Role::Service => Vec::new(),
        Role::Agent | Role::Administrator => {
            member::Entity::find()
                .filter(member::Column::PersonId.eq(person.id))
                .select_only()
                .column(member::Column::TeamId)
                .into_tuple()
                .all(conn)
                .await?
        }
    };
    Ok(Actor {
        kind: ActorKind::Person,
        person: Some(person.id),
        role: Some(person.role),
        organization: person.organization_id,
        teams: teams.into(),
        ..Actor::anonymous()
    })
}

/// This key, if it is the account's.
pub(super) async fn key(
    conn: &impl ConnectionTrait,
    id: ApiKeyId,
    account: PersonId,
) -> Result<Option<api_key::Model>> {
    Ok(api_key::Entity::find_by_id(id).one(conn).await?.filter(|key| key.person_id == account))
}

/// What this key may do, if it is not revoked and its account is open. The caller looks whether it has expired.
pub(super) async fn of_key(conn: &impl ConnectionTrait, key: &api_key::Model) -> Result<Option<Actor>> {
    let account = person::Entity::find_by_id(key.person_id).one(conn).await?;
    let open = |account: &person::Model| account.deactivated_at.is_none() && account.role == Role::Service;
    let Some(account) = account.filter(open).filter(|_| key.revoked_at.is_none()) else { return Ok(None) };
    Ok(Some(Actor {
        kind: ActorKind::Service,
        person: Some(account.id),
        role: Some(Role::Service),
        api_key: Some(key.id),
        scopes: Some(key.permissions().into()),
        ..Actor::anonymous()
    }))
}
