//! What left the desk, and what could not.

use std::sync::Arc;

use async_graphql::{Context, Object};

use crate::clock::Timestamp;
use crate::connection;
use crate::deliveries::delivery::{Channel, Model, Status};
use crate::graphql::context::{Refuse, Request};
use crate::graphql::people::Person;
use crate::graphql::tickets::Ticket;
use crate::ids::DeliveryId;
use crate::notifications::deliveries;

/// A mail or text message that leaves the desk. Its text is kept only until it was sent.
#[derive(Clone)]
pub struct Delivery(pub Arc<Model>);

connection!(DeliveryConnection, DeliveryEdge, Delivery, "deliveries");

/// A mail or text message that leaves the desk. Its text is kept only until it was sent.
#[Object(crate = "crate::graphql::fields")]
impl Delivery {
    /// Its id. In mails it is part of the `Message-ID`.
    pub async fn id(&self) -> DeliveryId {
        self.0.id
    }

    /// How it goes.
    async fn channel(&self) -> Channel {
        self.0.channel
    }

    /// How far it is.
    async fn status(&self) -> Status {
        self.0.status
    }

    /// What it is for: a kind of event such as `ticket.created`, or `notification.sent` if somebody sent it.
    async fn purpose(&self) -> &str {
        &self.0.purpose
    }

    /// Where it goes. Null for those who may not see people.
    async fn address(&self, ctx: &Context<'_>) -> Option<&str> {
        let request = Request::of(ctx);
        deliveries::sees_everybody(&request.desk, &request.actor()).then_some(&self.0.address)
    }

    /// The subject of a mail. Empty for text messages.
    async fn subject(&self) -> &str {
        &self.0.subject
    }

    /// To whom. Null if it is nobody whom the desk knows.
    async fn person(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Person>> {
        let id = self.0.person_id?;
        let request = Request::of(ctx);
        request.loaders().people.load(id).await.refuse(request).map(|row| row.map(Person)).transpose()
    }

    /// The ticket it is about. Null if it is about none.
    async fn ticket(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Ticket>> {
        let id = self.0.ticket_id?;
        let request = Request::of(ctx);
        request.visible_ticket(id).await.refuse(request).map(|row| row.map(Ticket)).transpose()
    }

    /// How often it was tried.
    async fn attempts(&self) -> i32 {
        self.0.attempts
    }

    /// Why the last attempt failed. Null if none did.
    async fn last_error(&self) -> Option<&str> {
        self.0.last_error.as_deref()
    }

    /// When it is tried next. Null if it is not tried any more.
    async fn next_attempt_at(&self) -> Option<Timestamp> {
        (self.0.status == Status::Queued).then_some(self.0.next_at)
    }

    /// Since when it is to be sent.
    async fn created_at(&self) -> Timestamp {
        self.0.created_at
    }

    /// When the mail server, or the gateway, took it. Null if it has not.
    async fn sent_at(&self) -> Option<Timestamp> {
        self.0.sent_at
    }
}

impl From<Model> for Delivery {
    fn from(row: Model) -> Self {
        Self(Arc::new(row))
    }
}
