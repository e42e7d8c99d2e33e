//! Batched look-ups: however many rows ask, one statement answers.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};

use super::team::member;
use super::{agent, contact, organization, person, team};
use crate::ids::{ContactId, OrganizationId, PersonId, TeamId};

/// The people with these ids.
pub async fn people(conn: &impl ConnectionTrait, ids: &[PersonId]) -> Result<HashMap<PersonId, person::Model>, DbErr> {
    let rows = person::Entity::find().filter(person::Column::Id.is_in(ids.iter().copied())).all(conn).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// The contacts of these people, oldest first.
pub async fn contacts(
    conn: &impl ConnectionTrait,
    ids: &[PersonId],
) -> Result<HashMap<PersonId, Vec<contact::Model>>, DbErr> {
    let rows = contact::Entity::find()
        .filter(contact::Column::PersonId.is_in(ids.iter().copied()))
        .order_by_asc(contact::Column::CreatedAt)
        .order_by_asc(contact::Column::Id)
        .all(conn)
        .await?;
    let mut of: HashMap<PersonId, Vec<contact::Model>> = HashMap::new();
    for row in rows {
        of.entry(row.person_id).or_default().push(row);
    }
    Ok(of)
}

/// The contacts with these ids, whoever may see them.
pub async fn contacts_by_id(
    conn: &impl ConnectionTrait,
    ids: &[ContactId],
) -> Result<HashMap<ContactId, contact::Model>, DbErr> {
    let rows = contact::Entity::find().filter(contact::Column::Id.is_in(ids.iter().copied())).all(conn).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// The organizations with these ids.
pub async fn organizations(
    conn: &impl ConnectionTrait,
    ids: &[OrganizationId],
) -> Result<HashMap<OrganizationId, organization::Model>, DbErr> {
    let rows =
        organization::Entity::find().filter(organization::Column::Id.is_in(ids.iter().copied())).all(conn).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// The teams with these ids.
pub async fn teams(conn: &impl ConnectionTrait, ids: &[TeamId]) -> Result<HashMap<TeamId, team::Model>, DbErr> {
    let rows = team::Entity::find().filter(team::Column::Id.is_in(ids.iter().copied())).all(conn).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// The members of these teams, in the order in which they became known.
pub async fn members(
    conn: &impl ConnectionTrait,
    ids: &[TeamId],
) -> Result<HashMap<TeamId, Vec<person::Model>>, DbErr> {
    let rows = member::Entity::find().filter(member::Column::TeamId.is_in(ids.iter().copied())).all(conn).await?;
    let found = people(conn, &rows.iter().map(|row| row.person_id).collect::<Vec<_>>()).await?;
    let mut of: HashMap<TeamId, Vec<person::Model>> = HashMap::new();
    for row in rows {
        of.entry(row.team_id).or_default().extend(found.get(&row.person_id).cloned());
    }
    for people in of.values_mut() {
        people.sort_by_key(|person| (person.created_at, person.id));
    }
    Ok(of)
}

/// The teams that these people are in, oldest first.
pub async fn teams_of(
    conn: &impl ConnectionTrait,
    ids: &[PersonId],
) -> Result<HashMap<PersonId, Vec<team::Model>>, DbErr> {
    let rows = member::Entity::find().filter(member::Column::PersonId.is_in(ids.iter().copied())).all(conn).await?;
    let found = teams(conn, &rows.iter().map(|row| row.team_id).collect::<Vec<_>>()).await?;
    let mut of: HashMap<PersonId, Vec<team::Model>> = HashMap::new();
    for row in rows {
        of.entry(row.person_id).or_default().extend(found.get(&row.team_id).cloned());
    }
    for teams in of.values_mut() {
        teams.sort_by_key(|team| (team.created_at, team.id));
    }
    Ok(of)
}

/// What routing knows of these people; nobody special is missing.
pub async fn agents(conn: &impl ConnectionTrait, ids: &[PersonId]) -> Result<HashMap<PersonId, agent::Model>, DbErr> {
    let rows = agent::Entity::find().filter(agent::Column::PersonId.is_in(ids.iter().copied())).all(conn).await?;
    Ok(rows.into_iter().map(|row| (row.person_id, row)).collect())
}

/// What these people are good at, in alphabetical order.
pub async fn skills(conn: &impl ConnectionTrait, ids: &[PersonId]) -> Result<HashMap<PersonId, Vec<String>>, DbErr> {
    use agent::skill::{Column, Entity};
    let rows = Entity::find().filter(Column::PersonId.is_in(ids.iter().copied())).order_by_asc(Column::Skill);
    let mut of: HashMap<PersonId, Vec<String>> = HashMap::new();
    for row in rows.all(conn).await? {
        of.entry(row.person_id).or_default().push(row.skill);
    }
    Ok(of)
}
