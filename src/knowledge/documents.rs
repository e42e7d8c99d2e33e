//! Articles and FAQs as documents of the search index.
//!
//! Every status is in the index; the terms of `access` decide who finds what. A row is indexed as it is now, so that indexing it
//! twice is the same as once.

use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::access::document_terms;
use super::{article, faq, loaders};
use crate::comments::comment::Format;
use crate::ids::{ArticleId, KnowledgeCategoryId};
use crate::text;
use deskgraph_index::Document;

/// The kind of an article's document.
pub const ARTICLE: &str = "article";
/// The kind of an FAQ's document.
pub const FAQ: &str = "faq";

/// The names of terms beside those of visibility.
pub mod term {
    /// `article` or `faq`.
    pub const KIND: &str = "kind";
    /// The category's id.
    pub const CATEGORY: &str = "category";
    /// A tag.
    pub const TAG: &str = "tag";
}

/// The documents of those of `ids` that are articles or FAQs; the rest is gone and belongs out of the index.
pub async fn documents(conn: &impl ConnectionTrait, ids: &[Uuid]) -> Result<Vec<Document>, DbErr> {
    let mut documents = Vec::with_capacity(ids.len());
    // Statements take a limited number of parameters.
    for ids in ids.chunks(1_000) {
        let articles = article::Entity::find().filter(article::Column::Id.is_in(ids.iter().copied())).all(conn).await?;
        documents.extend(of_articles(conn, articles).await?);
        let faqs = faq::Entity::find().filter(faq::Column::Id.is_in(ids.iter().copied())).all(conn).await?;
        documents.extend(faqs.iter().map(of_faq));
    }
    Ok(documents)
}

/// The next documents after `after`, at most `limit`, in the order of their ids: for building the index anew in short pages. The
/// last one's id is the next `after`; an empty page is the end.
pub async fn scan(conn: &impl ConnectionTrait, after: Option<Uuid>, limit: u64) -> Result<Vec<Document>, DbErr> {
    let mut articles = article::Entity::find().order_by_asc(article::Column::Id).limit(limit);
    let mut faqs = faq::Entity::find().order_by_asc(faq::Column::Id).limit(limit);
    if let Some(after) = after {
        articles = articles.filter(article::Column::Id.gt(after));
        faqs = faqs.filter(faq::Column::Id.gt(after));
    }
    let mut documents = of_articles(conn, articles.all(conn).await?).await?;
    documents.extend(faqs.all(conn).await?.iter().map(of_faq));
    documents.sort_by_key(|document| document.id);
    documents.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(documents)
}

async fn of_articles(conn: &impl ConnectionTrait, rows: Vec<article::Model>) -> Result<Vec<Document>, DbErr> {
    let ids: Vec<ArticleId> = rows.iter().map(|row| row.id).collect();
    let mut tags = if ids.is_empty() { Default::default() } else { loaders::tags(conn, &ids).await? };
    Ok(rows.iter().map(|row| of_article(row, tags.remove(&row.id).unwrap_or_default())).collect())
}

/// The document of one article.
pub fn of_article(row: &article::Model, tags: Vec<String>) -> Document {
    let mut terms = terms(ARTICLE, document_terms(&row.into()), row.category_id);
    terms.extend(tags.into_iter().map(|tag| (term::TAG.to_owned(), tag)));
    Document {
        id: row.id.0.as_u128(),
        kind: ARTICLE.to_owned(),
        title: row.title.clone(),
        body: plain(row.format, &row.body),
        internal: String::new(),
        terms,
        created_at: row.created_at.0,
        updated_at: row.updated_at.0,
    }
}

/// The document of one FAQ.
pub fn of_faq(row: &faq::Model) -> Document {
    Document {
        id: row.id.0.as_u128(),
        kind: FAQ.to_owned(),
        title: row.question.clone(),
        body: plain(row.format, &row.answer),
        internal: String::new(),
        terms: terms(FAQ, document_terms(&row.into()), row.category_id),
        created_at: row.created_at.0,
        updated_at: row.updated_at.0,
    }
}

fn terms(
    kind: &str,
    visibility: Vec<(String, String)>,
    category: Option<KnowledgeCategoryId>,
) -> Vec<(String, String)> {
    let mut terms = visibility;
    terms.push((term::KIND.to_owned(), kind.to_owned()));
    terms.extend(category.map(|id| (term::CATEGORY.to_owned(), id.to_string())));
    terms
}

/// A text without its marks.
pub fn plain(format: Format, text: &str) -> String {
    match format {
        Format::Markdown => text::plain(text),
        Format::Plain => text.to_owned(),
    }
}
