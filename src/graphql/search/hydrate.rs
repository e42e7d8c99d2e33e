//! From hits to rows: each is loaded from the database in the scope of who asks, so that the index can never show too much.

use std::collections::HashMap;

use deskgraph_index::Hit;
use uuid::Uuid;

use super::SearchResult;
use crate::error::Result;
use crate::graphql::context::Request;
use crate::graphql::knowledge::{Article, Faq};
use crate::graphql::tickets::Ticket;
use crate::ids::{ArticleId, FaqId, TicketId};
use crate::knowledge::{self, documents};
use crate::search::ticket_documents;
use crate::tickets::find;

/// The rows behind the hits, by the ids of their documents.
pub async fn load(request: &Request, hits: &[Hit]) -> Result<HashMap<u128, SearchResult>> {
    let actor = request.actor();
    let ids = |kind: &str| -> Vec<Uuid> {
        hits.iter().filter(|hit| hit.kind == kind).map(|hit| Uuid::from_u128(hit.id)).collect()
    };
    let mut rows = HashMap::with_capacity(hits.len());
    let tickets: Vec<TicketId> = ids(ticket_documents::KIND).into_iter().map(TicketId).collect();
    if !tickets.is_empty() {
        for row in find::by_ids(&request.desk, &actor, &tickets).await? {
            rows.insert(row.id.0.as_u128(), SearchResult::Ticket(Ticket::from(row)));
        }
    }
    let articles: Vec<ArticleId> = ids(documents::ARTICLE).into_iter().map(ArticleId).collect();
    if !articles.is_empty() {
        for row in knowledge::find::articles(&request.desk, &actor, &articles).await? {
            rows.insert(row.id.0.as_u128(), SearchResult::Article(Article::from(row)));
        }
    }
    let faqs: Vec<FaqId> = ids(documents::FAQ).into_iter().map(FaqId).collect();
    if !faqs.is_empty() {
        for row in knowledge::find::faqs(&request.desk, &actor, &faqs).await? {
            rows.insert(row.id.0.as_u128(), SearchResult::Faq(Faq::from(row)));
        }
    }
    Ok(rows)
}
