//! The log and the refusals as one list, newest first.

use async_graphql::{Enum, InputObject};
use sea_orm::{ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter};
use uuid::Uuid;

use super::refusals::refusal;
use crate::access::{Actor, Permission, Policy};
use crate::clock::Timestamp;
use crate::db::Db;
use crate::db::page::{Key, MAX_PAGE, Page, PageArgs, PageRequest};
use crate::error::{Error, Result};
use crate::event_log::{Record, table};
use crate::ids::{self, AnyId, PersonId, TicketId};
use crate::say;

/// How many values a list may have.
const VALUES: usize = 100;

/// How it went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum)]
#[graphql(name = "AuditOutcome")]
pub enum Outcome {
    /// It was done.
    Done,
    /// It was refused, or it failed.
    Refused,
}

/// Which entries. All given conditions hold together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, InputObject)]
#[graphql(name = "AuditFilter")]
pub struct AuditFilter {
    /// Of this person or service account.
    pub actor_id: Option<PersonId>,
    /// About this ticket, or something on it. Refusals are not kept by ticket: there are none then.
    pub ticket_id: Option<TicketId>,
    /// About exactly this: the id of anything. Refusals are not kept by subject: there are none then.
    pub subject_id: Option<AnyId>,
    /// Events of one of these kinds, such as `ticket.status_changed`; no refusals.
    pub kind: Option<Vec<String>>,
    /// By one of these operations, such as `ticket.assign`.
    pub operation: Option<Vec<String>>,
    /// Only what was done, or only what was refused.
    pub outcome: Option<Outcome>,
    /// At this time or later.
    pub from: Option<Timestamp>,
    /// Before this time.
    pub to: Option<Timestamp>,
}

/// One line of the audit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// It was done: an event.
    Done(Record),
    /// It was refused, so often within a minute.
    Refused(refusal::Model),
}

impl Entry {
    /// When it was recorded, by the clock of the world; for refusals, the first.
    pub fn at(&self) -> Timestamp {
        match self {
            Self::Done(record) => record.recorded_at,
            Self::Refused(refusal) => refusal.first_at,
        }
    }

    /// Where it stands. The number of an event is below every UUID of a refusal, so both kinds have one order.
    fn key(&self) -> Key {
        match self {
            Self::Done(record) => key_of(record),
            Self::Refused(refusal) => Key { value: refusal.first_at.0, id: refusal.id },
        }
    }
}

fn key_of(record: &Record) -> Key {
    Key { value: record.recorded_at.0, id: Uuid::from_u128(record.seq.unsigned_abs().into()) }
}

/// The number of an event in a cursor; that of a refusal is beyond every event of its millisecond.
fn number(id: Uuid) -> sea_orm::Value {
    i64::try_from(id.as_u128()).unwrap_or(i64::MAX).into()
}

/// What was done and what was refused, newest first, and how many there are in all if that was asked for.
///
/// # Errors
/// `FORBIDDEN` without `audit.view`; `BAD_USER_INPUT` for the paging and for what the filter cannot be.
pub async fn entries(
    db: &Db,
    policy: &Policy,
    actor: &Actor,
    filter: &AuditFilter,
    args: &PageArgs,
    total: bool,
) -> Result<(Page<Entry>, u64)> {
    policy.demand(actor, Permission::AuditView)?;
    let page = args.check("recordedAt", true, filter, MAX_PAGE)?;
    for (field, list) in [("kind", &filter.kind), ("operation", &filter.operation)] {
        if list.as_ref().is_some_and(|list| list.len() > VALUES) {
            return Err(Error::invalid(field, say!("Send at most {max} values.", max = VALUES)).at("filter"));
        }
    }
    let (done, done_total) = match filter.outcome {
        Some(Outcome::Refused) => (None, 0),
        _ => done(db, filter, &page, total).await.map(|(page, total)| (Some(page), total))?,
    };
    let by_subject = filter.ticket_id.is_some() || filter.subject_id.is_some() || filter.kind.is_some();
    let (refused, refused_total) = match filter.outcome {
        Some(Outcome::Done) => (None, 0),
        _ if by_subject => (None, 0),
        _ => refused(db, filter, &page, total).await.map(|(page, total)| (Some(page), total))?,
    };
    let none = || Page { rows: Vec::new(), has_next: false, has_previous: false };
    let merged = page.merged(done.unwrap_or_else(none), refused.unwrap_or_else(none), Entry::key);
    Ok((merged, done_total + refused_total))
}

async fn done(db: &Db, filter: &AuditFilter, page: &PageRequest, total: bool) -> Result<(Page<Entry>, u64)> {
    use table::Column;
    let subject = match &filter.subject_id {
        Some(id) => Some(ids::any(&id.0).ok_or_else(|| Error::invalid("subjectId", "This is no id.").at("filter"))?),
        None => None,
    };
    let wanted = Condition::all()
        .add_option(filter.actor_id.map(|id| Column::ActorId.eq(id)))
        .add_option(filter.ticket_id.map(|id| Column::TicketId.eq(id)))
        .add_option(subject.map(|id| Column::SubjectId.eq(id)))
        .add_option(filter.kind.as_ref().map(|kinds| Column::Kind.is_in(kinds)))
        .add_option(filter.operation.as_ref().map(|names| Column::Operation.is_in(names)))
        .add_option(filter.from.map(|from| Column::RecordedAt.gte(from)))
        .add_option(filter.to.map(|to| Column::RecordedAt.lt(to)));
    let select = table::Entity::find().filter(wanted);
    let total = if total { select.clone().count(&db.read).await? } else { 0 };
    let rows = page.read_as(&db.read, select, Column::RecordedAt, (Column::Seq, number)).await?;
    Ok((page.dress(rows, key_of).map(Entry::Done), total))
}

async fn refused(db: &Db, filter: &AuditFilter, page: &PageRequest, total: bool) -> Result<(Page<Entry>, u64)> {
    use refusal::Column;
    let wanted = Condition::all()
        .add_option(filter.actor_id.map(|id| Column::ActorId.eq(id)))
        .add_option(filter.operation.as_ref().map(|names| Column::Operation.is_in(names)))
        .add_option(filter.from.map(|from| Column::FirstAt.gte(from)))
        .add_option(filter.to.map(|to| Column::FirstAt.lt(to)));
    let select = refusal::Entity::find().filter(wanted);
    let total = if total { select.clone().count(&db.read).await? } else { 0 };
    let key = |row: &refusal::Model| Key { value: row.first_at.0, id: row.id };
    let rows = page.load(&db.read, select, Column::FirstAt, Column::Id, key).await?;
    Ok((rows.map(Entry::Refused), total))
}
