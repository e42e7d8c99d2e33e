//! Telling the desk of references.

use std::sync::Arc;

use async_graphql::{Context, Object};

use super::{Reference, visible};
use crate::desk::{Done, Notice};
use crate::event_log::EventCursor;
use crate::graphql::context::{Refuse, Request};
use crate::graphql::payload::{UserError, perform};
use crate::references::delete::ReferenceDelete;
use crate::references::find::Found;
use crate::references::reference;
use crate::references::upsert::ReferenceUpsert;

macro_rules! payloads {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(async_graphql::SimpleObject, Default)]
        pub struct $name {
            /// The reference. Null if nothing was written, and if it is not yours to see.
            reference: Option<Reference>,
            /// What stands against it. Not empty: nothing was written.
            user_errors: Vec<UserError>,
            /// What you should know although it succeeded.
            notices: Vec<Notice>,
            /// The log position that contains the write: send it as `consistentWith`, or as `after` of a subscription.
            event_cursor: Option<EventCursor>,
            /// Whether this answers an earlier request with the same idempotency key.
            replayed: bool,
        }

        impl $name {
            fn of<M>(done: Result<Done<M>, UserError>, reference: Option<Reference>) -> Self {
                match done {
                    Ok(done) => Self {
                        reference,
                        user_errors: Vec::new(),
                        notices: done.notices,
                        event_cursor: Some(done.cursor),
                        replayed: done.replayed,
                    },
                    Err(error) => Self { user_errors: vec![error], ..Self::default() },
                }
            }
        }
    )*};
}

payloads! {
    /// What `referenceUpsert` answers.
    ReferenceUpsertPayload
    /// What `referenceDelete` answers: the reference is as it was.
    ReferenceDeletePayload
}

/// The root fields that change references.
#[derive(Default)]
pub struct ReferenceMutations;

#[Object]
impl ReferenceMutations {
    /// Makes a reference known, or brings it up to date, by kind and id: what a booking system tells the desk. Sending the same again
    /// changes nothing. Needs `reference.write`.
    async fn reference_upsert(
        &self,
        ctx: &Context<'_>,
        input: ReferenceUpsert,
    ) -> async_graphql::Result<ReferenceUpsertPayload> {
        let request = Request::of(ctx);
        let done = perform(ctx, input).await?;
        // A later root field of the same document changes it again.
        request.begin_delivery();
        let shown = match &done {
            Ok(Done { outcome: reference::Model { id, .. }, .. }) => visible(request, *id).await.refuse(request)?,
            Err(_) => None,
        };
        Ok(ReferenceUpsertPayload::of(done, shown))
    }

    /// Forgets a reference that no ticket is about. Needs `reference.write`.
    async fn reference_delete(
        &self,
        ctx: &Context<'_>,
        input: ReferenceDelete,
    ) -> async_graphql::Result<ReferenceDeletePayload> {
        let request = Request::of(ctx);
        let done = perform(ctx, input).await?;
        request.begin_delivery();
        let found = done.as_ref().ok().map(|done| Found { row: done.outcome.0.clone(), participants: Vec::new() });
        let found = found.filter(|found| found.is_seen(&request.desk, &request.actor()));
        Ok(ReferenceDeletePayload::of(done, found.map(|found| Reference(Arc::new(found)))))
    }
}
