//! Finding tickets, articles and FAQs: in the index, then in the database.

use std::collections::HashMap;

use deskgraph_index::{Filter, Found, Hit, KIND, Request};

use super::Search;
use super::ticket_documents::{KIND as TICKET, not_merged};
use crate::access::{Actor, Permission, Scoped};
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::event_log::EventCursor;
use crate::profile::Grant;
use crate::say;
use crate::tickets::Tickets;

/// What is looked for.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// The words, as somebody typed them.
    pub text: String,
    /// Whether tickets are looked for.
    pub tickets: bool,
    /// Which kinds of knowledge are looked for.
    pub knowledge: Vec<String>,
    /// What tickets are narrowed to.
    pub ticket_filter: Filter,
    /// What knowledge is narrowed to, visibility included.
    pub knowledge_filter: Filter,
    /// How many of the best hits to skip.
    pub offset: usize,
    /// How many hits to answer.
    pub limit: usize,
    /// Whether to count all hits.
    pub total: bool,
    /// Whether to count statuses, priorities, categories and kinds among all hits.
    pub facets: bool,
    /// The log position that the answer must reflect.
    pub consistent_with: Option<EventCursor>,
}

/// What is counted among hits, by the names that it has in the index.
pub mod facets {
    /// What kinds of things were found.
    pub const KIND: &str = deskgraph_index::KIND;
    /// The statuses of tickets.
    pub const STATUS: &str = "status";
    /// The priorities of tickets.
    pub const PRIORITY: &str = "priority";
    /// The categories of tickets.
    pub const CATEGORY: &str = "category";
    /// All of them.
    pub const ALL: [&str; 4] = [KIND, STATUS, PRIORITY, CATEGORY];
}

/// What was found, not yet checked against the database.
#[derive(Debug, Default)]
pub struct Answer {
    /// The hits, best first.
    pub hits: Vec<Hit>,
    /// How many there are in all.
    pub total: usize,
    /// The fields that were counted: each value with how many hits have it.
    pub facets: HashMap<String, Vec<(String, usize)>>,
    /// The words as they were corrected.
    pub corrected: Option<String>,
    /// The number of the last event that the answer reflects.
    pub through: i64,
}

/// The longest text that is looked at, in bytes: a whole mail may be asked for.
const LONGEST: usize = 64 * 1024;

impl Search {
    /// Looks for `wish` in the scope of `actor`.
    ///
    /// # Errors
    /// `INVALID_VALUE` for a text that is too long; `UNAVAILABLE` while an index is being built; `CURSOR_EXPIRED`.
    pub async fn find(&self, desk: &Desk, actor: &Actor, wish: Wish) -> Result<Answer> {
        if wish.text.len() > LONGEST {
            return Err(Error::invalid("query", "This text is too long to look for.")
                .hint(say!("Send at most {max} bytes.", max = LONGEST)));
        }
        let mut answers = Vec::new();
        let mut through = i64::MAX;
        if !wish.knowledge.is_empty() {
            if let Some(cursor) = &wish.consistent_with {
                self.knowledge.consistent_with(cursor).await?;
            }
            through = Ord::min(through, self.knowledge.through());
            let facets = if wish.facets { vec![KIND.to_owned()] } else { Vec::new() };
            let (kinds, filter) = (wish.knowledge.clone(), wish.knowledge_filter.clone());
            let request = Request { kinds, filter, facets, ..request(&wish) };
            answers.push(run(&self.knowledge, request).await?);
        }
        if wish.tickets {
            if let Some(cursor) = &wish.consistent_with {
                self.tickets.consistent_with(cursor).await?;
            }
            through = Ord::min(through, self.tickets.through());
            let view = desk.policy.grants(actor, Permission::TicketView);
            let internal = desk.policy.grants(actor, Permission::CommentViewInternal);
            let mut narrowed = vec![Tickets::terms(actor, view), wish.ticket_filter.clone()];
            // Whoever sees every ticket finds a merged one where it goes on; others may see the one and not the other.
            narrowed.extend(view.has(Grant::All).then(not_merged));
            let request = Request {
                kinds: vec![TICKET.to_owned()],
                // Corrections come from words of documents that the filter admits only.
                filter: Filter::And(narrowed),
                facets: if wish.facets { facets::ALL.map(str::to_owned).to_vec() } else { Vec::new() },
                // Notes are searched only where every ticket in reach shows its notes.
                internal: internal == view && !internal.is_none(),
                ..request(&wish)
            };
            answers.push(run(&self.tickets, request).await?);
        }
        Ok(merge(answers, &wish, through))
    }
}

fn request(wish: &Wish) -> Request {
    let window = Request::MAX_WINDOW;
    Request {
        offset: 0,
        limit: Ord::min(wish.offset + wish.limit, window),
        total: wish.total,
        ..Request::new(wish.text.clone())
    }
}

async fn run(slot: &super::Slot, request: Request) -> Result<Found> {
    let index = slot.index()?;
    let searched = index.clone();
    let found = tokio::task::spawn_blocking(move || searched.search(&request)).await.map_err(Error::internal)?;
    found.map_err(|error| slot.failed(&index, error))
}

/// Best first, across both indexes: their scores are of the same formula.
fn merge(answers: Vec<Found>, wish: &Wish, through: i64) -> Answer {
    let mut answer = Answer { through: if through == i64::MAX { -1 } else { through }, ..Answer::default() };
    for found in answers {
        answer.total += found.total.unwrap_or(0);
        for (field, values) in found.facets {
            answer.facets.entry(field).or_default().extend(values);
        }
        answer.hits.extend(found.hits);
        answer.corrected = answer.corrected.or(found.corrected);
    }
    // Stable: equal scores keep the order of their index.
    answer.hits.sort_by(|a, b| b.score.total_cmp(&a.score));
    answer.hits = answer.hits.into_iter().skip(wish.offset).take(wish.limit).collect();
    answer
}
