//! The type of an FAQ: a newtype over the row.

use std::sync::Arc;

use async_graphql::Context;

use super::common::entry_fields;
use super::{KnowledgeCategory, html};
use crate::clock::Timestamp;
use crate::comments::comment::Format;
use crate::connection;
use crate::graphql::context::{Refuse, Request};
use crate::ids::FaqId;
use crate::knowledge::access::{KnowledgeAudience, KnowledgeStatus};
use crate::knowledge::feedback::KnowledgeFeedback;
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

entry_fields! {
    /// A question that is asked often, with its answer.
    Faq {
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

        /// The answer as HTML that is safe to show: no scripts, styles or forms; links and images over http, https and mailto only.
        async fn answer_html(&self) -> String {
            html(self.0.format, &self.0.answer)
        }

        /// The answer without its marks.
        async fn answer_text(&self) -> String {
            documents::plain(self.0.format, &self.0.answer)
        }

        /// Its place within its category, from 1; drafts count.
        async fn position(&self) -> i32 {
            self.0.position
        }
    }
}
