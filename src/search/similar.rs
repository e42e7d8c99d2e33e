//! What is most like a text: by the words that it shares with others, rare ones counting more, as the index ranks them. Internal notes
//! count for nothing, neither in the text nor in what is found.

use std::collections::HashMap;
use std::hash::Hash;

use deskgraph_index::{Filter, Hit, Request};

use super::{Search, Slot, ticket_documents};
use crate::access::{Actor, Permission, Scoped};
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::ids::{ArticleId, TicketId};
use crate::knowledge::{self, Articles, access as reading, article, documents};
use crate::tickets::{self, Tickets, ticket};

/// How much of a text is compared, in bytes: what it is about stands at its beginning.
const COMPARED: usize = 4_096;

/// A request for the documents that are most like a text.
pub fn like(title: &str, body: &str, kind: &str, filter: Filter, limit: usize) -> Request {
    let mut text = format!("{title}\n{body}");
    text.truncate(text.floor_char_boundary(COMPARED));
    Request {
        kinds: vec![kind.to_owned()],
        filter,
        // A text without a word is like nothing; without words the newest would be found.
        limit: if text.trim().is_empty() { 0 } else { limit },
        total: false,
        highlight: false,
        snippet_chars: 0,
        ..Request::new(text)
    }
}

/// The tickets that the actor may find.
pub fn visible_tickets(desk: &Desk, actor: &Actor) -> Filter {
    Tickets::terms(actor, desk.policy.grants(actor, Permission::TicketView))
}

/// Those that something is compared with: a merged ticket is compared where it goes on.
pub fn comparable_tickets(desk: &Desk, actor: &Actor) -> Filter {
    Filter::And(vec![visible_tickets(desk, actor), ticket_documents::not_merged()])
}

/// The articles and FAQs that the actor may find, as far as they are published.
pub fn published_knowledge(desk: &Desk, actor: &Actor) -> Filter {
    let published = reading::KnowledgeStatus::Published;
    let visible = Articles::terms(actor, reading::grants(desk, actor));
    Filter::And(vec![visible, Filter::term(reading::term::STATUS, sea_orm::ActiveEnum::to_value(&published))])
}

/// Runs many requests, off the threads that answer clients.
///
/// # Errors
/// `UNAVAILABLE` while the index is being built.
pub async fn run_all(slot: &Slot, requests: Vec<Request>) -> Result<Vec<Vec<Hit>>> {
    let index = slot.index()?;
    let searched = index.clone();
    let run = move || requests.iter().map(|request| searched.search(request).map(|found| found.hits)).collect();
    let found: Result<Vec<_>, _> = tokio::task::spawn_blocking(run).await.map_err(Error::internal)?;
    found.map_err(|error| slot.failed(&index, error))
}

impl Search {
    /// For each of these articles the published ones that are most like it and that the actor reads, the most alike first.
    ///
    /// # Errors
    /// `UNAVAILABLE` while the index is being built; the database's.
    pub async fn related_articles(
        &self,
        desk: &Desk,
        actor: &Actor,
        keys: Vec<(ArticleId, usize)>,
    ) -> Result<HashMap<(ArticleId, usize), Vec<article::Model>>> {
        let ids: Vec<ArticleId> = keys.iter().map(|(id, _)| *id).collect();
        let rows = knowledge::find::articles(desk, actor, &ids).await?;
        let rows: HashMap<ArticleId, article::Model> = rows.into_iter().map(|row| (row.id, row)).collect();
        let mut asked = HashMap::new();
        for &key in &keys {
            let Some(row) = rows.get(&key.0) else { continue };
            let others = Filter::Not(Box::new(Filter::Ids(vec![key.0.0.as_u128()])));
            let filter = Filter::And(vec![published_knowledge(desk, actor), others]);
            let body = documents::plain(row.format, &row.body);
            asked.entry(key).or_insert_with(|| like(&row.title, &body, documents::ARTICLE, filter, key.1));
        }
        let found = found(&self.knowledge, asked).await?;
        let ids: Vec<ArticleId> = found.values().flatten().map(|id| ArticleId(uuid::Uuid::from_u128(*id))).collect();
        let rows = knowledge::find::articles(desk, actor, &ids).await?;
        Ok(dressed(keys, found, rows.into_iter().map(|row| (row.id.0.as_u128(), row)).collect()))
    }

    /// For each of these tickets those that are most like it and that the actor sees, the most alike first.
    ///
    /// # Errors
    /// `UNAVAILABLE` while the index is being built; the database's.
    pub async fn similar_tickets(
        &self,
        desk: &Desk,
        actor: &Actor,
        keys: Vec<(TicketId, usize)>,
    ) -> Result<HashMap<(TicketId, usize), Vec<ticket::Model>>> {
        let ids: Vec<TicketId> = keys.iter().map(|(id, _)| *id).collect();
        let rows = tickets::find::by_ids(desk, actor, &ids).await?;
        let rows: HashMap<TicketId, ticket::Model> = rows.into_iter().map(|row| (row.id, row)).collect();
        let mut asked = HashMap::new();
        for &key in &keys {
            let Some(row) = rows.get(&key.0) else { continue };
            let others = Filter::Not(Box::new(Filter::Ids(vec![key.0.0.as_u128()])));
            let filter = Filter::And(vec![comparable_tickets(desk, actor), others]);
            let request = || like(&row.title, &row.description, ticket_documents::KIND, filter, key.1);
            asked.entry(key).or_insert_with(request);
        }
        let found = found(&self.tickets, asked).await?;
        let ids: Vec<TicketId> = found.values().flatten().map(|id| TicketId(uuid::Uuid::from_u128(*id))).collect();
        let rows = tickets::find::by_ids(desk, actor, &ids).await?;
        Ok(dressed(keys, found, rows.into_iter().map(|row| (row.id.0.as_u128(), row)).collect()))
    }
}

async fn found<K: Eq + Hash>(slot: &Slot, asked: HashMap<K, Request>) -> Result<HashMap<K, Vec<u128>>> {
    let (keys, requests): (Vec<K>, Vec<Request>) = asked.into_iter().unzip();
    let hits = run_all(slot, requests).await?;
    Ok(keys.into_iter().zip(hits.into_iter().map(|hits| hits.iter().map(|hit| hit.id).collect())).collect())
}

/// The rows that were found, as far as the database has them for the actor; nothing is like what is not there.
fn dressed<K: Eq + Hash, M: Clone>(
    keys: Vec<K>,
    found: HashMap<K, Vec<u128>>,
    rows: HashMap<u128, M>,
) -> HashMap<K, Vec<M>> {
    let dress = |key: K| {
        let ids = found.get(&key).map(Vec::as_slice).unwrap_or_default();
        let rows = ids.iter().filter_map(|id| rows.get(id).cloned()).collect();
        (key, rows)
    };
    keys.into_iter().map(dress).collect()
}
