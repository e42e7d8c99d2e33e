//! Reading what one was told, and what left the desk.

use async_graphql::{Context, Object};

use super::{Delivery, DeliveryConnection, NotificationConnection, inbox};
use crate::error::Error;
use crate::graphql::connection::{args, int, wants_total};
use crate::graphql::context::{Refuse, Request};
use crate::notifications::deliveries::{self, DeliveryFilter};

/// The root fields about what people are told.
#[derive(Default)]
pub struct NotificationQueries;

#[Object]
impl NotificationQueries {
    /// What you were told, newest first; with `unread` only what you have not read. How much that is, `viewer` says.
    async fn notifications(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only what you have not read.", default)] unread: bool,
        #[graphql(desc = "So many from the start, or after `after`. Default 25, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many before the end, or before `before`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<NotificationConnection> {
        let request = Request::of(ctx);
        inbox(request, unread, args(first, after, last, before), wants_total(ctx)).await.refuse(request)
    }

    /// The mails and text messages that leave the desk, and those of the last 30 days, newest first: of the tickets that you can see. For
    /// those who may send messages.
    async fn deliveries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] filter: Option<DeliveryFilter>,
        #[graphql(desc = "So many from the start, or after `after`. Default 25, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many before the end, or before `before`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<DeliveryConnection> {
        let request = Request::of(ctx);
        let list = async {
            let (filter, args) = (filter.unwrap_or_default(), args(first, after, last, before));
            let (page, total) =
                deliveries::list(&request.desk, &request.actor(), &filter, &args, wants_total(ctx)).await?;
            Ok::<_, Error>(DeliveryConnection::new(page, int(total)?, Delivery::from))
        };
        list.await.refuse(request)
    }
}
