//! Lists of people, organizations and teams, always in the scope of who asks, newest first.

use async_graphql::InputObject;
use sea_orm::{ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect, Select};

use super::contact::Email;
use super::{find, organization, person, team};
use crate::access::{Actor, Permission, Role};
use crate::db::page::{Key, MAX_PAGE, Page, PageArgs};
use crate::desk::Desk;
use crate::error::Result;
use crate::ids::{OrganizationId, PersonId};
use crate::profile::Grant;

/// Which people.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, InputObject)]
pub struct PersonFilter {
    /// Of one of these roles.
    pub role: Option<Vec<Role>>,
    /// Of this organization.
    pub organization_id: Option<OrganizationId>,
    /// Whose account is open, or closed.
    pub active: Option<bool>,
    /// Whom exactly this e-mail address reaches, whatever its case.
    pub email: Option<String>,
}

/// A page of a list, and how many there are in all if that was asked for, else 0.
pub type Listed<M> = (Page<M>, u64);

/// The people that the actor sees.
///
/// # Errors
/// `BAD_USER_INPUT` for the paging; `INVALID_VALUE` at `filter.email`.
pub async fn people(
    desk: &Desk,
    actor: &Actor,
    filter: &PersonFilter,
    args: &PageArgs,
    total: bool,
) -> Result<Listed<person::Model>> {
    let page = args.check("createdAt", true, filter, MAX_PAGE)?;
    let db = &desk.db.read;
    let mut wanted = Condition::all()
        .add(find::visible(desk, actor))
        .add_option(filter.role.as_ref().map(|roles| person::Column::Role.is_in(roles.iter().copied())))
        .add_option(filter.organization_id.map(|id| person::Column::OrganizationId.eq(id)))
        .add_option(filter.active.map(|active| match active {
            true => person::Column::DeactivatedAt.is_null(),
            false => person::Column::DeactivatedAt.is_not_null(),
        }));
    if let Some(email) = &filter.email {
        let email = Email::parse("email", email).map_err(|error| error.at("filter"))?;
        wanted = wanted.add(person::Column::Id.is_in(find::by_email(db, &email).await?.map(|person| person.id)));
    }
    let select = person::Entity::find().filter(wanted);
    let total = count(desk, &select, total).await?;
    let key = |row: &person::Model| Key { value: row.created_at.0, id: row.id.0 };
    Ok((page.load(db, select, person::Column::CreatedAt, person::Column::Id, key).await?, total))
}

/// Everybody to whom tickets can be given, for reports.
///
/// # Errors
/// The database's.
pub async fn staff(desk: &Desk) -> Result<Vec<PersonId>> {
    let staff = person::Entity::find()
        .select_only()
        .column(person::Column::Id)
        .filter(person::Column::Role.is_in([Role::Agent, Role::Administrator]))
        .filter(person::Column::DeactivatedAt.is_null());
    Ok(staff.into_tuple().all(&desk.db.read).await?)
}

/// The teams that the actor sees: all of them for staff, one's own for everybody else.
///
/// # Errors
/// `BAD_USER_INPUT` for the paging.
pub async fn teams(desk: &Desk, actor: &Actor, args: &PageArgs, total: bool) -> Result<Listed<team::Model>> {
    let page = args.check("createdAt", true, &"teams", MAX_PAGE)?;
    let mut select = team::Entity::find();
    let all = desk.policy.grants(actor, Permission::PersonView).has(Grant::All);
    if !actor.is_staff() || (actor.is_service() && !all) {
        select = select.filter(team::Column::Id.is_in(actor.teams.iter().copied()));
    }
    let total = count(desk, &select, total).await?;
    let key = |row: &team::Model| Key { value: row.created_at.0, id: row.id.0 };
    Ok((page.load(&desk.db.read, select, team::Column::CreatedAt, team::Column::Id, key).await?, total))
}

/// The organizations that the actor sees: all of them for whoever sees all people, one's own for everybody else.
///
/// # Errors
/// `BAD_USER_INPUT` for the paging.
pub async fn organizations(
    desk: &Desk,
    actor: &Actor,
    args: &PageArgs,
    total: bool,
) -> Result<Listed<organization::Model>> {
    let page = args.check("createdAt", true, &"organizations", MAX_PAGE)?;
    let mut select = organization::Entity::find();
    if !desk.policy.grants(actor, Permission::PersonView).has(Grant::All) {
        select = select.filter(organization::Column::Id.is_in(actor.organization));
    }
    let total = count(desk, &select, total).await?;
    let key = |row: &organization::Model| Key { value: row.created_at.0, id: row.id.0 };
    let (order, id) = (organization::Column::CreatedAt, organization::Column::Id);
    Ok((page.load(&desk.db.read, select, order, id, key).await?, total))
}

async fn count<E>(desk: &Desk, select: &Select<E>, wanted: bool) -> Result<u64>
where
    E: EntityTrait,
    E::Model: Sync,
{
    Ok(if wanted { select.clone().count(&desk.db.read).await? } else { 0 })
}
