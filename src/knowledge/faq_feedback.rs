//! Says whether an FAQ helped.

use async_graphql::InputObject;
use serde::{Deserialize, Serialize};

use super::events::kind;
use super::faq;
use super::{feedback, find};
use crate::desk::{CreateOptions, Operation, Tx, WriteOptions};
use crate::error::Result;
use crate::ids::FaqId;

/// Says whether an FAQ helped: one answer a person, and the last one counts.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "FaqFeedbackInput")]
pub struct FaqFeedback {
    /// Which FAQ.
    pub faq_id: FaqId,
    /// Whether it helped.
    pub helpful: bool,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key.
    pub options: CreateOptions,
}

impl Operation for FaqFeedback {
    type Outcome = faq::Model;
    const NAME: &'static str = "faq.feedback";

    fn options(&self) -> WriteOptions {
        self.options.clone().into()
    }

    async fn run(&self, tx: &mut Tx) -> Result<faq::Model> {
        let mut row = find::lock_readable_faq(tx, self.faq_id).await?;
        feedback::give(tx, &mut row, self.helpful, kind::FAQ_RATED).await?;
        Ok(row)
    }
}
