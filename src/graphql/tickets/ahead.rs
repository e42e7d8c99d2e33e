//! Loads what a list of tickets is going to ask for, before its fields do: they then await nothing, and people who are
//! requesters, assignees and authors at once are looked up in one statement.
//!
//! Only a matter of speed: a field whose rows are not loaded here asks the loader itself.

use async_graphql::{Context, Lookahead};

use crate::access::Permission;
use crate::error::Result;
use crate::graphql::context::Request;
use crate::ids::{CommentId, PersonId};
use crate::tickets::ticket;

/// What a document asks of each ticket of a list.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ahead {
    requester: bool,
    assignee: bool,
    created_by: bool,
    last_comment: bool,
    author: bool,
    clocks: bool,
    tags: bool,
    fields: bool,
    reference: bool,
    owner: bool,
    participants: bool,
    escalation: bool,
}

impl Ahead {
    /// Of the connection that the present field answers.
    pub fn of_connection(ctx: &Context<'_>) -> Self {
        let connection = ctx.look_ahead();
        Self::of(&connection.field("nodes")).and(Self::of(&connection.field("edges").field("node")))
    }

    /// Of the hits that the present field answers.
    pub fn of_hits(ctx: &Context<'_>) -> Self {
        Self::of(&ctx.look_ahead().field("hits").field("node"))
    }

    fn of(ticket: &Lookahead<'_>) -> Self {
        let wants = |name| ticket.field(name).exists();
        let comment = ticket.field("lastComment");
        Self {
            requester: wants("requester"),
            assignee: wants("assignee"),
            created_by: wants("createdBy"),
            last_comment: comment.exists(),
            author: comment.field("author").exists(),
            clocks: wants("sla"),
            escalation: wants("escalation")
                || wants("actions")
                || ticket.field("sla").field("nextEscalationAt").exists(),
            tags: wants("tags"),
            fields: wants("fields"),
            reference: wants("reference"),
            owner: ticket.field("reference").field("owner").exists()
                || ticket.field("reference").field("participants").exists(),
            participants: wants("participants"),
        }
    }

    fn and(self, other: Self) -> Self {
        Self {
            requester: self.requester || other.requester,
            assignee: self.assignee || other.assignee,
            created_by: self.created_by || other.created_by,
            last_comment: self.last_comment || other.last_comment,
            author: self.author || other.author,
            clocks: self.clocks || other.clocks,
            tags: self.tags || other.tags,
            fields: self.fields || other.fields,
            reference: self.reference || other.reference,
            owner: self.owner || other.owner,
            participants: self.participants || other.participants,
            escalation: self.escalation || other.escalation,
        }
    }

    /// Loads it for these tickets.
    ///
    /// # Errors
    /// The database's.
    pub async fn load<'a>(
        self,
        request: &Request,
        tickets: impl Iterator<Item = &'a ticket::Model> + Clone,
    ) -> Result<()> {
        let loaders = request.loaders();
        if self.clocks {
            loaders.clocks.load_ahead(tickets.clone().map(|ticket| ticket.id)).await?;
        }
        if self.escalation && !request.profile().escalation.levels.is_empty() {
            loaders.escalations.load_ahead(tickets.clone().map(|ticket| ticket.id)).await?;
        }
        if self.tags {
            loaders.tags.load_ahead(tickets.clone().map(|ticket| ticket.id)).await?;
        }
        if self.fields && !request.profile().fields.is_empty() {
            loaders.fields.load_ahead(tickets.clone().map(|ticket| ticket.id)).await?;
        }
        let mut people: Vec<PersonId> = Vec::new();
        if self.reference {
            let ids = tickets.clone().filter_map(|ticket| ticket.reference_id);
            loaders.references.load_ahead(ids.clone()).await?;
            for id in ids.filter(|_| self.owner) {
                if let Some(found) = loaders.references.load(id).await? {
                    people.extend(found.row.owner_id.iter().chain(&found.participants));
                }
            }
        }
        if self.participants {
            loaders.participants.load_ahead(tickets.clone().map(|ticket| ticket.id)).await?;
            for ticket in tickets.clone() {
                people.extend(loaders.participants.load(ticket.id).await?.iter().flat_map(|ids| ids.iter().copied()));
            }
        }
        if self.last_comment {
            let comments = last_comments(request, tickets.clone()).await?;
            loaders.comments.load_ahead(comments.iter().copied()).await?;
            if self.author {
                for id in comments {
                    people.extend(loaders.comments.load(id).await?.and_then(|comment| comment.author_id));
                }
            }
        }
        for ticket in tickets {
            people.extend(self.requester.then_some(ticket.requester_id));
            people.extend(ticket.assignee_id.filter(|_| self.assignee));
            people.extend(ticket.created_by_id.filter(|_| self.created_by));
        }
        loaders.people.load_ahead(people).await
    }
}

/// The newest comments that the reader may see.
async fn last_comments<'a>(
    request: &Request,
    tickets: impl Iterator<Item = &'a ticket::Model> + Clone,
) -> Result<Vec<CommentId>> {
    request.know_participants(Permission::CommentViewInternal, tickets.clone().map(|ticket| ticket.id)).await?;
    let mut found = Vec::new();
    for ticket in tickets {
        let internal = request.may(ticket, Permission::CommentViewInternal).await?;
        found.extend(if internal { ticket.last_comment_id } else { ticket.last_public_comment_id });
    }
    Ok(found)
}
