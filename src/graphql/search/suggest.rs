//! What helps while somebody types or writes: completions of a search, suggestions for a ticket that is being written.

use async_graphql::{Context, InputObject, Object, SimpleObject};

use super::{SearchResult, hydrate};
use crate::error::{Error, Result};
use crate::graphql::context::{Refuse, Request};
use crate::graphql::desk::{Choice, TicketPriority};
use crate::graphql::knowledge::{Article, Faq};
use crate::graphql::similar;
use crate::graphql::templates::Template;
use crate::graphql::tickets::{Ahead, Ticket};
use crate::say;
use crate::search::complete::continues;

/// The longest draft that is looked at, in bytes of each text.
const LONGEST: usize = 64 * 1024;

/// A ticket as far as it is written.
#[derive(Clone, Debug, InputObject)]
pub struct SuggestDraft {
    /// What it is about, as far as that is written.
    #[graphql(default)]
    title: String,
    /// What happened, as far as that is written.
    #[graphql(default)]
    description: String,
}

/// The category that a ticket is likely to be in.
#[derive(SimpleObject)]
pub struct CategoryPrediction<'a> {
    /// The category.
    category: Choice<'a>,
    /// How sure that is, from 0 to 1. Below about a half, let people choose.
    confidence: f64,
}

/// The priority that a ticket is likely to have.
#[derive(SimpleObject)]
pub struct PriorityPrediction<'a> {
    /// The priority.
    priority: TicketPriority<'a>,
    /// How sure that is, from 0 to 1. Below about a half, let people choose.
    confidence: f64,
}

/// What may help somebody who writes a ticket. Only what you may see, the most fitting first.
#[derive(SimpleObject)]
pub struct Suggestions<'a> {
    /// Published articles.
    articles: Vec<Article>,
    /// Published FAQs.
    faqs: Vec<Faq>,
    /// Solved tickets like it. Customers are shown their own only.
    similar_tickets: Vec<Ticket>,
    /// Templates of answers, for those who read them.
    templates: Vec<Template>,
    /// The category that it is likely to be in: the 20 solved tickets most like it, of those that would be shown to you, vote for theirs,
    /// the more the more they are alike. Null if none is alike.
    category: Option<CategoryPrediction<'a>>,
    /// The priority that it is likely to have, by the same rule.
    priority: Option<PriorityPrediction<'a>>,
}

/// Something that a search box may offer.
#[derive(SimpleObject)]
pub struct Completion {
    /// The text to put into the box.
    text: String,
    /// The thing that has this title. Null if it is just words.
    node: Option<SearchResult>,
}

/// The root fields that help while somebody types.
#[derive(Default)]
pub struct SuggestQueries;

#[Object]
impl SuggestQueries {
    /// What may help somebody who is writing a ticket: send the draft after each pause in typing.
    async fn suggest<'a>(
        &self,
        ctx: &Context<'a>,
        #[graphql(desc = "The ticket as far as it is written.")] draft: SuggestDraft,
        #[graphql(desc = "So many of each kind at most. At most 20.", default = 5)] first: i32,
    ) -> async_graphql::Result<Suggestions<'a>> {
        let request: &'a Request = Request::of(ctx);
        suggest(request, draft, first).await.refuse(request)
    }

    /// What a search box may offer: the text with its last word completed, then tickets, articles and FAQs with such a word in their
    /// titles, or with such a number. Only from what you may see.
    async fn complete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What stands in the box, at most 200 bytes. The last word counts once it has two letters.")]
        prefix: String,
        #[graphql(desc = "So many at most. At most 20.", default = 8)] first: i32,
    ) -> async_graphql::Result<Vec<Completion>> {
        let request = Request::of(ctx);
        complete(request, prefix, first).await.refuse(request)
    }
}

async fn suggest(request: &Request, draft: SuggestDraft, first: i32) -> Result<Suggestions<'_>> {
    for (field, text) in [("title", &draft.title), ("description", &draft.description)] {
        if text.len() > LONGEST {
            let error = Error::invalid(field, "This text is too long to compare.");
            return Err(error.hint(say!("Send at most {max} bytes.", max = LONGEST)).at("draft"));
        }
    }
    let limit = similar::limit(first)?;
    let actor = request.actor();
    let found = request.search.suggest(&request.desk, &actor, (&draft.title, &draft.description), limit).await?;
    let profile = request.profile();
    Ok(Suggestions {
        articles: found.articles.into_iter().map(Article::from).collect(),
        faqs: found.faqs.into_iter().map(Faq::from).collect(),
        similar_tickets: found.tickets.into_iter().map(Ticket::from).collect(),
        templates: found.templates.into_iter().map(Template::from).collect(),
        // A label that the desk no longer has is no advice.
        category: found.category.and_then(|it| {
            let known = profile.category(&it.label)?;
            Some(CategoryPrediction { category: Choice::of(Some(known), &known.key), confidence: it.confidence })
        }),
        priority: found.priority.and_then(|it| {
            let known = profile.priority(&it.label)?;
            let priority = TicketPriority::of(request, &known.key, known.rank);
            Some(PriorityPrediction { priority, confidence: it.confidence })
        }),
    })
}

async fn complete(request: &Request, prefix: String, first: i32) -> Result<Vec<Completion>> {
    let limit = similar::limit(first)?;
    let found = request.search.complete(&request.desk, &request.actor(), &prefix, limit).await?;
    let mut nodes = hydrate::load(request, &found.hits, Ahead::default()).await?;
    let things: Vec<Completion> = found
        .hits
        .iter()
        .filter_map(|hit| nodes.remove(&hit.id))
        .filter_map(|node| {
            let (text, number) = match &node {
                SearchResult::Ticket(ticket) => (ticket.0.title.clone(), ticket.0.number.to_lowercase()),
                SearchResult::Article(article) => (article.0.title.clone(), String::new()),
                SearchResult::Faq(faq) => (faq.0.question.clone(), String::new()),
            };
            let fits = continues(&text, &prefix) || number.starts_with(&prefix.trim().to_lowercase());
            fits.then_some(Completion { text, node: Some(node) })
        })
        .collect();
    // Words leave room for things, and take what things leave.
    let words = Ord::max(limit.div_ceil(2), limit.saturating_sub(things.len()));
    let texts = found.texts.into_iter().take(words).map(|text| Completion { text, node: None });
    Ok(texts.chain(things).take(limit).collect())
}
