//! The tickets of many people, organizations, teams or references at once: the same page of each, in one statement.

use std::collections::HashMap;
use std::sync::Arc;

use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::filter::{TicketFilter, TicketOrderField};
use super::find;
use super::ticket::{self, Column};
use crate::access::Actor;
use crate::db::page::{Key, MAX_PAGE, Page, PageArgs, PageRequest};
use crate::desk::Desk;
use crate::error::Result;
use crate::ids::{OrganizationId, PersonId, ReferenceId, TeamId};

/// How many tickets staff may have on one page.
const STAFF_PAGE: u32 = 1000;

/// Whose tickets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Whose {
    /// Asked by this person.
    Requester(PersonId),
    /// Asked for this organization.
    Organization(OrganizationId),
    /// Assigned to this person.
    Assignee(PersonId),
    /// Assigned to this team.
    Team(TeamId),
    /// About this reference.
    Reference(ReferenceId),
}

impl Whose {
    /// The column that says so.
    pub fn column(self) -> Column {
        match self {
            Self::Requester(_) => Column::RequesterId,
            Self::Organization(_) => Column::OrganizationId,
            Self::Assignee(_) => Column::AssigneeId,
            Self::Team(_) => Column::TeamId,
            Self::Reference(_) => Column::ReferenceId,
        }
    }

    /// The column's value.
    pub fn id(self) -> Uuid {
        match self {
            Self::Requester(id) | Self::Assignee(id) => id.0,
            Self::Organization(id) => id.0,
            Self::Team(id) => id.0,
            Self::Reference(id) => id.0,
        }
    }

    /// The same column's value in a row.
    fn read(self, row: &ticket::Model) -> Option<Uuid> {
        match self {
            Self::Requester(_) => Some(row.requester_id.0),
            Self::Organization(_) => row.organization_id.map(|id| id.0),
            Self::Assignee(_) => row.assignee_id.map(|id| id.0),
            Self::Team(_) => row.team_id.map(|id| id.0),
            Self::Reference(_) => row.reference_id.map(|id| id.0),
        }
    }
}

/// Which page of a list of tickets.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Wanted {
    /// Which tickets.
    pub filter: TicketFilter,
    /// By what they are ordered.
    pub field: TicketOrderField,
    /// Whether the largest, latest come first.
    pub descending: bool,
    /// Which page.
    pub args: PageArgs,
    /// Whether they are counted.
    pub total: bool,
}

/// The most tickets that the actor may have on one page.
pub fn largest_page(actor: &Actor) -> u32 {
    if actor.is_staff() { STAFF_PAGE } else { MAX_PAGE }
}

impl Wanted {
    /// The tickets that are wanted of all that the actor sees.
    ///
    /// # Errors
    /// `INVALID_VALUE` at `filter`.
    pub fn condition(&self, desk: &Desk, actor: &Actor) -> Result<Condition> {
        narrowed(desk, actor, &self.filter)
    }

    /// Checks the paging. A cursor belongs to one list: it is refused for somebody else's.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` at the argument.
    pub fn page(&self, actor: &Actor, whose: Whose) -> Result<PageRequest> {
        let list = (whose, &self.filter);
        self.args.check(&format!("{:?}", self.field), self.descending, &list, largest_page(actor))
    }
}

/// The tickets that the actor sees, narrowed by a filter.
///
/// # Errors
/// `INVALID_VALUE` at `filter`.
pub fn narrowed(desk: &Desk, actor: &Actor, filter: &TicketFilter) -> Result<Condition> {
    let wanted = filter.condition(&desk.profile, desk.clock.now()).map_err(|error| error.at("filter"))?;
    Ok(Condition::all().add(find::visible(desk, actor)).add(wanted))
}

/// A page, and how many there are in all if that was asked for, else 0.
pub type Listed = (Page<ticket::Model>, u64);

/// The pages that were asked for: those of one kind that want the same take one statement, and one more if they are counted.
///
/// # Errors
/// As [`Wanted::condition`] and [`Wanted::page`], which were asked before.
pub async fn pages(
    desk: &Desk,
    actor: &Actor,
    keys: Vec<(Whose, Arc<Wanted>)>,
) -> Result<HashMap<(Whose, Arc<Wanted>), Listed>> {
    let mut groups: HashMap<_, Vec<Whose>> = HashMap::new();
    for (whose, wanted) in keys {
        groups.entry((std::mem::discriminant(&whose), wanted)).or_default().push(whose);
    }
    let mut found = HashMap::new();
    for ((_, wanted), lists) in groups {
        for (whose, listed) in each(desk, actor, &wanted, &lists).await? {
            found.insert((whose, Arc::clone(&wanted)), listed);
        }
    }
    Ok(found)
}

async fn each(desk: &Desk, actor: &Actor, wanted: &Wanted, lists: &[Whose]) -> Result<HashMap<Whose, Listed>> {
    let Some(&any) = lists.first() else { return Ok(HashMap::new()) };
    let (db, column) = (&desk.db.read, any.column());
    let theirs = column.is_in(lists.iter().map(|whose| whose.id()));
    let condition = Condition::all().add(theirs).add(wanted.condition(desk, actor)?);
    let select = ticket::Entity::find().filter(condition.clone());
    let field = wanted.field;
    let key = |row: &ticket::Model| Key { value: field.value(row), id: row.id.0 };
    let page = wanted.page(actor, any)?;
    let mut rows = match lists.iter().all(|whose| *whose == any) {
        // The usual one: a range of an index, read as far as the page goes.
        true => HashMap::from([(any.id(), page.read(db, select, field.column(), Column::Id).await?)]),
        false => {
            let columns = (field.column(), Column::Id, column);
            page.read_each(db, select, columns, |row| any.read(row)).await?
        }
    };
    let mut totals: HashMap<Uuid, i64> = HashMap::new();
    if wanted.total {
        let counts = ticket::Entity::find()
            .select_only()
            .column(column)
            .column_as(Column::Id.count(), "count")
            .filter(condition)
            .group_by(column);
        totals = counts.into_tuple().all(db).await?.into_iter().collect();
    }
    let mut listed = HashMap::new();
    for whose in lists {
        let rows = rows.remove(&whose.id());
        let total = totals.get(&whose.id()).map_or(0, |count| count.unsigned_abs());
        if rows.is_some() || !listed.contains_key(whose) {
            let page = wanted.page(actor, *whose)?.dress(rows.unwrap_or_default(), key);
            listed.insert(*whose, (page, total));
        }
    }
    Ok(listed)
}
