//! Marks how far somebody has read a ticket.

use async_graphql::InputObject;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};

use super::comment::{self, Column};
use super::{loaders, read};
use crate::access::Permission;
use crate::desk::{Operation, Tx};
use crate::error::{Error, Result};
use crate::event_log::Audience;
use crate::ids::{CommentId, TicketId};
use crate::tickets::{TicketFacts, Tickets, facts, ticket};

/// Says that you have read a ticket, as far as a comment or all that you can see. Others see it as `readBy` of the comments. It never
/// goes back, and sending it twice is the same as once.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "TicketMarkReadInput")]
pub struct TicketMarkRead {
    /// Which ticket.
    pub ticket_id: TicketId,
    /// The last comment that you have read. Default: the newest that you can see.
    pub comment_id: Option<CommentId>,
}

impl Operation for TicketMarkRead {
    type Outcome = ticket::Model;
    const NAME: &'static str = "ticket.mark_read";

    async fn run(&self, tx: &mut Tx) -> Result<ticket::Model> {
        let me = tx.actor.require_person()?;
        let unseen = || Error::not_found("ticket").at("ticketId");
        // Not locked: a mark changes nothing of the ticket.
        let row = ticket::Entity::find_by_id(self.ticket_id).one(tx.conn()).await?.ok_or_else(unseen)?;
        let people = facts::participants(tx.conn(), &[row.id]).await?.remove(&row.id).unwrap_or_default();
        let facts = TicketFacts::new(&row, people);
        if !tx.may::<Tickets>(Permission::TicketView, &facts) {
            return Err(unseen());
        }
        tx.allow_because("whoever sees a ticket may say that they have read it");
        tx.nothing_changed();
        let internal = tx.may::<Tickets>(Permission::CommentViewInternal, &facts);
        let seen = comment::Entity::find().filter(loaders::of_ticket(row.id, internal));
        let through = match self.comment_id {
            Some(id) => {
                let comment = seen.filter(Column::Id.eq(id)).one(tx.conn()).await?;
                Some(comment.ok_or_else(|| Error::not_found("comment").at("commentId"))?)
            }
            None => seen.order_by_desc(Column::CreatedAt).order_by_desc(Column::Id).one(tx.conn()).await?,
        };
        let Some(through) = through else { return Ok(row) };
        debug_assert!(internal || through.audience == Audience::Public);
        let as_far = read::Entity::find()
            .filter(read::Column::TicketId.eq(row.id))
            .filter(read::Column::PersonId.eq(me))
            .filter(read::as_far_as(&through));
        if as_far.count(tx.conn()).await? == 0 {
            let mark = read::Model {
                ticket_id: row.id,
                person_id: me,
                comment_id: through.id,
                through_at: through.created_at,
                read_at: tx.now,
            };
            read::Entity::insert(mark.into_active_model())
                .on_conflict_do_nothing()
                .exec_without_returning(tx.conn())
                .await?;
        }
        Ok(row)
    }
}
