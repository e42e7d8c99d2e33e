//! Makes an FAQ a draft again.

use async_graphql::InputObject;
use serde::{Deserialize, Serialize};

use super::access::KnowledgeStatus;
use super::events::kind;
use super::faq;
use super::{find, workflow};
use crate::desk::{Operation, Tx, WriteOptions};
use crate::error::Result;
use crate::ids::FaqId;

/// Makes an FAQ a draft again: it vanishes from readers.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "FaqUnpublishInput")]
pub struct FaqUnpublish {
    /// Which FAQ.
    pub faq_id: FaqId,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key and expected version.
    pub options: WriteOptions,
}

impl Operation for FaqUnpublish {
    type Outcome = faq::Model;
    const NAME: &'static str = "faq.unpublish";

    fn options(&self) -> WriteOptions {
        self.options.clone()
    }

    async fn run(&self, tx: &mut Tx) -> Result<faq::Model> {
        let mut row = find::lock_faq(tx, self.faq_id).await?;
        workflow::move_to(tx, &mut row, KnowledgeStatus::Draft, kind::FAQ_UNPUBLISHED).await?;
        Ok(row)
    }
}
