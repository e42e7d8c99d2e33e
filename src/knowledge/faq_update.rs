//! Changes question, answer, audience or category of an FAQ.

use async_graphql::{InputObject, MaybeUndefined};
use serde::{Deserialize, Serialize};

use super::access::KnowledgeAudience;
use super::entry::Entry;
use super::events::kind;
use super::faq_create::last;
use super::{faq, find, input, workflow};
use crate::comments::comment::Format;
use crate::desk::{Operation, Tx, WriteOptions};
use crate::error::Result;
use crate::ids::{FaqId, KnowledgeCategoryId};

/// Changes an FAQ. What is not sent stays.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "FaqUpdateInput")]
pub struct FaqUpdate {
    /// Which FAQ.
    pub faq_id: FaqId,
    /// The new question.
    pub question: Option<String>,
    /// The new answer.
    pub answer: Option<String>,
    /// How the answer is written.
    pub format: Option<Format>,
    /// The new audience.
    pub audience: Option<KnowledgeAudience>,
    /// The new category, at whose end it goes; null takes it out of its category.
    #[serde(default, skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub category_id: MaybeUndefined<KnowledgeCategoryId>,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key and expected version.
    pub options: WriteOptions,
}

impl Operation for FaqUpdate {
    type Outcome = faq::Model;
    const NAME: &'static str = "faq.update";

    fn options(&self) -> WriteOptions {
        self.options.clone()
    }

    async fn run(&self, tx: &mut Tx) -> Result<faq::Model> {
        let mut row = find::lock_faq(tx, self.faq_id).await?;
        let (mut changes, was_public) = (input::Changes::default(), row.is_public());
        let subject = ("faq", row.id.0);
        if let Some(question) = &self.question {
            let question = input::title("question", question)?;
            changes.set_text(tx, subject, "question", &mut row.question, question).await?;
        }
        if let Some(answer) = &self.answer {
            changes.set_text(tx, subject, "answer", &mut row.answer, input::body("answer", answer)?).await?;
        }
        if let Some(format) = self.format {
            changes.set("format", &mut row.format, format);
        }
        if let Some(audience) = self.audience {
            changes.set("audience", &mut row.audience, audience);
        }
        if !self.category_id.is_undefined() {
            let category = input::category(tx, self.category_id.as_opt_ref().flatten().copied()).await?;
            let id = category.as_ref().map(|category| category.id);
            if id != row.category_id {
                row.position = last(tx.conn(), id).await? + 1;
                row.rank = faq::rank(category.as_ref(), row.position);
                changes.set("categoryId", &mut row.category_id, id);
            }
        }
        workflow::save_changes(tx, &mut row, changes, was_public, kind::FAQ_UPDATED).await?;
        Ok(row)
    }
}
