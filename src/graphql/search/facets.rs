//! How many hits there are of each kind, status, priority and category.

use std::collections::HashMap;

use async_graphql::SimpleObject;

use super::SearchKind;
use crate::error::Result;
use crate::graphql::connection::int;
use crate::graphql::context::Request;
use crate::graphql::desk::{Choice, TicketPriority, TicketStatus};
use crate::graphql::tickets::StatusCount;
use crate::knowledge::documents;
use crate::search::find::facets;
use crate::search::ticket_documents;

/// How many hits of a search there are of each sort, within what you may see and what the search is narrowed to. Only sorts that
/// there are; an answer without hits has none.
#[derive(SimpleObject)]
pub struct SearchFacets<'a> {
    /// How many of each kind, the most first.
    kinds: Vec<KindCount>,
    /// How many tickets in each status, in the order of the desk.
    statuses: Vec<StatusCount<'a>>,
    /// How many tickets of each priority, in the order of the desk.
    priorities: Vec<PriorityCount<'a>>,
    /// How many tickets in each category, in the order of the desk.
    categories: Vec<CategoryCount<'a>>,
}

/// How many hits there are of a kind.
#[derive(SimpleObject)]
pub struct KindCount {
    /// The kind.
    kind: SearchKind,
    /// How many.
    count: i32,
}

/// How many tickets there are of a priority.
#[derive(SimpleObject)]
pub struct PriorityCount<'a> {
    /// The priority.
    priority: TicketPriority<'a>,
    /// How many.
    count: i32,
}

/// How many tickets there are in a category.
#[derive(SimpleObject)]
pub struct CategoryCount<'a> {
    /// The category.
    category: Choice<'a>,
    /// How many.
    count: i32,
}

/// Dresses what was counted.
pub fn of<'a>(request: &'a Request, counted: &HashMap<String, Vec<(String, usize)>>) -> Result<SearchFacets<'a>> {
    let count = |field: &str, key: &str| {
        let values = counted.get(field).map(Vec::as_slice).unwrap_or_default();
        values.iter().find(|(value, _)| value == key).map(|(_, count)| *count as u64)
    };
    let kinds = [
        (ticket_documents::KIND, SearchKind::Ticket),
        (documents::ARTICLE, SearchKind::Article),
        (documents::FAQ, SearchKind::Faq),
    ];
    let kinds = kinds.into_iter().filter_map(|(key, kind)| Some((kind, count(facets::KIND, key)?)));
    let mut kinds: Vec<KindCount> =
        kinds.map(|(kind, count)| Ok(KindCount { kind, count: int(count)? })).collect::<Result<_>>()?;
    kinds.sort_by_key(|kind| std::cmp::Reverse(kind.count));
    let profile = request.profile();
    let mut facets = SearchFacets { kinds, statuses: Vec::new(), priorities: Vec::new(), categories: Vec::new() };
    for status in &profile.statuses {
        if let Some(count) = count(facets::STATUS, &status.key) {
            let status = TicketStatus::of(request, &status.key, status.stage as i32);
            facets.statuses.push(StatusCount { status, count: int(count)? });
        }
    }
    for priority in &profile.priorities {
        if let Some(count) = count(facets::PRIORITY, &priority.key) {
            let priority = TicketPriority::of(request, &priority.key, priority.rank);
            facets.priorities.push(PriorityCount { priority, count: int(count)? });
        }
    }
    for category in &profile.categories {
        if let Some(count) = count(facets::CATEGORY, &category.key) {
            let category = Choice::of(Some(category), &category.key);
            facets.categories.push(CategoryCount { category, count: int(count)? });
        }
    }
    Ok(facets)
}
