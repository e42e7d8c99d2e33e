//! Telling the desk of references.

use std::sync::Arc;

use async_graphql::{Context, Object};

use super::{Reference, visible};
use crate::desk::Done;
use crate::graphql::context::{Refuse, Request};
use crate::graphql::payload::perform;
use crate::payload;
use crate::references::delete::ReferenceDelete;
use crate::references::find::Found;
use crate::references::reference;
use crate::references::upsert::ReferenceUpsert;

payload! {
    /// What `referenceUpsert` answers.
    ReferenceUpsertPayload {
        /// The reference. Null if nothing was written, and if it is not yours to see.
        reference: Reference
    }
}

payload! {
    /// What `referenceDelete` answers: the reference is as it was.
    ReferenceDeletePayload {
        /// The reference. Null if nothing was written, and if it is not yours to see.
        reference: Reference
    }
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
        Ok(ReferenceUpsertPayload::answer_if_seen(done.map(|done| done.map(|_| shown))))
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
        let shown = |row| {
            let found = Found { row, participants: Vec::new() };
            found.is_seen(&request.desk, &request.actor()).then(|| Reference(Arc::new(found)))
        };
        Ok(ReferenceDeletePayload::answer_if_seen(done.map(|done| done.map(|deleted| shown(deleted.0)))))
    }
}
