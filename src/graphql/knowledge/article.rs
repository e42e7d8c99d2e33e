//! The type of an article: a newtype over the row.

use std::sync::Arc;

use async_graphql::Context;

use super::common::entry_fields;
use super::revisions::{self, ArticleRevisionConnection};
use super::{KnowledgeCategory, html};
use crate::clock::Timestamp;
use crate::comments::comment::Format;
use crate::connection;
use crate::graphql::connection::{args, wants_total};
use crate::graphql::context::{Refuse, Request};
use crate::graphql::people::Person;
use crate::graphql::similar;
use crate::ids::ArticleId;
use crate::knowledge::access::{KnowledgeAudience, KnowledgeStatus};
use crate::knowledge::article::ArticleKind;
use crate::knowledge::feedback::KnowledgeFeedback;
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

entry_fields! {
    /// An article of the knowledge base.
    Article {
        /// Its id.
        pub async fn id(&self) -> ArticleId {
            self.0.id
        }

        /// What it is for.
        async fn kind(&self) -> ArticleKind {
            self.0.kind
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

        /// The published articles that are most like it, the most alike first, as far as you can read them.
        async fn related(
            &self,
            ctx: &Context<'_>,
            #[graphql(desc = "So many at most. At most 20.", default = 5)] first: i32,
        ) -> async_graphql::Result<Vec<Article>> {
            let request = Request::of(ctx);
            let limit = similar::limit(first).refuse(request)?;
            let rows = request.loaders().related_articles.load((self.0.id, limit)).await.refuse(request)?;
            similar::found(rows).refuse(request)
        }

        /// The changes of its title and its text, the latest first. Empty for who does not write articles.
        async fn revisions(
            &self,
            ctx: &Context<'_>,
            #[graphql(desc = "So many from the start, or after `after`. Default 25, at most 100.")] first: Option<i32>,
            #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
            #[graphql(desc = "So many before the end, or before `before`.")] last: Option<i32>,
            #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
        ) -> async_graphql::Result<ArticleRevisionConnection> {
            let request = Request::of(ctx);
            revisions::list(request, &self.0, args(first, after, last, before), wants_total(ctx)).await.refuse(request)
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
}
