//! Opens a ticket.

use async_graphql::InputObject;
use sea_orm::{EntityTrait, IntoActiveModel};
use serde::{Deserialize, Serialize};

use super::custom_fields::{self, FieldInput};
use super::events::{Change, Created, TicketEvent};
use super::ticket::{self, participant, tag};
use super::{TicketFacts, Tickets, about, input, number};
use crate::access::{Permission, Role};
use crate::clock::Timestamp;
use crate::desk::{CreateOptions, Operation, Tx, WriteOptions};
use crate::error::{Error, Faults, Result};
use crate::files::{self, Target};
use crate::ids::{AttachmentId, PersonId, TicketId};
use crate::people::contact::Email;
use crate::people::external::{ExternalKey, PersonKey};
use crate::people::find::NewPerson;
use crate::people::{find, person};
use crate::references::find::ReferenceKey;

/// Opens a ticket: for oneself, or, where the profile lets one, for somebody else by id or by e-mail address.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "TicketCreateInput")]
pub struct TicketCreate {
    /// What it is about, on one line. A desk may do without (`workflow.form`): then it is the beginning of the description.
    pub title: Option<String>,
    /// What happened, what was expected, what was tried. A desk may do without (`workflow.form`): then it is the title.
    pub description: Option<String>,
    /// A key of `workflow.categories`. Default: the desk's own; some desks demand one.
    pub category: Option<String>,
    /// A key of `workflow.priorities`. Default: the desk's own.
    pub priority: Option<String>,
    /// How the requester reached the desk: a key of `workflow.channels`. Default: the desk's own.
    pub channel: Option<String>,
    /// What it is about outside the desk: a booking, a service, a ride. Some desks demand one, and that it is the requester's own.
    pub reference: Option<ReferenceKey>,
    /// What it says in the fields of the desk's own (`workflow.fields`).
    pub fields: Option<Vec<FieldInput>>,
    /// Who else takes part. Customers may bring only those who share what the ticket is about.
    pub participants: Option<Vec<PersonKey>>,
    /// How the requester would like to be answered: a key of `workflow.contact.methods`. Default: the desk's own.
    pub contact_method: Option<String>,
    /// When the requester would like to be reached, in their own words.
    pub preferred_contact_time: Option<String>,
    /// Words to find it by. Kept in lower case, each once.
    pub tags: Option<Vec<String>>,
    /// Who asks, if it is not oneself.
    pub requester_id: Option<PersonId>,
    /// Who asks, by e-mail address, if it is not oneself. Somebody who is not known yet becomes known by it.
    pub requester_email: Option<String>,
    /// Who asks, by the id of another system, if it is not oneself.
    pub requester_external: Option<ExternalKey>,
    /// Your uploads (`attachmentUpload`), each used once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attachments: Option<Vec<AttachmentId>>,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key.
    pub options: CreateOptions,
}

impl Operation for TicketCreate {
    type Outcome = ticket::Model;
    const NAME: &'static str = "ticket.create";

    fn options(&self) -> WriteOptions {
        self.options.clone().into()
    }

    async fn run(&self, tx: &mut Tx) -> Result<ticket::Model> {
        let requester = requester(self, tx).await?;
        let facts = TicketFacts {
            requester: requester.id,
            created_by: None,
            organization: requester.organization_id,
            assignee: None,
            team: None,
            participants: Vec::new(),
            deleted: false,
        };
        tx.allow::<Tickets>(Permission::TicketCreate, &facts)?;
        tx.act_for(requester.id);
        let mut faults = Faults::default();
        let row = faults.take(row(self, tx, &requester));
        let sent = self.fields.as_deref().unwrap_or_default();
        let fields = faults.take(custom_fields::merged(tx.profile(), custom_fields::Values::new(), sent));
        let (Some((mut ticket, tags)), Some(fields)) = (row, fields) else { return Err(faults.error()) };
        let reference = about::reference(tx, &requester, self.reference.as_ref(), &fields).await?;
        let brought = self.participants.as_deref().unwrap_or_default();
        let participants = about::participants(tx, &requester, brought, reference.as_ref()).await?;
        about::contact_is_sure(tx.conn(), tx.profile(), &requester).await?;
        ticket.reference_id = reference.map(|found| found.row.id);
        // Last: the counter stays locked until the commit.
        ticket.number = number::next(tx, tx.now).await?;
        insert(tx, &ticket, &tags).await?;
        custom_fields::insert(tx, ticket.id, &fields).await?;
        if !participants.is_empty() {
            let row = |person_id| participant::Model { ticket_id: ticket.id, person_id }.into_active_model();
            let rows = participants.into_iter().map(row);
            participant::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
        }
        tx.append(&TicketEvent::new(&ticket, Change::Created(created(&ticket))))?;
        let to = Target { ticket: ticket.id, comment: None, internal: false };
        files::attach(tx, "attachments", self.attachments.as_deref(), to).await?;
        Ok(ticket)
    }
}

/// Writes the row and its tags.
pub async fn insert(tx: &Tx, ticket: &ticket::Model, tags: &[String]) -> Result<()> {
    ticket::Entity::insert(ticket.clone().into_active_model()).exec_without_returning(tx.conn()).await?;
    if !tags.is_empty() {
        let rows = tags.iter().map(|tag| tag::Model { ticket_id: ticket.id, tag: tag.clone() }.into_active_model());
        tag::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    }
    Ok(())
}

/// What the log says of a new ticket.
pub fn created(ticket: &ticket::Model) -> Created {
    Created {
        status: ticket.status.clone(),
        priority: ticket.priority.clone(),
        category: ticket.category.clone(),
        requester: ticket.requester_id,
        reference: ticket.reference_id,
    }
}

async fn requester(input: &TicketCreate, tx: &mut Tx) -> Result<person::Model> {
    let person = match (input.requester_id, &input.requester_email) {
        (id, email) if input.requester_external.is_some() && (id.is_some() || email.is_some()) => {
            return Err(Error::invalid("requesterExternal", "Name the requester in one way, not in several."));
        }
        (Some(_), Some(_)) => {
            return Err(Error::invalid("requesterEmail", "Name the requester by id or by address, not by both."));
        }
        (None, None) if input.requester_external.is_some() => {
            let Some(key) = &input.requester_external else { return Err(Error::not_found("person")) };
            let unknown = || Error::not_found("person").at("requesterExternal");
            let found = PersonKey::External(key.clone()).find(tx.conn()).await;
            let seen = |person: &person::Model| tx.actor.person == Some(person.id) || tx.actor.is_staff();
            found.map_err(|error| error.at("requesterExternal"))?.filter(seen).ok_or_else(unknown)?
        }
        (Some(id), None) => {
            find::by_id(tx.conn(), id).await?.ok_or_else(|| Error::not_found("person").at("requesterId"))?
        }
        (None, Some(email)) => {
            let email = Email::parse("requesterEmail", email)?;
            // Asked before the look-up: whoever may not open tickets for others learns nothing about addresses.
            if !tx.actor.is_staff() {
                let mine = match tx.actor.person {
                    Some(_) => {
                        find::by_email(tx.conn(), &email).await?.filter(|person| Some(person.id) == tx.actor.person)
                    }
                    None => None,
                };
                tx.actor.require_person()?;
                return mine.ok_or_else(|| Error::not_found("person").at("requesterEmail"));
            }
            match find::by_email(tx.conn(), &email).await? {
                Some(person) => person,
                None => {
                    let name = email.value.split('@').next().unwrap_or_default().to_owned();
                    let created_at = tx.now;
                    let new = NewPerson { name, role: Role::Customer, email: Some(email), external: None, created_at };
                    find::add(tx, new).await?
                }
            }
        }
        (None, None) => {
            let me = tx.actor.require_person()?;
            find::by_id(tx.conn(), me).await?.ok_or_else(|| Error::not_found("person"))?
        }
    };
    let seen = tx.actor.person == Some(person.id) || tx.actor.is_staff();
    if !seen {
        return Err(Error::not_found("person").at("requesterId"));
    }
    Ok(person)
}

/// The row, without its number and what it is about.
fn row(wish: &TicketCreate, tx: &Tx, requester: &person::Model) -> Result<(ticket::Model, Vec<String>)> {
    let profile = tx.profile();
    let wanted_category = wish.category.as_deref().or(profile.default_category.as_deref());
    let wanted_method = wish.contact_method.as_deref().or(profile.contact.default_method.as_deref());
    let contact_time = wish.preferred_contact_time.as_deref();
    let mut faults = Faults::default();
    let (
        Some((title, description)),
        Some(category),
        Some((priority, priority_rank)),
        Some(channel),
        Some(preferred_contact_time),
        Some(contact_method),
        Some(tags),
    ) = (
        faults.take(input::title_and_description(profile, wish.title.as_deref(), wish.description.as_deref())),
        faults.take(match wanted_category {
            // Chosen like any other key: none of them is empty.
            None if !profile.category_required => Ok(String::new()),
            key => input::key(&profile.categories, "category", key.unwrap_or_default()).map(|named| named.key.clone()),
        }),
        faults.take(input::priority(
            profile,
            "priority",
            wish.priority.as_deref().unwrap_or(&profile.default_priority),
        )),
        faults.take(input::key(
            &profile.channels,
            "channel",
            wish.channel.as_deref().unwrap_or(&profile.default_channel),
        )),
        faults.take(contact_time.map(|text| input::text("preferredContactTime", text, 1, 200)).transpose()),
        faults.take(wanted_method.map(|key| input::key(&profile.contact.methods, "contactMethod", key)).transpose()),
        faults.take(input::tags(profile, "tags", wish.tags.as_deref().unwrap_or_default())),
    )
    else {
        return Err(faults.error());
    };
    let stage = profile.status(&profile.initial_status).map_or(0, |status| status.stage as i32);
    let ticket = ticket::Model {
        id: TicketId::new(),
        number: String::new(),
        title,
        description,
        status: profile.initial_status.clone(),
        stage,
        priority,
        priority_rank,
        category,
        channel: channel.key.clone(),
        preferred_contact_time,
        requester_id: requester.id,
        organization_id: requester.organization_id,
        created_by_id: tx.actor.person,
        assignee_id: None,
        team_id: None,
        version: 1,
        comment_count: 0,
        public_comment_count: 0,
        last_comment_id: None,
        last_public_comment_id: None,
        due_at: Timestamp::NEVER,
        breached: false,
        first_responded_at: None,
        status_changed_at: tx.now,
        resolved_at: None,
        closed_at: None,
        close_reason: None,
        reopen_count: 0,
        source: None,
        external_id: None,
        created_at: tx.now,
        updated_at: tx.now,
        deleted_at: None,
        reference_id: None,
        contact_method: contact_method.map(|method| method.key.clone()),
        merged_into_id: None,
    };
    Ok((ticket, tags))
}
