//! Sends a template as a comment on a ticket.

use async_graphql::InputObject;
use sea_orm::{EntityTrait, Set};
use serde::{Deserialize, Serialize};

use super::events::{TemplateData, TemplateEvent, kind};
use super::{find, render, template};
use crate::comments::add::CommentAdd;
use crate::comments::comment;
use crate::desk::{Operation, Tx, WriteOptions};
use crate::error::Result;
use crate::ids::{TemplateId, TicketId};
use crate::tickets;

/// Writes a comment from a template, with the ticket's values in it.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "TemplateApplyInput")]
pub struct TemplateApply {
    /// Which template.
    pub template_id: TemplateId,
    /// On which ticket.
    pub ticket_id: TicketId,
    /// Whether it is a note for staff only.
    #[graphql(default = false)]
    #[serde(default)]
    pub internal: bool,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key and expected version (of the ticket).
    pub options: WriteOptions,
}

impl Operation for TemplateApply {
    type Outcome = comment::Model;
    const NAME: &'static str = "template.apply";

    fn options(&self) -> WriteOptions {
        self.options.clone()
    }

    async fn run(&self, tx: &mut Tx) -> Result<comment::Model> {
        // The ticket first, as everywhere: two who lock in different orders would wait for each other.
        let place = tickets::find::lock_place(tx, "ticketId", self.ticket_id).await?;
        let ticket = place.via.unwrap_or(place.ticket);
        let template = find::lock(tx, self.template_id).await?;
        let body = render::for_ticket(tx.conn(), tx.profile(), &tx.actor, &template.body, &ticket).await?;
        let add = CommentAdd {
            ticket_id: ticket.id,
            body,
            format: template.format,
            internal: self.internal,
            attachments: None,
            options: WriteOptions::default(),
        };
        let comment = add.run(tx).await?;
        let used = template::ActiveModel {
            id: Set(template.id),
            use_count: Set(template.use_count.saturating_add(1)),
            last_used_at: Set(Some(tx.now)),
            ..Default::default()
        };
        template::Entity::update(used).exec_without_returning(tx.conn()).await?;
        let data = TemplateData { ticket: Some(ticket.id), comment: Some(comment.id), ..TemplateData::default() };
        tx.append(&TemplateEvent::new(kind::APPLIED, &template, data))?;
        Ok(comment)
    }
}
