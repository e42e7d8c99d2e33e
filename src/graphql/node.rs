//! Anything by its id.

use std::collections::HashMap;

use async_graphql::{Context, Interface, Object};
use uuid::Uuid;

use super::context::{Refuse, Request};
use super::knowledge::{Article, Faq, KnowledgeCategory};
use super::tickets::Ticket;
use crate::error::{Code, Error, Result};
use crate::ids::{AnyId, ArticleId, FaqId, KnowledgeCategoryId, TicketId, TypedId};
use crate::knowledge;
use crate::tickets::find;

/// Whatever has an id.
#[derive(Clone, Interface)]
#[graphql(field(name = "id", ty = "AnyId", desc = "Its id: of every kind of thing, and unique among all."))]
pub enum Node {
    /// See the type.
    Ticket(Ticket),
    /// See the type.
    Article(Article),
    /// See the type.
    Faq(Faq),
    /// See the type.
    KnowledgeCategory(KnowledgeCategory),
}

/// How many ids one request may ask for.
const MANY: usize = 100;

/// The root fields that find anything by its id.
#[derive(Default)]
pub struct NodeQueries;

#[Object]
impl NodeQueries {
    /// The thing with this id. Null if there is none, or if it is not yours to see.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of anything, such as `tkt_01j…`.")] id: AnyId,
    ) -> Option<async_graphql::Result<Node>> {
        let request = Request::of(ctx);
        load(request, &[id]).await.refuse(request).map(|mut nodes| nodes.pop().flatten()).transpose()
    }

    /// The things with these ids, at most 100, in the order of the ids; null for each that does not exist or is not yours to see.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Ids of anything, at most 100.")] ids: Vec<AnyId>,
    ) -> async_graphql::Result<Vec<Option<Node>>> {
        let request = Request::of(ctx);
        load(request, &ids).await.refuse(request)
    }
}

async fn load(request: &Request, ids: &[AnyId]) -> Result<Vec<Option<Node>>> {
    if ids.len() > MANY {
        return Err(Error::with(Code::BadUserInput, format!("Ask for {MANY} ids at most.")).at("ids"));
    }
    let (desk, actor) = (&request.desk, &request.actor());
    let mut found: HashMap<Uuid, Node> = HashMap::new();
    let tickets = of_kind::<TicketId>(ids)?;
    if !tickets.is_empty() {
        let rows = find::by_ids(desk, actor, &tickets).await?;
        found.extend(rows.into_iter().map(|row| (row.id.0, Node::Ticket(Ticket::from(row)))));
    }
    let articles = of_kind::<ArticleId>(ids)?;
    if !articles.is_empty() {
        let rows = knowledge::find::articles(desk, actor, &articles).await?;
        found.extend(rows.into_iter().map(|row| (row.id.0, Node::Article(Article::from(row)))));
    }
    let faqs = of_kind::<FaqId>(ids)?;
    if !faqs.is_empty() {
        let rows = knowledge::find::faqs(desk, actor, &faqs).await?;
        found.extend(rows.into_iter().map(|row| (row.id.0, Node::Faq(Faq::from(row)))));
    }
    let categories = of_kind::<KnowledgeCategoryId>(ids)?;
    if !categories.is_empty() {
        let rows = knowledge::loaders::categories(&desk.db.read, &categories).await?;
        found.extend(rows.into_iter().map(|(id, row)| (id.0, Node::KnowledgeCategory(KnowledgeCategory::from(row)))));
    }
    // Read by the id's own kind: another kind's id with the same number is not it.
    let node = |id: &AnyId| {
        let uuid = [uuid::<TicketId>, uuid::<ArticleId>, uuid::<FaqId>, uuid::<KnowledgeCategoryId>]
            .into_iter()
            .find_map(|read| read(id))?;
        found.get(&uuid).cloned()
    };
    Ok(ids.iter().map(node).collect())
}

/// Those of the ids that are of one kind.
fn of_kind<T: TypedId>(ids: &[AnyId]) -> Result<Vec<T>> {
    let prefix = format!("{}_", T::PREFIX);
    ids.iter().filter(|id| id.0.starts_with(&prefix)).map(read::<T>).collect()
}

fn uuid<T: TypedId>(id: &AnyId) -> Option<Uuid> {
    crate::ids::parse::<T>(&id.0).ok().map(TypedId::uuid)
}

fn read<T: TypedId>(id: &AnyId) -> Result<T> {
    crate::ids::parse(&id.0).map_err(|error| Error::with(Code::BadUserInput, error.to_string()).at("id"))
}
