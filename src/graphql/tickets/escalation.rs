//! The level of support that a ticket is at.

use std::sync::Arc;

use async_graphql::{Context, Object, Union};

use crate::clock::Timestamp;
use crate::graphql::context::{Refuse, Request};
use crate::graphql::desk::Choice;
use crate::graphql::people::{Person, Team};
use crate::tickets::{escalation, ticket};

/// The level of support that a ticket was brought to.
pub struct TicketEscalation {
    pub(super) row: Arc<escalation::Model>,
    pub(super) ticket: Arc<ticket::Model>,
}

/// Who has a ticket: somebody, or a team.
#[derive(Union)]
pub enum TicketHolder {
    /// Somebody.
    Person(Person),
    /// A team.
    Team(Team),
}

/// The level of support that a ticket was brought to.
#[Object(crate = "crate::graphql::fields")]
impl TicketEscalation {
    /// The level.
    async fn level<'a>(&'a self, ctx: &Context<'a>) -> Choice<'a> {
        Choice::level(Request::of(ctx).profile(), &self.row.level)
    }

    /// What the desk calls the level: show this.
    async fn name<'a>(&'a self, ctx: &Context<'a>) -> &'a str {
        let level = Request::of(ctx).profile().escalation.level(&self.row.level);
        level.map_or(self.row.level.as_str(), |(_, level)| level.name.as_str())
    }

    /// Since when it is there.
    async fn since_at(&self) -> Timestamp {
        self.row.since
    }

    /// Whether the desk's clock brought it there.
    async fn automatic(&self) -> bool {
        self.row.automatic
    }

    /// When a clock brings it to a higher level, if nothing happens until then. Null: none does.
    async fn next_at(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Timestamp>> {
        super::sla::next_escalation(ctx, &self.ticket).await.transpose()
    }

    /// Who has the ticket now: somebody, else a team. Null: nobody.
    async fn target(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<TicketHolder>> {
        let request = Request::of(ctx);
        let load = async {
            let loaders = request.loaders();
            Ok::<_, crate::error::Error>(match (self.ticket.assignee_id, self.ticket.team_id) {
                (Some(id), _) => loaders.people.load(id).await?.map(|row| TicketHolder::Person(Person(row))),
                (None, Some(id)) => loaders.teams.load(id).await?.map(|row| TicketHolder::Team(Team(row))),
                (None, None) => None,
            })
        };
        load.await.refuse(request).transpose()
    }
}
