//! Takes tags off a ticket.

use async_graphql::InputObject;
use serde::{Deserialize, Serialize};

use super::{input, tag, ticket};
use crate::desk::{Operation, Tx, WriteOptions};
use crate::error::Result;
use crate::ids::TicketId;

/// Takes tags off a ticket; those that it does not have are no mistake.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "TicketUntagInput")]
pub struct TicketUntag {
    /// Which ticket.
    pub ticket_id: TicketId,
    /// The tags.
    pub tags: Vec<String>,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key and expected version.
    pub options: WriteOptions,
}

impl Operation for TicketUntag {
    type Outcome = ticket::Model;
    const NAME: &'static str = "ticket.untag";

    fn options(&self) -> WriteOptions {
        self.options.clone()
    }

    async fn run(&self, tx: &mut Tx) -> Result<ticket::Model> {
        let removed = input::tags(tx.profile(), "tags", &self.tags)?;
        tag::retag(tx, self.ticket_id, |tags| tags.retain(|tag| !removed.contains(tag))).await
    }
}
