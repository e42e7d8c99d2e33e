//! What the index holds of a ticket.

use std::collections::HashMap;

use deskgraph_index::{Document, Filter};
use sea_orm::{ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::source::Source;
use crate::comments::comment;
use crate::error::Result;
use crate::event_log::{Audience, Record};
use crate::ids::{PersonId, ReferenceId, TicketId};
use crate::people;
use crate::references::{self, find::Found};
use crate::tickets::access::document_terms;
use crate::tickets::facts::{TicketFacts, participants};
use crate::tickets::{loaders, threads, ticket};

/// How much of a conversation is searchable: the newest comments, up to so many bytes.
const CONVERSATION: usize = 64 * 1024;

/// The term that merged tickets have, and no others.
const MERGED: (&str, &str) = ("merged", "yes");

/// All but merged tickets.
pub fn not_merged() -> Filter {
    Filter::Not(Box::new(Filter::term(MERGED.0, MERGED.1)))
}

/// The kind of document.
pub const KIND: &str = "ticket";

/// Tickets as a source.
pub struct TicketSource;

impl Source for TicketSource {
    const NAME: &'static str = "ticket index";

    fn concerns(record: &Record) -> Option<Uuid> {
        record.ticket_id.map(|ticket| ticket.0)
    }

    async fn documents(db: &DatabaseConnection, ids: &[Uuid]) -> Result<Vec<Document>> {
        let mut ids: Vec<TicketId> = ids.iter().copied().map(TicketId).collect();
        // What happens to a merged ticket is found where it is read.
        ids.extend(threads::above(db, &ids).await?.into_values().flatten());
        ids.sort_unstable();
        ids.dedup();
        let below = threads::below(db, &ids).await?;
        let merged: Vec<TicketId> =
            below.values().flatten().copied().filter(|id| ids.binary_search(id).is_err()).collect();
        let merged = loaders::by_id(db, &merged).await?;
        let tickets = ticket::Entity::find()
            .filter(ticket::Column::Id.is_in(ids.iter().copied()))
            .filter(ticket::Column::DeletedAt.is_null())
            .all(db)
            .await?;
        let requesters: Vec<PersonId> = tickets.iter().map(|ticket| ticket.requester_id).collect();
        let people = people::loaders::people(db, &requesters).await?;
        let mut participants = participants(db, &ids).await?;
        let mut tags = loaders::tags(db, &ids).await?;
        let about: Vec<ReferenceId> = tickets.iter().filter_map(|ticket| ticket.reference_id).collect();
        let about = references::find::with_participants(db, &about).await?;
        let mut comments: HashMap<TicketId, Vec<comment::Model>> = HashMap::new();
        let newest_first = comment::Entity::find()
            .filter(comment::Column::TicketId.is_in(ids.iter().chain(merged.keys()).copied()))
            .filter(comment::Column::DeletedAt.is_null())
            .order_by_desc(comment::Column::CreatedAt)
            .order_by_desc(comment::Column::Id);
        for comment in newest_first.all(db).await? {
            comments.entry(comment.ticket_id).or_default().push(comment);
        }
        let mine: HashMap<TicketId, ticket::Model> = tickets.iter().map(|row| (row.id, row.clone())).collect();
        let document = |ticket: ticket::Model| {
            let below = below.get(&ticket.id).into_iter().flatten();
            let below: Vec<&ticket::Model> = below.filter_map(|id| merged.get(id).or_else(|| mine.get(id))).collect();
            let facts = TicketFacts::new(&ticket, participants.remove(&ticket.id).unwrap_or_default());
            let requester = people.get(&ticket.requester_id).map_or("", |person| person.name.as_str());
            let about = ticket.reference_id.and_then(|id| about.get(&id));
            let on = |id: &TicketId| comments.get(id).into_iter().flatten();
            let mut said: Vec<&comment::Model> =
                on(&ticket.id).chain(below.iter().flat_map(|row| on(&row.id))).collect();
            said.sort_by_key(|comment| std::cmp::Reverse((comment.created_at, comment.id)));
            let tags = tags.remove(&ticket.id).unwrap_or_default();
            document(&ticket, &facts, (requester, about), (&said, &below), &tags)
        };
        Ok(tickets.into_iter().map(document).collect())
    }

    async fn scan(db: &DatabaseConnection, after: Option<Uuid>, limit: u64) -> Result<Option<(Vec<Document>, Uuid)>> {
        let mut page = ticket::Entity::find().select_only().column(ticket::Column::Id);
        if let Some(after) = after {
            page = page.filter(ticket::Column::Id.gt(after));
        }
        let ids: Vec<TicketId> = page.order_by_asc(ticket::Column::Id).limit(limit).into_tuple().all(db).await?;
        let Some(last) = ids.last() else { return Ok(None) };
        let last = last.0;
        let ids: Vec<Uuid> = ids.into_iter().map(|id| id.0).collect();
        Ok(Some((Self::documents(db, &ids).await?, last)))
    }
}

/// Whether whoever sees a ticket on the customers' side sees what it is about as well. If not, that is found by staff only.
fn everybody_sees(about: &Found, facts: &TicketFacts) -> bool {
    let (seen, house) = (about.facts(), about.row.organization_id);
    let shares = |person: &PersonId| seen.owner == Some(*person) || seen.participants.contains(person);
    let is_the_houses = house.is_some() && facts.organization == house;
    seen.is_everybodys()
        || ((is_the_houses || (shares(&facts.requester) && facts.organization.is_none()))
            && facts.participants.iter().all(shares))
}

fn document(
    ticket: &ticket::Model,
    facts: &TicketFacts,
    (requester, about): (&str, Option<&Found>),
    (comments, below): (&[&comment::Model], &[&ticket::Model]),
    tags: &[String],
) -> Document {
    let (mut body, mut internal) = (ticket.description.clone(), String::new());
    for text in below.iter().flat_map(|row| [&row.number, &row.title, &row.description]) {
        if body.len() < CONVERSATION {
            body.push('\n');
            body.push_str(text);
        }
    }
    for comment in comments {
        let text = if comment.audience == Audience::Public { &mut body } else { &mut internal };
        if text.len() < CONVERSATION {
            text.push('\n');
            text.push_str(&comment.body);
        }
    }
    // People search by number, by name and by what it is about as well.
    for name in [ticket.number.as_str(), requester].into_iter().filter(|name| !name.is_empty()) {
        body.push('\n');
        body.push_str(name);
    }
    if let Some(about) = about {
        let text = if everybody_sees(about, facts) { &mut body } else { &mut internal };
        text.push('\n');
        text.push_str(&about.row.external_id);
    }
    let mut terms = document_terms(facts);
    terms.extend(
        [
            ("status", ticket.status.clone()),
            ("stage", ticket.stage.to_string()),
            ("priority", ticket.priority.clone()),
            ("category", ticket.category.clone()),
            ("channel", ticket.channel.clone()),
            ("requester", ticket.requester_id.to_string()),
        ]
        .map(|(field, value)| (field.to_owned(), value)),
    );
    terms.extend(ticket.merged_into_id.map(|_| (MERGED.0.to_owned(), MERGED.1.to_owned())));
    terms.extend(tags.iter().map(|tag| ("tag".to_owned(), tag.clone())));
    Document {
        id: ticket.id.0.as_u128(),
        kind: KIND.to_owned(),
        title: ticket.title.clone(),
        body,
        internal,
        terms,
        created_at: ticket.created_at.0,
        updated_at: ticket.updated_at.0,
    }
}
