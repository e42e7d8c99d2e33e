//! Anything by its id.

use async_graphql::{Context, Interface, Object};

use super::context::{Refuse, Request};
use super::tickets::Ticket;
use crate::error::{Code, Error, Result};
use crate::ids::{AnyId, TicketId, TypedId};
use crate::tickets::find;

/// Whatever has an id.
#[derive(Clone, Interface)]
#[graphql(field(name = "id", ty = "AnyId", desc = "Its id: of every kind of thing, and unique among all."))]
pub enum Node {
    /// See the type.
    Ticket(Ticket),
}

/// How many ids one request may ask for.
const MANY: usize = 100;

/// The root fields that find anything by its id.
#[derive(Default)]
pub struct NodeQueries;

#[Object]
impl NodeQueries {
    /// The thing with this id. Null if there is none, or if it is not yours to see.
    async fn node(&self, ctx: &Context<'_>, id: AnyId) -> Option<async_graphql::Result<Node>> {
        let request = Request::of(ctx);
        load(request, &[id]).await.refuse(request).map(|mut nodes| nodes.pop().flatten()).transpose()
    }

    /// The things with these ids, at most 100, in the order of the ids; null for each that does not exist or is not yours to see.
    async fn nodes(&self, ctx: &Context<'_>, ids: Vec<AnyId>) -> async_graphql::Result<Vec<Option<Node>>> {
        let request = Request::of(ctx);
        load(request, &ids).await.refuse(request)
    }
}

async fn load(request: &Request, ids: &[AnyId]) -> Result<Vec<Option<Node>>> {
    if ids.len() > MANY {
        return Err(Error::with(Code::BadUserInput, format!("Ask for {MANY} ids at most.")).at("ids"));
    }
    let mut tickets = Vec::new();
    for id in ids {
        if id.0.starts_with(TicketId::PREFIX) {
            tickets.push(read::<TicketId>(id)?);
        }
    }
    let rows = find::by_ids(&request.desk, &request.actor(), &tickets).await?;
    let node = |id: &AnyId| {
        let id: TicketId = id.0.parse().ok()?;
        rows.iter().find(|row| row.id == id).map(|row| Node::Ticket(Ticket::from(row.clone())))
    };
    Ok(ids.iter().map(node).collect())
}

fn read<T: TypedId>(id: &AnyId) -> Result<T> {
    crate::ids::parse(&id.0).map_err(|error| Error::with(Code::BadUserInput, error.to_string()).at("id"))
}
