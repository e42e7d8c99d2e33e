//! Asking for people, organizations and teams.

use async_graphql::{Context, Object};

use super::{Organization, OrganizationConnection, Person, PersonConnection, Team, TeamConnection};
use crate::access::Role;
use crate::db::page::PageArgs;
use crate::error::{Error, Result};
use crate::graphql::connection::{args, int, wants_total};
use crate::graphql::context::{Refuse, Request};
use crate::ids::PersonId;
use crate::people::list::{NameFilter, PersonFilter};
use crate::people::{find, list};

/// The root fields about people.
#[derive(Default)]
pub struct PeopleQueries;

#[Object]
impl PeopleQueries {
    /// The person with this id. Null if there is none, or if they are not yours to see.
    async fn person(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The person's id.")] id: PersonId,
    ) -> Option<async_graphql::Result<Person>> {
        let request = Request::of(ctx);
        let load = async {
            request.signed_in()?;
            Ok::<_, Error>(find::visible_by_id(&request.desk, &request.actor(), id).await?)
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
    #[allow(clippy::too_many_arguments)]
    async fn teams(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which teams.")] filter: Option<NameFilter>,
        #[graphql(desc = "So many from the start, or after `after`. Default 25, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many before the end, or before `before`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<TeamConnection> {
        let request = Request::of(ctx);
        let list = async {
            request.signed_in()?;
            let args = args(first, after, last, before);
            let filter = filter.unwrap_or_default();
            let (page, total) = list::teams(&request.desk, &request.actor(), &filter, &args, wants_total(ctx)).await?;
            Ok::<_, Error>(TeamConnection::new(page, int(total)?, Team::from))
        };
        list.await.refuse(request)
    }

    /// The organizations that you can see, newest first: all of them for staff, one's own for everybody else.
    #[allow(clippy::too_many_arguments)]
    async fn organizations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which organizations.")] filter: Option<NameFilter>,
        #[graphql(desc = "So many from the start, or after `after`. Default 25, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many before the end, or before `before`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<OrganizationConnection> {
        let request = Request::of(ctx);
        let list = async {
            request.signed_in()?;
            let args = args(first, after, last, before);
            let filter = filter.unwrap_or_default();
            let (page, total) =
                list::organizations(&request.desk, &request.actor(), &filter, &args, wants_total(ctx)).await?;
            Ok::<_, Error>(OrganizationConnection::new(page, int(total)?, Organization::from))
        };
        list.await.refuse(request)
    }
}

async fn people(request: &Request, filter: PersonFilter, args: PageArgs, total: bool) -> Result<PersonConnection> {
    request.signed_in()?;
    let (page, total) = list::people(&request.desk, &request.actor(), &filter, &args, total).await?;
    Ok(PersonConnection::new(page, int(total)?, Person::from))
}
