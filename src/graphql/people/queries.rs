//! Asking for people, organizations and teams.

use async_graphql::{Context, InputObject, Object};
use sea_orm::{ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter};

use super::{Organization, OrganizationConnection, Person, PersonConnection, Team, TeamConnection};
use crate::access::{Permission, Role};
use crate::db::page::{Key, MAX_PAGE, PageArgs};
use crate::error::{Error, Result};
use crate::graphql::connection::{args, int, wants_total};
use crate::graphql::context::{Refuse, Request};
use crate::ids::{OrganizationId, PersonId};
use crate::people::contact::Email;
use crate::people::{find, organization, person, team};

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

/// The root fields about people.
#[derive(Default)]
pub struct PeopleQueries;

#[Object]
impl PeopleQueries {
    /// The person with this id. Null if there is none, or if they are not yours to see.
    async fn person(&self, ctx: &Context<'_>, id: PersonId) -> Option<async_graphql::Result<Person>> {
        let request = Request::of(ctx);
        let load = async {
            request.signed_in()?;
            let visible = find::visible(&request.desk, &request.actor());
            Ok::<_, Error>(person::Entity::find_by_id(id).filter(visible).one(&request.desk.db.read).await?)
        };
        load.await.refuse(request).map(|row| row.map(Person::from)).transpose()
    }

    /// The people that you can see, newest first.
    async fn people(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which people.")] filter: Option<PersonFilter>,
        #[graphql(desc = "So many from the start, or after `after`. Default 25, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many before the end, or before `before`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<PersonConnection> {
        let request = Request::of(ctx);
        let filter = filter.unwrap_or_default();
        people(request, filter, args(first, after, last, before), wants_total(ctx)).await.refuse(request)
    }

    /// The people to whom tickets can be given, newest first: agents and administrators whose account is open. Staff only; others see
    /// none.
    async fn agents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many from the start, or after `after`. Default 25, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many before the end, or before `before`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<PersonConnection> {
        let request = Request::of(ctx);
        let role = Some(vec![Role::Agent, Role::Administrator]);
        let filter = PersonFilter { role, active: Some(true), ..PersonFilter::default() };
        people(request, filter, args(first, after, last, before), wants_total(ctx)).await.refuse(request)
    }

    /// The teams of the desk, newest first. Staff only; others see none.
    async fn teams(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many from the start, or after `after`. Default 25, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many before the end, or before `before`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<TeamConnection> {
        let request = Request::of(ctx);
        teams(request, args(first, after, last, before), wants_total(ctx)).await.refuse(request)
    }

    /// The organizations that you can see, newest first: all of them for staff, one's own for everybody else.
    async fn organizations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many from the start, or after `after`. Default 25, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many before the end, or before `before`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<OrganizationConnection> {
        let request = Request::of(ctx);
        organizations(request, args(first, after, last, before), wants_total(ctx)).await.refuse(request)
    }
}

async fn people(request: &Request, filter: PersonFilter, args: PageArgs, total: bool) -> Result<PersonConnection> {
    request.signed_in()?;
    let page = args.check("createdAt", true, &filter, MAX_PAGE)?;
    let db = &request.desk.db.read;
    let mut wanted = Condition::all()
        .add(find::visible(&request.desk, &request.actor()))
        .add_option(filter.role.map(|roles| person::Column::Role.is_in(roles)))
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
    let total = if total { int(select.clone().count(db).await?)? } else { 0 };
    let key = |row: &person::Model| Key { value: row.created_at.0, id: row.id.0 };
    let rows = page.load(db, select, person::Column::CreatedAt, person::Column::Id, key).await?;
    Ok(PersonConnection::new(rows, total, Person::from))
}

async fn teams(request: &Request, args: PageArgs, total: bool) -> Result<TeamConnection> {
    request.signed_in()?;
    let page = args.check("createdAt", true, &"teams", MAX_PAGE)?;
    let db = &request.desk.db.read;
    let mut select = team::Entity::find();
    if !request.actor().is_staff() {
        select = select.filter(team::Column::Id.is_in(request.actor().teams.iter().copied()));
    }
    let total = if total { int(select.clone().count(db).await?)? } else { 0 };
    let key = |row: &team::Model| Key { value: row.created_at.0, id: row.id.0 };
    let rows = page.load(db, select, team::Column::CreatedAt, team::Column::Id, key).await?;
    Ok(TeamConnection::new(rows, total, Team::from))
}

async fn organizations(request: &Request, args: PageArgs, total: bool) -> Result<OrganizationConnection> {
    request.signed_in()?;
    let page = args.check("createdAt", true, &"organizations", MAX_PAGE)?;
    let db = &request.desk.db.read;
    let actor = request.actor();
    let mut select = organization::Entity::find();
    if !request.desk.policy.grants(&actor, Permission::PersonView).has(crate::profile::Grant::All) {
        select = select.filter(organization::Column::Id.is_in(actor.organization));
    }
    let total = if total { int(select.clone().count(db).await?)? } else { 0 };
    let key = |row: &organization::Model| Key { value: row.created_at.0, id: row.id.0 };
    let rows = page.load(db, select, organization::Column::CreatedAt, organization::Column::Id, key).await?;
    Ok(OrganizationConnection::new(rows, total, Organization::from))
}
