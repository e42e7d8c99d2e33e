//! The type of an FAQ: a newtype over the row.

use std::sync::Arc;

use async_graphql::{Context, Object};

use super::{KnowledgeCategory, html};
use crate::clock::Timestamp;
use crate::comments::comment::Format;
use crate::connection;
use crate::graphql::context::Request;
use crate::ids::FaqId;
use crate::knowledge::access::{KnowledgeAudience, KnowledgeStatus};
use crate::knowledge::{documents, faq};

/// A question that is asked often, with its answer.
#[derive(Clone)]
pub struct Faq(pub Arc<faq::Model>);

connection!(FaqConnection, FaqEdge, Faq, "FAQs");

impl From<faq::Model> for Faq {
    fn from(row: faq::Model) -> Self {
        Self(Arc::new(row))
    }
}

/// A question that is asked often, with its answer.
#[Object]
impl Faq {
    /// Its id.
    pub async fn id(&self) -> FaqId {
        self.0.id
    }

    /// The question, on one line.
    async fn question(&self) -> &str {
        &self.0.question
    }

    /// The answer, as it was written.
    async fn answer(&self) -> &str {
        &self.0.answer
    }

    /// How `answer` is written.
    async fn format(&self) -> Format {
        self.0.format
    }

    /// The answer as HTML that is safe to show: no scripts, styles or forms; links and images over http, https and mailto only.
    async fn answer_html(&self) -> String {
        html(self.0.format, &self.0.answer)
    }

    /// The answer without its marks.
    async fn answer_text(&self) -> String {
        documents::plain(self.0.format, &self.0.answer)
    }

    /// How far it is: FAQs are drafts or published.
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

    /// Its place within its category, from 1; drafts count.
    async fn position(&self) -> i32 {
        self.0.position
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
}
