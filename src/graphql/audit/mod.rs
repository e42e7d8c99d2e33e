//! Who did what, and what was refused to whom: the type and its root field.

use std::sync::Arc;

use async_graphql::{Context, Object, SimpleObject};

use super::connection::{args, int, wants_total};
use super::context::{Refuse, Request};
use super::people::Person;
use super::reference;
use super::tickets::Ticket;
use crate::access::{ActorKind, Origin};
use crate::audit::{self, AuditFilter, Entry, Outcome};
use crate::clock::Timestamp;
use crate::connection;
use crate::db::page::PageArgs;
use crate::error::{Code, Error, Result};
use crate::ids::{self, AnyId, PersonId, TicketId};

/// Something that somebody did, or that was refused to them.
#[derive(Clone)]
pub struct AuditEntry(Arc<Entry>);

connection!(AuditEntryConnection, AuditEntryEdge, AuditEntry, "audit entries");

/// Something that an event says of a change: ids, keys, numbers, times and flags.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(crate = "crate::graphql::fields")]
pub struct AuditDetail {
    /// What is said, such as `statusBefore`.
    name: String,
    /// What it is; lists and groups as JSON.
    value: String,
}

/// Something that somebody did, or that was refused to them.
#[Object(crate = "crate::graphql::fields")]
impl AuditEntry {
    /// When it was recorded, by the clock of the world. Of refusals that are counted together, the first.
    async fn recorded_at(&self) -> Timestamp {
        self.0.at()
    }

    /// When the last of these refusals was; when something was done, `recordedAt`.
    async fn last_at(&self) -> Timestamp {
        match &*self.0 {
            Entry::Done(record) => record.recorded_at,
            Entry::Refused(refusal) => refusal.last_at,
        }
    }

    /// Whether it was done.
    async fn outcome(&self) -> Outcome {
        match &*self.0 {
            Entry::Done(_) => Outcome::Done,
            Entry::Refused(_) => Outcome::Refused,
        }
    }

    /// Which operation, such as `ticket.assign`. Null for what was done before this was kept.
    async fn operation(&self) -> Option<&str> {
        match &*self.0 {
            Entry::Done(record) => record.operation.as_deref(),
            Entry::Refused(refusal) => Some(&refusal.operation),
        }
    }

    /// The kind of event, such as `ticket.status_changed`. Null for what was refused.
    async fn kind(&self) -> Option<&str> {
        self.done().map(|record| record.kind.as_str())
    }

    /// Why it was refused. Null for what was done.
    async fn code(&self) -> Option<Code> {
        match &*self.0 {
            Entry::Done(_) => None,
            Entry::Refused(refusal) => Code::ALL.iter().copied().find(|code| code.name() == refusal.code),
        }
    }

    /// How often: refusals of one operation to one actor, with one code, are counted for each minute.
    async fn count(&self) -> i32 {
        match &*self.0 {
            Entry::Done(_) => 1,
            Entry::Refused(refusal) => refusal.count,
        }
    }

    /// What kind of actor it was.
    async fn actor_kind(&self) -> ActorKind {
        match &*self.0 {
            Entry::Done(record) => record.actor_kind,
            Entry::Refused(refusal) => refusal.actor_kind,
        }
    }

    /// The person or service account. Null for strangers, the desk itself, and who is no longer known.
    async fn actor(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Person>> {
        person(ctx, self.actor_id()?).await
    }

    /// For whom it was done, if not for the actor.
    async fn on_behalf_of(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Person>> {
        person(ctx, self.done()?.on_behalf_of?).await
    }

    /// By which door it came in.
    async fn origin(&self) -> Origin {
        match &*self.0 {
            Entry::Done(record) => record.origin,
            Entry::Refused(refusal) => refusal.origin,
        }
    }

    /// Where a stranger was refused: not the address, but the same for the same place.
    async fn place(&self) -> Option<&str> {
        match &*self.0 {
            Entry::Done(_) => None,
            Entry::Refused(refusal) => refusal.place.as_deref(),
        }
    }

    /// The request, as `X-Request-Id` and the log have it; of refusals that are counted together, the last.
    async fn request_id(&self) -> Option<&str> {
        match &*self.0 {
            Entry::Done(record) => record.request_id.as_deref(),
            Entry::Refused(refusal) => refusal.request_id.as_deref(),
        }
    }

    /// What it is about: `ticket`, `comment`, `person`, `session` … Null for what was refused.
    async fn subject_kind(&self) -> Option<&str> {
        self.done().map(|record| record.subject_kind.as_str())
    }

    /// The id of what it is about. It may be gone by now.
    async fn subject_id(&self) -> Option<AnyId> {
        self.done().map(|record| AnyId(ids::of_kind(&record.subject_kind, record.subject_id)))
    }

    /// The ticket that it belongs to. Null if there is none, and if it is not yours to see.
    async fn ticket(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Ticket>> {
        let id = self.done()?.ticket_id?;
        let request = Request::of(ctx);
        request.visible_ticket(id).await.refuse(request).map(|row| row.map(Ticket)).transpose()
    }

    /// When it happened, by the desk's own time: earlier than `recordedAt` for what was imported. Null for what was refused.
    async fn occurred_at(&self) -> Option<Timestamp> {
        self.done().map(|record| record.occurred_at)
    }

    /// What changed, as the event says it: never what somebody wrote.
    async fn details(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<AuditDetail>> {
        let Some(record) = self.done() else { return Ok(Vec::new()) };
        let data: serde_json::Map<String, serde_json::Value> = record.read().refuse(Request::of(ctx))?;
        Ok(data.into_iter().filter(|(_, value)| !value.is_null()).map(detail).collect())
    }
}

impl AuditEntry {
    fn done(&self) -> Option<&crate::event_log::Record> {
        match &*self.0 {
            Entry::Done(record) => Some(record),
            Entry::Refused(_) => None,
        }
    }

    fn actor_id(&self) -> Option<PersonId> {
        match &*self.0 {
            Entry::Done(record) => record.actor_id,
            Entry::Refused(refusal) => refusal.actor_id,
        }
    }
}

fn detail((name, value): (String, serde_json::Value)) -> AuditDetail {
    let mut words = name.split('_');
    let mut name = words.next().unwrap_or_default().to_owned();
    for word in words {
        let (first, rest) = word.split_at(word.ceil_char_boundary(1));
        name.push_str(&first.to_ascii_uppercase());
        name.push_str(rest);
    }
    let value = match value {
        serde_json::Value::String(text) => text,
        other => other.to_string(),
    };
    AuditDetail { name, value }
}

async fn person(ctx: &Context<'_>, id: PersonId) -> Option<async_graphql::Result<Person>> {
    let request = Request::of(ctx);
    request.loaders().people.load(id).await.refuse(request).map(|row| row.map(Person)).transpose()
}

/// The root field that shows the audit.
#[derive(Default)]
pub struct AuditQueries;

#[Object]
impl AuditQueries {
    /// Who did what, and what was refused to whom, newest first: every event of the desk, sign-ins among them, and refused attempts,
    /// which are counted by minute, appear within a second and are kept for 90 days. Needs `audit.view`.
    #[allow(clippy::too_many_arguments)]
    async fn audit_log(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which entries.")] filter: Option<AuditFilter>,
        #[graphql(desc = "So many from the start, or after `after`. Default 25, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many before the end, or before `before`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<AuditEntryConnection> {
        let request = Request::of(ctx);
        let (filter, args) = (filter.unwrap_or_default(), args(first, after, last, before));
        page(request, &filter, &args, wants_total(ctx)).await.refuse(request)
    }
}

async fn page(request: &Request, filter: &AuditFilter, args: &PageArgs, total: bool) -> Result<AuditEntryConnection> {
    let kinds = || reference::EVENTS.iter().flat_map(|(_, kinds)| kinds.iter().map(|(kind, _)| *kind));
    if let Some(odd) = filter.kind.iter().flatten().find(|kind| !kinds().any(|known| known == kind.as_str())) {
        return Err(Error::unknown_key("kind", odd, kinds()).at("filter"));
    }
    let desk = &request.desk;
    let (page, total) = audit::entries(&desk.db, &desk.policy, &request.actor(), filter, args, total).await?;
    let loaders = request.loaders();
    let mut people: Vec<PersonId> = Vec::new();
    let mut tickets: Vec<TicketId> = Vec::new();
    for (_, entry) in &page.rows {
        match entry {
            Entry::Done(record) => {
                people.extend([record.actor_id, record.on_behalf_of].into_iter().flatten());
                tickets.extend(record.ticket_id);
            }
            Entry::Refused(refusal) => people.extend(refusal.actor_id),
        }
    }
    // At once for the page: what nobody asks for costs two statements at most.
    loaders.people.load_ahead(people).await?;
    loaders.tickets.load_ahead(tickets).await?;
    Ok(AuditEntryConnection::new(page, int(total)?, |entry| AuditEntry(Arc::new(entry))))
}
