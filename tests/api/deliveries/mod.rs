//! Mail and text messages that leave the desk.

mod sending;

use std::collections::HashMap;

use deskgraph::deliveries::delivery::{Channel, Entity, Model};
use deskgraph::deliveries::{Message, enqueue};
use sea_orm::EntityTrait;

use crate::harness::Desk;

/// A message for this address.
pub fn message(channel: Channel, address: &str, cause: &str) -> Message {
    Message {
        channel,
        person: None,
        ticket: None,
        purpose: "test".to_owned(),
        cause: cause.to_owned(),
        address: address.to_owned(),
        subject: "Grüße\r\nBcc: everybody@desk.test".to_owned(),
        body: "Your code is 123456.\n.\nKeep it “secret”.".to_owned(),
        html: None,
        useful_until: None,
    }
}

/// Puts messages into the post.
pub async fn post(desk: &Desk, messages: Vec<Message>) {
    let app = &desk.app().desk;
    enqueue(app.db.writer(), app.clock.real(), messages).await.unwrap();
}

/// The rows of deliveries, by address.
pub async fn rows(desk: &Desk) -> HashMap<String, Model> {
    let rows = Entity::find().all(&desk.app().desk.db.read).await.unwrap();
    rows.into_iter().map(|row| (row.address.clone(), row)).collect()
}
