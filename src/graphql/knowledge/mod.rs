//! The types of the knowledge base: articles, FAQs, and the categories that hold them.

mod article;
mod category;
mod common;
mod faq;
mod loaders;
mod mutations;
mod queries;
mod revisions;

pub use article::{Article, ArticleConnection};
pub use category::{KnowledgeCategory, KnowledgeCategoryConnection};
pub use faq::{Faq, FaqConnection};
pub use loaders::KnowledgeLoaders;
pub use mutations::KnowledgeMutations;
pub use queries::KnowledgeQueries;

use super::context::Request;
use crate::comments::comment::Format;
use crate::knowledge::access::{self, Reader};
use crate::text;

/// What the caller reads.
fn reader(request: &Request) -> Reader {
    access::reader(&request.desk, &request.actor())
}

/// A text as HTML that is safe to show.
fn html(format: Format, body: &str) -> String {
    match format {
        Format::Markdown => text::html(body),
        Format::Plain => text::html_of_plain(body),
    }
}
