//! What events name by id.

use async_graphql::Context;

use crate::access::Permission;
use crate::event_log::Record;
use crate::graphql::context::{Refuse, Request};
use crate::graphql::people::{Person, Team};
use crate::ids::{PersonId, RevisionId, TeamId};

/// Somebody, if the event names anybody.
pub(super) async fn person(ctx: &Context<'_>, id: Option<PersonId>) -> async_graphql::Result<Option<Person>> {
    let request = Request::of(ctx);
    match id {
        Some(id) => Ok(request.loaders().people.load(id).await.refuse(request)?.map(Person)),
        None => Ok(None),
    }
}

/// A team, if the event names one.
pub(super) async fn team(ctx: &Context<'_>, id: Option<TeamId>) -> async_graphql::Result<Option<Team>> {
    let request = Request::of(ctx);
    match id {
        Some(id) => Ok(request.loaders().teams.load(id).await.refuse(request)?.map(Team)),
        None => Ok(None),
    }
}

/// A kept text; an internal one for those who may read internal notes.
pub(super) async fn kept(
    ctx: &Context<'_>,
    record: &Record,
    text: Option<RevisionId>,
    internal: bool,
) -> async_graphql::Result<Option<String>> {
    let request = Request::of(ctx);
    let (Some(text), Some(ticket)) = (text, record.ticket_id) else { return Ok(None) };
    let load = async {
        let loaders = request.loaders();
        let Some(ticket) = loaders.tickets.load(ticket).await? else { return Ok(None) };
        if internal && !request.may(&ticket, Permission::CommentViewInternal).await? {
            return Ok(None);
        }
        Ok::<_, crate::error::Error>(loaders.revisions.load(text).await?.and_then(|row| row.after.clone()))
    };
    load.await.refuse(request)
}
