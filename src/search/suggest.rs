//! What may help while somebody writes a ticket: articles, FAQs, solved tickets like it, templates, and what it is likely to be.

use std::collections::HashMap;

use deskgraph_index::{Filter, Hit};
use uuid::Uuid;

use super::predict::{NEAREST, Prediction, vote};
use super::similar::{comparable_tickets, like, published_knowledge, run_all};
use super::{Search, ticket_documents};
use crate::access::{Actor, Role};
use crate::desk::Desk;
use crate::error::Result;
use crate::ids::{ArticleId, FaqId, TemplateId, TicketId};
use crate::knowledge::{self, article, documents, faq};
use crate::profile::Stage;
use crate::templates::{self, template};
use crate::tickets::access::term;
use crate::tickets::{self, ticket};

/// What may help.
#[derive(Clone, Debug, Default)]
pub struct Suggestions {
    /// Published articles, the most fitting first.
    pub articles: Vec<article::Model>,
    /// Published FAQs, the most fitting first.
    pub faqs: Vec<faq::Model>,
    /// Solved tickets, the most alike first.
    pub tickets: Vec<ticket::Model>,
    /// Templates, the most fitting first.
    pub templates: Vec<template::Model>,
    /// The category that it is likely to be in.
    pub category: Option<Prediction>,
    /// The priority that it is likely to have.
    pub priority: Option<Prediction>,
}

impl Search {
    /// What may help somebody who writes this, at most `limit` of each kind, as far as they may see it. Customers are shown their own
    /// tickets only, whatever else they see; templates are for those who read them.
    ///
    /// # Errors
    /// `UNAVAILABLE` while an index is being built; the database's.
    pub async fn suggest(
        &self,
        desk: &Desk,
        actor: &Actor,
        (title, description): (&str, &str),
        limit: usize,
    ) -> Result<Suggestions> {
        let mut kinds = vec![documents::ARTICLE, documents::FAQ];
        kinds.extend(templates::find::reads(desk, actor).then_some(templates::documents::TEMPLATE));
        let readable = published_knowledge(desk, actor);
        let requests = kinds.iter().map(|kind| like(title, description, kind, readable.clone(), limit)).collect();
        let mut found = run_all(&self.knowledge, requests).await?.into_iter();
        let mut next = || found.next().unwrap_or_default();
        let (articles, faqs, templates) = (next(), next(), next());
        let rows = knowledge::find::articles(desk, actor, &ids(&articles, ArticleId)).await?;
        let articles = ordered(&articles, rows.into_iter().map(|row| (row.id.0, row)));
        let rows = knowledge::find::faqs(desk, actor, &ids(&faqs, FaqId)).await?;
        let faqs = ordered(&faqs, rows.into_iter().map(|row| (row.id.0, row)));
        let templates = match templates.is_empty() {
            true => Vec::new(),
            false => {
                let rows = templates::find::by_ids(desk, actor, &ids(&templates, TemplateId)).await?;
                ordered(&templates, rows.into_iter().map(|row| (row.id.0, row)))
            }
        };
        let solved = self.solved(desk, actor, (title, description), limit.max(NEAREST)).await?;
        let category = vote(solved.iter().map(|(row, score)| (row.category.as_str(), *score)));
        let priority = vote(solved.iter().map(|(row, score)| (row.priority.as_str(), *score)));
        let tickets = solved.into_iter().take(limit).map(|(row, _)| row).collect();
        Ok(Suggestions { articles, faqs, tickets, templates, category, priority })
    }

    /// The solved tickets that are most like a text, with how much.
    async fn solved(
        &self,
        desk: &Desk,
        actor: &Actor,
        (title, description): (&str, &str),
        limit: usize,
    ) -> Result<Vec<(ticket::Model, f32)>> {
        if actor.role.is_none() {
            return Ok(Vec::new());
        }
        let own = actor.person.filter(|_| actor.role == Some(Role::Customer));
        let done = [Stage::Resolved, Stage::Closed].map(|stage| stage as i32);
        let filter = Filter::And(vec![
            comparable_tickets(desk, actor),
            Filter::AnyOf("stage".to_owned(), done.iter().map(ToString::to_string).collect()),
            own.map_or(Filter::All, |me| Filter::term(term::OWNER, me.to_string())),
        ]);
        let request = like(title, description, ticket_documents::KIND, filter, limit);
        let hits = run_all(&self.tickets, vec![request]).await?.pop().unwrap_or_default();
        let rows = tickets::find::by_ids(desk, actor, &ids(&hits, TicketId)).await?;
        // What changed since the index was written is decided by the row.
        let still = |row: &ticket::Model| {
            done.contains(&row.stage) && own.is_none_or(|me| row.requester_id == me || row.created_by_id == Some(me))
        };
        let mut rows: HashMap<Uuid, ticket::Model> =
            rows.into_iter().filter(still).map(|row| (row.id.0, row)).collect();
        Ok(hits.iter().filter_map(|hit| Some((rows.remove(&Uuid::from_u128(hit.id))?, hit.score))).collect())
    }
}

fn ids<T>(hits: &[Hit], id: impl Fn(Uuid) -> T) -> Vec<T> {
    hits.iter().map(|hit| id(Uuid::from_u128(hit.id))).collect()
}

/// The rows behind hits, in the order of the hits.
fn ordered<M>(hits: &[Hit], rows: impl Iterator<Item = (Uuid, M)>) -> Vec<M> {
    let mut rows: HashMap<Uuid, M> = rows.collect();
    hits.iter().filter_map(|hit| rows.remove(&Uuid::from_u128(hit.id))).collect()
}
