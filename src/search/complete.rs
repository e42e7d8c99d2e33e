//! What a search box may offer while somebody types: words, and things whose title has a word that begins like the last one typed.
//!
//! Words come from documents that the actor may see, and are ranked by how many of those have them; words of internal notes are never
//! offered. Two indexes keep knowledge and tickets apart.

use deskgraph_index::{Filter, Hit, Request};

use super::similar::{published_knowledge, visible_tickets};
use super::{Search, Slot, ticket_documents};
use crate::access::{Actor, Permission};
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::knowledge::documents;
use crate::say;

/// The longest text that is completed, in bytes.
const LONGEST: usize = 200;

/// What may be offered, not yet checked against the database.
#[derive(Debug, Default)]
pub struct Completions {
    /// The text with its last word completed, the most frequent first.
    pub texts: Vec<String>,
    /// Things with such a word in their title, or such a number, the most fitting first.
    pub hits: Vec<Hit>,
}

impl Search {
    /// What may be offered for `prefix`, at most `limit` texts and about as many things.
    ///
    /// # Errors
    /// `INVALID_VALUE` for a text that is too long; `UNAVAILABLE` while an index is being built.
    pub async fn complete(&self, desk: &Desk, actor: &Actor, prefix: &str, limit: usize) -> Result<Completions> {
        if prefix.len() > LONGEST {
            return Err(Error::invalid("prefix", "This text is too long to be completed.")
                .hint(say!("Send at most {max} bytes.", max = LONGEST)));
        }
        let request = |kinds: &[&str], filter: Filter| Request {
            kinds: kinds.iter().map(|kind| (*kind).to_owned()).collect(),
            filter,
            unfinished: true,
            total: false,
            highlight: false,
            snippet_chars: 0,
            limit,
            ..Request::new(prefix)
        };
        let mut found = Completions::default();
        if prefix.trim().is_empty() || limit == 0 {
            return Ok(found);
        }
        let knowledge = request(&[documents::ARTICLE, documents::FAQ], published_knowledge(desk, actor));
        found.add(run(&self.knowledge, knowledge).await?);
        if !desk.policy.grants(actor, Permission::SearchUse).is_none() {
            let tickets = request(&[ticket_documents::KIND], visible_tickets(desk, actor));
            found.add(run(&self.tickets, tickets).await?);
        }
        found.hits.sort_by(|a, b| b.score.total_cmp(&a.score));
        found.texts.truncate(limit);
        Ok(found)
    }
}

impl Completions {
    fn add(&mut self, other: Self) {
        let new: Vec<String> = other.texts.into_iter().filter(|text| !self.texts.contains(text)).collect();
        self.texts.extend(new);
        self.hits.extend(other.hits);
    }
}

async fn run(slot: &Slot, request: Request) -> Result<Completions> {
    let index = slot.index()?;
    let searched = index.clone();
    let work = move || -> Result<Completions, deskgraph_index::Error> {
        Ok(Completions { texts: searched.complete(&request)?, hits: searched.search(&request)?.hits })
    };
    let found = tokio::task::spawn_blocking(work).await.map_err(Error::internal)?;
    found.map_err(|error| slot.failed(&index, error))
}

/// Whether a title has a word that begins like the last word of `prefix`.
pub fn continues(title: &str, prefix: &str) -> bool {
    let is_letter = |c: char| c.is_alphanumeric();
    let last = prefix.rsplit(|c| !is_letter(c)).next().unwrap_or_default().to_lowercase();
    title.to_lowercase().split(|c| !is_letter(c)).any(|word| !word.is_empty() && word.starts_with(&last))
}
