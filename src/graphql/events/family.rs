//! Events of tickets that are merged, linked, deleted and brought back.

use super::*;
use crate::ids::PersonId;
use crate::tickets::events::{Linked, MergeReceived, MergeReturned, Merged, Restored, Unlinked, Unmerged};
use crate::tickets::links::LinkKind;

/// The other ticket of an event, if the reader sees it.
async fn other(ctx: &Context<'_>, id: TicketId) -> async_graphql::Result<Option<Ticket>> {
    let request = Request::of(ctx);
    Ok(request.visible_ticket(id).await.refuse(request)?.map(Ticket))
}

event! {
    /// A ticket was merged into another, with which it is read as one from then on.
    TicketMergedEvent(Merged) as Merged {
        /// The other ticket. Null if it is not yours to see.
        async fn into(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Ticket>> {
            other(ctx, self.data.merged_into).await
        }

        /// What was noted. Null for those who may not read internal notes.
        async fn note(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<String>> {
            kept(ctx, &self.record, self.data.note, true).await
        }
    }
}

event! {
    /// Another ticket was merged into this one: its conversation is read here.
    TicketMergeReceivedEvent(MergeReceived) as MergeReceived {
        /// The other ticket. Null if it is not yours to see.
        async fn merged(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Ticket>> {
            other(ctx, self.data.merge_received).await
        }

        /// Who takes part since.
        async fn newcomers(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Person>> {
            people(ctx, &self.data.people).await
        }
    }
}

event! {
    /// A merged ticket is one of its own again.
    TicketUnmergedEvent(Unmerged) as Unmerged {
        /// The ticket that it had been merged into. Null if it is not yours to see.
        async fn from(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Ticket>> {
            other(ctx, self.data.unmerged_from).await
        }
    }
}

event! {
    /// A ticket that had been merged into this one is one of its own again.
    TicketMergeReturnedEvent(MergeReturned) as MergeReturned {
        /// The other ticket. Null if it is not yours to see.
        async fn unmerged(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Ticket>> {
            other(ctx, self.data.merge_returned).await
        }

        /// Who no longer takes part.
        async fn leavers(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Person>> {
            people(ctx, &self.data.people).await
        }
    }
}

event! {
    /// A ticket was linked with another. For staff only.
    TicketLinkedEvent(Linked) as Linked {
        /// The other ticket. Null if it is not yours to see.
        async fn other(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Ticket>> {
            other(ctx, self.data.linked).await
        }

        /// What the ticket is to the other.
        async fn link_kind(&self) -> LinkKind {
            self.data.link
        }
    }
}

event! {
    /// A ticket is not linked with another any more. For staff only.
    TicketUnlinkedEvent(Unlinked) as Unlinked {
        /// The other ticket. Null if it is not yours to see.
        async fn other(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Ticket>> {
            other(ctx, self.data.unlinked).await
        }

        /// What the ticket was to the other.
        async fn link_kind(&self) -> LinkKind {
            self.data.link
        }
    }
}

event! {
    /// A deleted ticket was brought back.
    TicketRestoredEvent(Restored) as Restored {}
}

/// Those of these people that there are.
async fn people(ctx: &Context<'_>, ids: &[PersonId]) -> async_graphql::Result<Vec<Person>> {
    let request = Request::of(ctx);
    let loaders = request.loaders();
    let rows = futures_util::future::try_join_all(ids.iter().map(|id| loaders.people.load(*id)));
    Ok(rows.await.refuse(request)?.into_iter().flatten().map(Person).collect())
}

/// The kinds of these events.
pub(super) fn kind(record: &Record) -> Option<TicketEventKind> {
    Some(match record.kind.as_str() {
        kind::MERGED => TicketEventKind::Merged,
        kind::MERGE_RECEIVED => TicketEventKind::MergeReceived,
        kind::UNMERGED => TicketEventKind::Unmerged,
        kind::MERGE_RETURNED => TicketEventKind::MergeReturned,
        kind::LINKED => TicketEventKind::Linked,
        kind::UNLINKED => TicketEventKind::Unlinked,
        kind::RESTORED => TicketEventKind::Restored,
        _ => return None,
    })
}

/// The event of a record, if it is one of these.
pub(super) fn read(kind: TicketEventKind, record: &Arc<Record>) -> Option<crate::error::Result<TicketEvent>> {
    macro_rules! read {
        ($variant:ident, $name:ident) => {
            record.read().map(|data| TicketEvent::$variant($name { data: Arc::new(data), record: record.clone() }))
        };
    }
    Some(match kind {
        TicketEventKind::Merged => read!(Merged, TicketMergedEvent),
        TicketEventKind::MergeReceived => read!(MergeReceived, TicketMergeReceivedEvent),
        TicketEventKind::Unmerged => read!(Unmerged, TicketUnmergedEvent),
        TicketEventKind::MergeReturned => read!(MergeReturned, TicketMergeReturnedEvent),
        TicketEventKind::Linked => read!(Linked, TicketLinkedEvent),
        TicketEventKind::Unlinked => read!(Unlinked, TicketUnlinkedEvent),
        TicketEventKind::Restored => read!(Restored, TicketRestoredEvent),
        _ => return None,
    })
}
