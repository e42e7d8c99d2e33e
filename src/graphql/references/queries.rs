//! Asking for references.

use async_graphql::{Context, Object};

use super::{Reference, ReferenceConnection};
use crate::db::page::{Page, PageArgs};
use crate::error::{Error, Result};
use crate::graphql::connection::{args, int, wants_total};
use crate::graphql::context::{Refuse, Request};
use crate::references::find::{self, ReferenceKey};
use crate::references::list::{self, ReferenceFilter};

/// The root fields about references.
#[derive(Default)]
pub struct ReferenceQueries;

#[Object]
impl ReferenceQueries {
    /// The reference of this kind and id: the way from a booking to its support. Null if there is none, or if it is not yours to see.
    async fn reference(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What it is: a key of `workflow.referenceKinds`.")] kind: String,
        #[graphql(desc = "Its id in the system that knows it, such as \"B789\".")] external_id: String,
    ) -> Option<async_graphql::Result<Reference>> {
        let request = Request::of(ctx);
        let load = async {
            request.signed_in()?;
            let key = ReferenceKey { kind, external_id };
            match find::by_key(&request.desk, &request.actor(), &key).await? {
                Some(row) => super::visible(request, row.id).await,
                None => Ok(None),
            }
        };
        load.await.refuse(request).transpose()
    }

    /// The references that you can see, last changed first: your own, and those that you share; for staff as far as `reference.view`
    /// reaches.
    #[allow(clippy::too_many_arguments)]
    async fn references(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which references.")] filter: Option<ReferenceFilter>,
        #[graphql(desc = "So many from the start, or after `after`. Default 25, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many before the end, or before `before`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<ReferenceConnection> {
        let request = Request::of(ctx);
        let (filter, args) = (filter.unwrap_or_default(), args(first, after, last, before));
        page(request, &filter, &args, wants_total(ctx)).await.refuse(request)
    }
}

async fn page(
    request: &Request,
    filter: &ReferenceFilter,
    args: &PageArgs,
    total: bool,
) -> Result<ReferenceConnection, Error> {
    request.signed_in()?;
    let (page, total) = list::references(&request.desk, &request.actor(), filter, args, total).await?;
    let loaders = request.loaders();
    loaders.references.load_ahead(page.rows.iter().map(|(_, row)| row.id)).await?;
    let mut rows = Vec::with_capacity(page.rows.len());
    for (cursor, row) in page.rows {
        // Known by now: nothing is asked for again.
        rows.extend(loaders.references.load(row.id).await?.map(|found| (cursor, found)));
    }
    let people = rows.iter().flat_map(|(_, found)| found.row.owner_id.into_iter().chain(found.participants.clone()));
    loaders.people.load_ahead(people).await?;
    let page = Page { rows, has_next: page.has_next, has_previous: page.has_previous };
    Ok(ReferenceConnection::new(page, int(total)?, Reference))
}
