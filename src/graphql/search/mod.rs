//! Finding tickets, articles and FAQs by words.

mod facets;
mod hydrate;
mod suggest;

use async_graphql::{Context, Enum, InputObject, Object, SimpleObject, Union};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use deskgraph_index::{Filter, Fragment};
use std::hash::{DefaultHasher, Hash, Hasher};
use tokio::time::Instant;

use self::facets::SearchFacets;
pub use self::suggest::SuggestQueries;
use super::connection::{PageInfo, int};
use super::context::{Refuse, Request};
use super::knowledge::{Article, Faq};
use super::tickets::{Ahead, Ticket};
use crate::access::{Permission, Scoped};
use crate::clock::Timestamp;
use crate::db::page::{DEFAULT_PAGE, MAX_PAGE};
use crate::error::{Code, Error, Result};
use crate::event_log::EventCursor;
use crate::ids::{KnowledgeCategoryId, PersonId};
use crate::knowledge::access::Articles;
use crate::knowledge::documents;
use crate::language::Said;
use crate::profile::Stage;
use crate::say;
use crate::search::find::Wish;
use crate::tickets::access::term;

/// What can be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum)]
pub enum SearchKind {
    /// Tickets that you can see.
    Ticket,
    /// Articles of the knowledge base.
    Article,
    /// Frequently asked questions.
    Faq,
}

/// What a search is narrowed to. All given conditions hold together; a list means any of its values. A condition about tickets leaves
/// articles and FAQs out, and the other way round.
#[derive(Clone, Debug, Default, Hash, InputObject)]
pub struct SearchFilter {
    /// Tickets in one of these statuses: keys of `workflow.statuses`.
    pub status: Option<Vec<String>>,
    /// Tickets in a status of one of these stages.
    pub stage: Option<Vec<Stage>>,
    /// Tickets of one of these priorities: keys of `workflow.priorities`.
    pub priority: Option<Vec<String>>,
    /// Tickets in one of these categories: keys of `workflow.categories`.
    pub category: Option<Vec<String>>,
    /// Tickets assigned to one of these people.
    pub assignee_id: Option<Vec<PersonId>>,
    /// Tickets asked by one of these people.
    pub requester_id: Option<Vec<PersonId>>,
    /// Articles and FAQs in one of these categories of the knowledge base.
    pub knowledge_category_id: Option<Vec<KnowledgeCategoryId>>,
    /// Tickets and articles with at least one of these tags.
    pub tag: Option<Vec<String>>,
    /// Made at this time or later.
    pub created_from: Option<Timestamp>,
    /// Made before this time.
    pub created_to: Option<Timestamp>,
}

/// Something that was found.
#[derive(Union)]
pub enum SearchResult {
    /// See the type.
    Ticket(Ticket),
    /// See the type.
    Article(Article),
    /// See the type.
    Faq(Faq),
}

/// A piece of text, and whether it is what was looked for.
#[derive(SimpleObject)]
#[graphql(crate = "crate::graphql::fields")]
pub struct TextFragment {
    /// The text, not escaped.
    text: String,
    /// Whether it matches the words of the search: show it marked.
    matched: bool,
}

/// Something that was found, and where the words stand in it.
#[derive(SimpleObject)]
#[graphql(crate = "crate::graphql::fields")]
pub struct SearchHit {
    /// What was found, as it is now.
    node: SearchResult,
    /// Its title, or its question, in pieces.
    title: Vec<TextFragment>,
    /// The part of its text that fits best, in pieces.
    snippet: Vec<TextFragment>,
    /// Send it as `after` for what comes after this hit.
    cursor: String,
}

/// What a search answers.
#[derive(SimpleObject)]
#[graphql(crate = "crate::graphql::fields")]
pub struct SearchConnection<'a> {
    /// What was found, best first.
    hits: Vec<SearchHit>,
    /// Where the page stands among all hits.
    page_info: PageInfo,
    /// How many hits there are in all. Counted only if you ask for it.
    total_count: i32,
    /// How many hits there are of each kind, status, priority and category. Counted only if you ask for it.
    facets: SearchFacets<'a>,
    /// The words as they were corrected before searching, if they were.
    did_you_mean: Option<String>,
    /// The log position that the answer reflects.
    indexed_through: EventCursor,
    /// How long it took on the desk's side, in milliseconds.
    took_ms: f64,
}

/// The root fields that search.
#[derive(Default)]
pub struct SearchQueries;

#[Object]
impl SearchQueries {
    /// Finds tickets, articles and FAQs that you can see, by words: any of them may match, better matches come first, and words that
    /// nobody uses are corrected. Without words it finds everything that the filter lets through, latest change first.
    #[allow(clippy::too_many_arguments)]
    async fn search<'a>(
        &self,
        ctx: &Context<'a>,
        #[graphql(desc = "The words, as somebody typed them. There is no syntax to them.")] query: String,
        #[graphql(desc = "What to look for. Default: everything.")] kinds: Option<Vec<SearchKind>>,
        #[graphql(desc = "What to narrow it to.")] filter: Option<SearchFilter>,
        #[graphql(desc = "So many at most. Default 25, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "An `eventCursor`: the answer reflects everything up to it. Waits if it must.")]
        consistent_with: Option<EventCursor>,
    ) -> async_graphql::Result<SearchConnection<'a>> {
        let request: &'a Request = Request::of(ctx);
        let wants = |field| ctx.look_ahead().field(field).exists();
        let (total, facets) = (wants("totalCount"), wants("facets"));
        let page = Page::check(&query, &kinds, &filter, first, after).refuse(request)?;
        let asked = Asked { query, kinds, filter: filter.unwrap_or_default(), consistent_with, total, facets };
        run(request, asked, page, Ahead::of_hits(ctx)).await.refuse(request)
    }
}

struct Asked {
    query: String,
    kinds: Option<Vec<SearchKind>>,
    filter: SearchFilter,
    consistent_with: Option<EventCursor>,
    total: bool,
    facets: bool,
}

async fn run(request: &Request, asked: Asked, page: Page, ahead: Ahead) -> Result<SearchConnection<'_>> {
    let started = Instant::now();
    let actor = request.actor();
    let wish = wish(request, &asked, &page)?;
    let answer = request.search.find(&request.desk, &actor, wish).await?;
    let (found, has_next) = (answer.hits.len(), answer.hits.len() > page.limit);
    let hits: Vec<_> = answer.hits.into_iter().take(page.limit).collect();
    let mut nodes = hydrate::load(request, &hits, ahead).await?;
    let mut edges = Vec::with_capacity(hits.len());
    for (nth, hit) in hits.into_iter().enumerate() {
        // Gone or out of sight since the index was written: not shown.
        let Some(node) = nodes.remove(&hit.id) else { continue };
        edges.push(SearchHit {
            node,
            title: fragments(hit.title),
            snippet: fragments(hit.snippet),
            cursor: page.cursor(page.offset + nth + 1),
        });
    }
    let end = page.cursor(page.offset + Ord::min(found, page.limit));
    Ok(SearchConnection {
        page_info: PageInfo {
            has_next_page: has_next,
            has_previous_page: page.offset > 0,
            start_cursor: edges.first().map(|hit| hit.cursor.clone()),
            end_cursor: (found > 0).then_some(end),
        },
        hits: edges,
        total_count: int(answer.total as u64)?,
        facets: facets::of(request, &answer.facets)?,
        did_you_mean: answer.corrected,
        indexed_through: request.desk.head.at(Ord::max(answer.through, 0)),
        took_ms: started.elapsed().as_secs_f64() * 1_000.0,
    })
}

fn fragments(fragments: Vec<Fragment>) -> Vec<TextFragment> {
    fragments.into_iter().map(|fragment| TextFragment { text: fragment.text, matched: fragment.matched }).collect()
}

fn wish(request: &Request, asked: &Asked, page: &Page) -> Result<Wish> {
    let (actor, filter) = (request.actor(), &asked.filter);
    let wants = |kind| asked.kinds.as_ref().is_none_or(|kinds| kinds.contains(&kind));
    let about_tickets = filter.status.is_some()
        || filter.stage.is_some()
        || filter.priority.is_some()
        || filter.category.is_some()
        || filter.assignee_id.is_some()
        || filter.requester_id.is_some();
    let about_knowledge = filter.knowledge_category_id.is_some();
    let may = !request.desk.policy.grants(&actor, Permission::SearchUse).is_none();
    let named = asked.kinds.as_ref().is_some_and(|kinds| kinds.contains(&SearchKind::Ticket));
    if named && actor.role.is_none() {
        return Err(Error::new(Code::Unauthenticated));
    }
    let drafts = request.desk.policy.grants(&actor, Permission::KnowledgeViewDrafts);
    let mut knowledge = Vec::new();
    if !about_tickets {
        knowledge.extend(wants(SearchKind::Article).then(|| documents::ARTICLE.to_owned()));
        knowledge.extend(wants(SearchKind::Faq).then(|| documents::FAQ.to_owned()));
    }
    let created = Filter::Created(filter.created_from.map(|time| time.0), filter.created_to.map(|time| time.0));
    let any = |field: &str, values: Option<Vec<String>>| {
        values.map_or(Filter::All, |values| Filter::AnyOf(field.to_owned(), values))
    };
    let texts = |ids: &Option<Vec<PersonId>>| ids.as_ref().map(|ids| ids.iter().map(ToString::to_string).collect());
    let tags = filter.tag.as_ref().map(|tags| tags.iter().map(|tag| tag.trim().to_lowercase()).collect::<Vec<_>>());
    let categories = filter.knowledge_category_id.as_ref().map(|ids| ids.iter().map(ToString::to_string).collect());
    let stages = filter.stage.as_ref().map(|stages| stages.iter().map(|stage| (*stage as i32).to_string()).collect());
    Ok(Wish {
        text: asked.query.clone(),
        tickets: wants(SearchKind::Ticket) && may && !about_knowledge,
        knowledge,
        ticket_filter: Filter::And(vec![
            any("status", filter.status.clone()),
            any("stage", stages),
            any("priority", filter.priority.clone()),
            any("category", filter.category.clone()),
            any(term::ASSIGNEE, texts(&filter.assignee_id)),
            any("requester", texts(&filter.requester_id)),
            any("tag", tags.clone()),
            created.clone(),
        ]),
        knowledge_filter: Filter::And(vec![
            Articles::terms(&actor, drafts),
            any(documents::term::CATEGORY, categories),
            any(documents::term::TAG, tags),
            created,
        ]),
        offset: page.offset,
        limit: page.limit + 1,
        total: asked.total,
        facets: asked.facets,
        consistent_with: asked.consistent_with.clone(),
    })
}

/// Where in the ranking a page is. Its cursors hold the rank, and what was asked.
struct Page {
    offset: usize,
    limit: usize,
    stamp: u32,
}

/// How deep a ranking can be paged; narrow the search instead.
const DEEPEST: usize = 10_000;

impl Page {
    fn check(
        query: &str,
        kinds: &Option<Vec<SearchKind>>,
        filter: &Option<SearchFilter>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Self> {
        let refuse = |argument: &str, message: Said| Error::with(Code::BadUserInput, message).at(argument);
        let limit = match first.map_or(Ok(DEFAULT_PAGE), u32::try_from) {
            Ok(limit) if limit <= MAX_PAGE => limit as usize,
            _ => return Err(refuse("first", say!("`first` is from 0 to {max} here.", max = MAX_PAGE))),
        };
        let mut hasher = DefaultHasher::new();
        (query, kinds, filter).hash(&mut hasher);
        let stamp = hasher.finish() as u32;
        let offset = match after {
            None => 0,
            Some(cursor) => match read(&cursor) {
                Some((offset, of)) if of == stamp && offset <= DEEPEST => offset,
                Some((_, of)) if of == stamp => {
                    return Err(refuse(
                        "after",
                        say!("A search can be paged to the {max}th hit. Narrow it.", max = DEEPEST),
                    ));
                }
                Some(_) => return Err(refuse("after", say!("This cursor belongs to another search."))),
                None => {
                    return Err(refuse("after", say!("This is not a cursor: send a `cursor` or `endCursor`.")));
                }
            },
        };
        Ok(Self { offset, limit, stamp })
    }

    fn cursor(&self, rank: usize) -> String {
        let mut bytes = [0u8; 8];
        bytes[..4].copy_from_slice(&self.stamp.to_be_bytes());
        bytes[4..].copy_from_slice(&(rank as u32).to_be_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }
}

fn read(cursor: &str) -> Option<(usize, u32)> {
    let bytes: [u8; 8] = URL_SAFE_NO_PAD.decode(cursor).ok()?.try_into().ok()?;
    let stamp = u32::from_be_bytes(bytes[..4].try_into().ok()?);
    Some((u32::from_be_bytes(bytes[4..].try_into().ok()?) as usize, stamp))
}
