//! The type of an article: a newtype over the row.

use std::sync::Arc;

use async_graphql::{Context, Object};

use super::{KnowledgeCategory, html};
use crate::clock::Timestamp;
use crate::comments::comment::Format;
use crate::connection;
use crate::graphql::context::{Refuse, Request};
use crate::graphql::people::Person;
use crate::ids::ArticleId;
use crate::knowledge::access::{KnowledgeAudience, KnowledgeStatus};
use crate::knowledge::{article, documents};

/// An article of the knowledge base.
#[derive(Clone)]
pub struct Article(pub Arc<article::Model>);

connection!(ArticleConnection, ArticleEdge, Article, "articles");

impl From<article::Model> for Article {
    fn from(row: article::Model) -> Self {
        Self(Arc::new(row))
    }
}

/// An article of the knowledge base.
#[Object]
impl Article {
    /// Its id.
    pub async fn id(&self) -> ArticleId {
        self.0.id
    }

    /// The part of its address that people read, such as `reset-my-password`.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// What it is about, on one line.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// The text, as it was written.
    async fn body(&self) -> &str {
        &self.0.body
    }

    /// How `body` is written.
    async fn format(&self) -> Format {
        self.0.format
    }

    /// The text as HTML that is safe to show: no scripts, styles or forms; links and images over http, https and mailto only.
    async fn body_html(&self) -> String {
        html(self.0.format, &self.0.body)
    }

    /// The text without its marks.
    async fn body_text(&self) -> String {
        documents::plain(self.0.format, &self.0.body)
    }

    /// What search engines show below the title.
    async fn meta_description(&self) -> Option<&str> {
        self.0.meta_description.as_deref()
    }

    /// How far it is.
    async fn status(&self) -> KnowledgeStatus {
        self.0.status
    }

    /// For whom it is once published.
    async fn audience(&self) -> KnowledgeAudience {
        self.0.audience
    }

    /// The category that it is in.
    async fn category(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<KnowledgeCategory>> {
        KnowledgeCategory::load(Request::of(ctx), self.0.category_id?).await
    }

    /// Words to find it by, in alphabetical order.
    async fn tags(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<String>> {
        let request = Request::of(ctx);
        let tags = request.loaders().knowledge.tags.load(self.0.id).await.refuse(request)?;
        Ok(tags.map(|tags| (*tags).clone()).unwrap_or_default())
    }

    /// Who wrote it. Null for who is not signed in, and if nobody of the desk did.
    async fn author(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Person>> {
        let request = Request::of(ctx);
        request.actor().role?;
        let id = self.0.author_id?;
        request.loaders().people.load(id).await.refuse(request).map(|row| row.map(Person)).transpose()
    }

    /// When it was written.
    async fn created_at(&self) -> Timestamp {
        self.0.created_at
    }

    /// When it last changed.
    async fn updated_at(&self) -> Timestamp {
        self.0.updated_at
    }

    /// When it was last published. Null if it never was.
    async fn published_at(&self) -> Option<Timestamp> {
        self.0.published_at
    }

    /// Counts its changes: send it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// The system it was imported from.
    async fn source(&self) -> Option<&str> {
        self.0.source.as_deref()
    }

    /// Its id in the system it was imported from.
    async fn external_id(&self) -> Option<&str> {
        self.0.external_id.as_deref()
    }
}
