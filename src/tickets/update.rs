//! Changes title, description, category, tags or the desk's own fields of a ticket.

use async_graphql::InputObject;
use serde::{Deserialize, Serialize};

use super::custom_fields::{self, FieldInput};
use super::events::{Change, TicketEvent, Updated};
use super::{Tickets, find, input, revision, status, tag, ticket};
use crate::access::Permission;
use crate::desk::{Operation, Tx, WriteOptions};
use crate::error::{Faults, Result};
use crate::ids::TicketId;
use crate::profile::Profile;

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
        let present = match self.fields {
            Some(_) => custom_fields::present(tx, ticket.id).await?,
            None => custom_fields::Values::new(),
        };
        let wish = self.checked(profile, &present)?;
        let mut updated = Updated { fields: Vec::new(), revisions: Vec::new() };
        let subject = ("ticket", ticket.id.0);
        if let Some(title) = wish.title.filter(|title| *title != ticket.title) {
            updated.revisions.push(revision::keep(tx, subject, "title", Some(&ticket.title), Some(&title)).await?);
            updated.fields.push("title".to_owned());
            ticket.title = title;
        }
        if let Some(text) = wish.description.filter(|text| *text != ticket.description) {
            let kept = revision::keep(tx, subject, "description", Some(&ticket.description), Some(&text)).await?;
            updated.revisions.push(kept);
            updated.fields.push("description".to_owned());
            ticket.description = text;
        }
        if let Some(category) = wish.category.filter(|category| *category != ticket.category) {
            updated.fields.push("category".to_owned());
            ticket.category = category;
        }
        if let Some(tags) = wish.tags {
            let present = tag::present(tx, self.ticket_id).await?;
            if tag::replace(tx, self.ticket_id, &present, tags).await? {
                updated.fields.push("tags".to_owned());
            }
        }
        if let Some(wanted) = wish.fields.filter(|wanted| *wanted != present) {
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
        if updated.fields.is_empty() {
            tx.nothing_changed();
            return Ok(ticket);
        }
        tx.append(&TicketEvent::new(&ticket, Change::Updated(updated)))?;
        status::save(tx, &mut ticket).await?;
        Ok(ticket)
    }
}

/// What was sent, as it is stored.
struct Checked {
    title: Option<String>,
    description: Option<String>,
    category: Option<String>,
    tags: Option<Vec<String>>,
    fields: Option<custom_fields::Values>,
}

impl TicketUpdate {
    /// All of it, or everything that is wrong.
    fn checked(&self, profile: &Profile, present: &custom_fields::Values) -> Result<Checked> {
        let key = |key: &String| input::key(&profile.categories, "category", key).map(|named| named.key.clone());
        let merged = |sent: &Vec<_>| custom_fields::merged(profile, present.clone(), sent);
        let mut faults = Faults::default();
        let (Some(title), Some(description), Some(category), Some(tags), Some(fields)) = (
            faults.take(self.title.as_ref().map(|text| input::title(profile, "title", text)).transpose()),
            faults.take(
                self.description.as_ref().map(|text| input::description(profile, "description", text)).transpose(),
            ),
            faults.take(self.category.as_ref().map(key).transpose()),
            faults.take(self.tags.as_ref().map(|tags| input::tags(profile, "tags", tags)).transpose()),
            faults.take(self.fields.as_ref().map(merged).transpose()),
        ) else {
            return Err(faults.error());
        };
        Ok(Checked { title, description, category, tags, fields })
    }
}
