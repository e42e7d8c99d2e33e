//! Changes title, description, category, tags or the desk's own fields of a ticket.

use async_graphql::InputObject;
use serde::{Deserialize, Serialize};

use super::custom_fields::{self, FieldInput};
use super::events::{Change, TicketEvent, Updated};
use super::{Tickets, find, input, revision, status, tag, ticket};
use crate::access::Permission;
use crate::desk::{Operation, Tx, WriteOptions};
use crate::error::Result;
use crate::ids::TicketId;

/// Changes what a ticket says. What is not sent stays.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "TicketUpdateInput")]
pub struct TicketUpdate {
    /// Which ticket.
    pub ticket_id: TicketId,
    /// The new title.
    pub title: Option<String>,
    /// The new description.
    pub description: Option<String>,
    /// The new category: a key of `workflow.categories`.
    pub category: Option<String>,
    /// The new tags, instead of all present ones.
    pub tags: Option<Vec<String>>,
    /// What it says in these of the desk's own fields (`workflow.fields`); the others stay.
    pub fields: Option<Vec<FieldInput>>,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key and expected version.
    pub options: WriteOptions,
}

impl Operation for TicketUpdate {
    type Outcome = ticket::Model;
    const NAME: &'static str = "ticket.update";

    fn options(&self) -> WriteOptions {
        self.options.clone()
    }

    async fn run(&self, tx: &mut Tx) -> Result<ticket::Model> {
        let (mut ticket, facts) = find::lock(tx, "ticketId", self.ticket_id).await?;
        tx.allow::<Tickets>(Permission::TicketUpdate, &facts)?;
        let desk = tx.desk.clone();
        let profile = &desk.profile;
        let mut updated = Updated { fields: Vec::new(), revisions: Vec::new() };
        let subject = ("ticket", ticket.id.0);
        if let Some(title) = &self.title {
            let title = input::title(profile, "title", title)?;
            if title != ticket.title {
                updated.revisions.push(revision::keep(tx, subject, "title", Some(&ticket.title), Some(&title)).await?);
                updated.fields.push("title".to_owned());
                ticket.title = title;
            }
        }
        if let Some(text) = &self.description {
            let text = input::description(profile, "description", text)?;
            if text != ticket.description {
                let kept = revision::keep(tx, subject, "description", Some(&ticket.description), Some(&text)).await?;
                updated.revisions.push(kept);
                updated.fields.push("description".to_owned());
                ticket.description = text;
            }
        }
        if let Some(category) = &self.category {
            let category = &input::key(&profile.categories, "category", category)?.key;
            if *category != ticket.category {
                updated.fields.push("category".to_owned());
                ticket.category.clone_from(category);
            }
        }
        if let Some(tags) = &self.tags {
            let present = tag::present(tx, self.ticket_id).await?;
            if tag::replace(tx, self.ticket_id, &present, input::tags(profile, "tags", tags)?).await? {
                updated.fields.push("tags".to_owned());
            }
        }
        if let Some(sent) = &self.fields {
            let present = custom_fields::present(tx, ticket.id).await?;
            let wanted = custom_fields::merged(profile, present.clone(), sent)?;
            if wanted != present {
                for key in profile.fields.iter().map(|field| &field.key) {
                    let (before, after) = (present.get(key), wanted.get(key));
                    if before != after {
                        let (before, after) = (before.map(String::as_str), after.map(String::as_str));
                        updated.revisions.push(revision::keep(tx, subject, key, before, after).await?);
                    }
                }
                custom_fields::replace(tx, ticket.id, &wanted).await?;
                updated.fields.push("fields".to_owned());
            }
        }
        if updated.fields.is_empty() {
            tx.nothing_changed();
            return Ok(ticket);
        }
        tx.append(&TicketEvent::new(&ticket, Change::Updated(updated)))?;
        status::save(tx, &mut ticket).await?;
        Ok(ticket)
    }
}
