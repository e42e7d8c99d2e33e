//! Doing something with tickets.

use async_graphql::{Context, Object};

use super::Ticket;
use crate::access::Permission;
use crate::desk::{Done, Notice, Operation};
use crate::graphql::context::{Refuse, Request};
use crate::graphql::payload::{UserError, perform};
use crate::payload;
use crate::say;
use crate::tickets::assign::TicketAssign;
use crate::tickets::attach::TicketAttach;
use crate::tickets::change_priority::TicketPriorityChange;
use crate::tickets::change_status::TicketStatusChange;
use crate::tickets::close::TicketClose;
use crate::tickets::create::TicketCreate;
use crate::tickets::deescalate::TicketDeescalate;
use crate::tickets::delete::TicketDelete;
use crate::tickets::escalate::TicketEscalate;
use crate::tickets::link::TicketLink;
use crate::tickets::merge::TicketMerge;
use crate::tickets::rate::TicketRate;
use crate::tickets::reopen::TicketReopen;
use crate::tickets::restore::TicketRestore;
use crate::tickets::route::TicketRoute;
use crate::tickets::tag::TicketTag;
use crate::tickets::ticket;
use crate::tickets::unassign::TicketUnassign;
use crate::tickets::unlink::TicketUnlink;
use crate::tickets::unmerge::TicketUnmerge;
use crate::tickets::untag::TicketUntag;
use crate::tickets::update::TicketUpdate;

/// The root fields that change tickets.
#[derive(Default)]
pub struct TicketMutations;

macro_rules! payloads {
    ($($name:ident)*) => {$(
        payload! {
            /// What the mutation answers.
            $name {
                /// The ticket as it is now. Null if nothing was written, and if what you did took it out of your sight: then `notices`
                /// has `OUT_OF_SIGHT`.
                ticket: Ticket
            }
        }
    )*};
}

payloads! {
    TicketCreatePayload TicketUpdatePayload TicketAssignPayload TicketUnassignPayload TicketStatusChangePayload
    TicketPriorityChangePayload TicketClosePayload TicketReopenPayload TicketDeletePayload TicketAttachPayload
    TicketRoutePayload TicketEscalatePayload TicketDeescalatePayload TicketRatePayload TicketMergePayload TicketUnmergePayload
    TicketLinkPayload TicketUnlinkPayload TicketRestorePayload TicketTagPayload TicketUntagPayload
}

/// Performs an operation and answers the ticket if whoever did it still sees it: to change it is no right to read it afterwards.
async fn change<O: Operation<Outcome = ticket::Model>>(
    ctx: &Context<'_>,
    operation: O,
) -> async_graphql::Result<Result<Done<Option<Ticket>>, Vec<UserError>>> {
    let mut done = match perform(ctx, operation).await? {
        Ok(done) => done,
        Err(error) => return Ok(Err(error)),
    };
    let request = Request::of(ctx);
    let seen = request.may(&done.outcome, Permission::TicketView).await.refuse(request)?;
    if !seen {
        let message = say!("It is done, and you can no longer see the ticket.");
        done.notices.push(Notice { code: "OUT_OF_SIGHT".to_owned(), message });
    }
    Ok(Ok(done.map(|row| seen.then(|| Ticket::from(row)))))
}

#[Object]
impl TicketMutations {
    /// Opens a ticket.
    async fn ticket_create(
        &self,
        ctx: &Context<'_>,
        input: TicketCreate,
    ) -> async_graphql::Result<TicketCreatePayload> {
        Ok(TicketCreatePayload::answer_if_seen(change(ctx, input).await?))
    }

    /// Changes title, description, category or tags.
    async fn ticket_update(
        &self,
        ctx: &Context<'_>,
        input: TicketUpdate,
    ) -> async_graphql::Result<TicketUpdatePayload> {
        Ok(TicketUpdatePayload::answer_if_seen(change(ctx, input).await?))
    }

    /// Gives it to an agent or a team.
    async fn ticket_assign(
        &self,
        ctx: &Context<'_>,
        input: TicketAssign,
    ) -> async_graphql::Result<TicketAssignPayload> {
        Ok(TicketAssignPayload::answer_if_seen(change(ctx, input).await?))
    }

    /// Puts tags on it, beside those it has.
    async fn ticket_tag(&self, ctx: &Context<'_>, input: TicketTag) -> async_graphql::Result<TicketTagPayload> {
        Ok(TicketTagPayload::answer_if_seen(change(ctx, input).await?))
    }

    /// Takes tags off it.
    async fn ticket_untag(&self, ctx: &Context<'_>, input: TicketUntag) -> async_graphql::Result<TicketUntagPayload> {
        Ok(TicketUntagPayload::answer_if_seen(change(ctx, input).await?))
    }

    /// Puts uploaded files on it.
    async fn ticket_attach(
        &self,
        ctx: &Context<'_>,
        input: TicketAttach,
    ) -> async_graphql::Result<TicketAttachPayload> {
        Ok(TicketAttachPayload::answer(perform(ctx, input).await?, Ticket::from))
    }

    /// Takes it away from whoever has it.
    async fn ticket_unassign(
        &self,
        ctx: &Context<'_>,
        input: TicketUnassign,
    ) -> async_graphql::Result<TicketUnassignPayload> {
        Ok(TicketUnassignPayload::answer_if_seen(change(ctx, input).await?))
    }

    /// Finds somebody to work on it, by the desk's rule.
    async fn ticket_route(&self, ctx: &Context<'_>, input: TicketRoute) -> async_graphql::Result<TicketRoutePayload> {
        Ok(TicketRoutePayload::answer_if_seen(change(ctx, input).await?))
    }

    /// Brings it to a higher level of support.
    async fn ticket_escalate(
        &self,
        ctx: &Context<'_>,
        input: TicketEscalate,
    ) -> async_graphql::Result<TicketEscalatePayload> {
        Ok(TicketEscalatePayload::answer_if_seen(change(ctx, input).await?))
    }

    /// Brings it back to a lower level of support, or to none. Staff only.
    async fn ticket_deescalate(
        &self,
        ctx: &Context<'_>,
        input: TicketDeescalate,
    ) -> async_graphql::Result<TicketDeescalatePayload> {
        Ok(TicketDeescalatePayload::answer_if_seen(change(ctx, input).await?))
    }

    /// Moves it to another status, by the desk's table of transitions.
    async fn ticket_status_change(
        &self,
        ctx: &Context<'_>,
        input: TicketStatusChange,
    ) -> async_graphql::Result<TicketStatusChangePayload> {
        Ok(TicketStatusChangePayload::answer_if_seen(change(ctx, input).await?))
    }

    /// Makes it more or less urgent; its deadlines follow.
    async fn ticket_priority_change(
        &self,
        ctx: &Context<'_>,
        input: TicketPriorityChange,
    ) -> async_graphql::Result<TicketPriorityChangePayload> {
        Ok(TicketPriorityChangePayload::answer_if_seen(change(ctx, input).await?))
    }

    /// Closes it.
    async fn ticket_close(&self, ctx: &Context<'_>, input: TicketClose) -> async_graphql::Result<TicketClosePayload> {
        Ok(TicketClosePayload::answer_if_seen(change(ctx, input).await?))
    }

    /// Opens it again.
    async fn ticket_reopen(
        &self,
        ctx: &Context<'_>,
        input: TicketReopen,
    ) -> async_graphql::Result<TicketReopenPayload> {
        Ok(TicketReopenPayload::answer_if_seen(change(ctx, input).await?))
    }

    /// Says how one was served: the requester's, once for each closing.
    async fn ticket_rate(&self, ctx: &Context<'_>, input: TicketRate) -> async_graphql::Result<TicketRatePayload> {
        Ok(TicketRatePayload::answer_if_seen(change(ctx, input).await?))
    }

    /// Merges it into another: both are read as one there. It is closed, and what is said on it goes to the other.
    async fn ticket_merge(&self, ctx: &Context<'_>, input: TicketMerge) -> async_graphql::Result<TicketMergePayload> {
        Ok(TicketMergePayload::answer_if_seen(change(ctx, input).await?))
    }

    /// Undoes a merge: it is a ticket of its own again, as it was before.
    async fn ticket_unmerge(
        &self,
        ctx: &Context<'_>,
        input: TicketUnmerge,
    ) -> async_graphql::Result<TicketUnmergePayload> {
        Ok(TicketUnmergePayload::answer_if_seen(change(ctx, input).await?))
    }

    /// Says how it belongs together with another.
    async fn ticket_link(&self, ctx: &Context<'_>, input: TicketLink) -> async_graphql::Result<TicketLinkPayload> {
        Ok(TicketLinkPayload::answer_if_seen(change(ctx, input).await?))
    }

    /// Says that it does not belong together with another any more.
    async fn ticket_unlink(
        &self,
        ctx: &Context<'_>,
        input: TicketUnlink,
    ) -> async_graphql::Result<TicketUnlinkPayload> {
        Ok(TicketUnlinkPayload::answer_if_seen(change(ctx, input).await?))
    }

    /// Brings a deleted ticket back as it was.
    async fn ticket_restore(
        &self,
        ctx: &Context<'_>,
        input: TicketRestore,
    ) -> async_graphql::Result<TicketRestorePayload> {
        Ok(TicketRestorePayload::answer_if_seen(change(ctx, input).await?))
    }

    /// Deletes it: nobody sees it any more. The answer is the last that is seen of it.
    async fn ticket_delete(
        &self,
        ctx: &Context<'_>,
        input: TicketDelete,
    ) -> async_graphql::Result<TicketDeletePayload> {
        Ok(TicketDeletePayload::answer(perform(ctx, input).await?, |deleted| Ticket::from(deleted.0)))
    }
}
