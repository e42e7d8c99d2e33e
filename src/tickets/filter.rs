//! What a list of tickets can be narrowed to and ordered by.

use async_graphql::{Enum, InputObject};
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, Condition};
use serde::{Deserialize, Serialize};

use super::ticket::{self, field, tag};
use crate::access::Actor;
use crate::clock::Timestamp;
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::ids::{OrganizationId, PersonId, TeamId};
use crate::profile::{Profile, Stage};
use crate::references::find::ReferenceKey;
use crate::references::{self, reference};
use crate::say;

/// Which tickets. All given conditions hold together; a list means any of its values.
#[derive(Clone, Debug, Default, Hash, PartialEq, Eq, InputObject, Serialize, Deserialize)]
#[graphql(name = "TicketFilter")]
pub struct TicketFilter {
    /// In one of these statuses: keys of `workflow.statuses`.
    pub status: Option<Vec<String>>,
    /// In a status of one of these stages.
    pub stage: Option<Vec<Stage>>,
    /// Of one of these priorities: keys of `workflow.priorities`.
    pub priority: Option<Vec<String>>,
    /// In one of these categories: keys of `workflow.categories`.
    pub category: Option<Vec<String>>,
    /// That came by one of these channels: keys of `workflow.channels`.
    pub channel: Option<Vec<String>>,
    /// Assigned to one of these people.
    pub assignee_id: Option<Vec<PersonId>>,
    /// Assigned to somebody (true) or to nobody (false).
    pub assigned: Option<bool>,
    /// Assigned to one of these teams.
    pub team_id: Option<Vec<TeamId>>,
    /// Asked by one of these people.
    pub requester_id: Option<Vec<PersonId>>,
    /// Asked by somebody of one of these organizations.
    pub organization_id: Option<Vec<OrganizationId>>,
    /// With at least one of these tags.
    pub tag: Option<Vec<String>>,
    /// About one of these bookings, services or whatever else the desk knows.
    pub reference: Option<Vec<ReferenceKey>>,
    /// About one of these kinds of things: keys of `workflow.referenceKinds`.
    pub reference_kind: Option<Vec<String>>,
    /// Saying this in the desk's own fields: all of these hold together.
    pub field: Option<Vec<TicketFieldFilter>>,
    /// Opened at this time or later.
    pub created_from: Option<Timestamp>,
    /// Opened before this time.
    pub created_to: Option<Timestamp>,
    /// Last changed at this time or later.
    pub updated_from: Option<Timestamp>,
    /// Last changed before this time.
    pub updated_to: Option<Timestamp>,
    /// With a missed deadline, met late or not at all (true), or without one (false).
    pub breached: Option<bool>,
    /// With a deadline that has passed and is not met yet (true), or without one (false).
    pub overdue: Option<bool>,
    /// Merged into another (true), or not (false).
    pub merged: Option<bool>,
    /// Deleted (true): for those who may restore them; everybody else sees none. Not in the filters inside this one.
    pub deleted: Option<bool>,
    /// All of these hold as well.
    pub and: Option<Vec<TicketFilter>>,
    /// At least one of these holds as well.
    pub or: Option<Vec<TicketFilter>>,
    /// This does not hold.
    pub not: Option<Box<TicketFilter>>,
}

/// What a field of the desk's own says.
#[derive(Clone, Debug, Hash, PartialEq, Eq, InputObject, Serialize, Deserialize)]
#[graphql(name = "TicketFieldFilter")]
pub struct TicketFieldFilter {
    /// A key of `workflow.fields`.
    pub key: String,
    /// One of these values, as they are stored: of a choice its key, of a number its digits.
    pub value: Vec<String>,
}

/// How many filters may stand inside one another.
const DEPTH: usize = 5;
/// How many values a list may have.
const VALUES: usize = 100;
/// How many filters may stand in one, at all levels together: databases limit how large an expression is.
const FILTERS: usize = 100;
/// How many values those may have together: databases limit how many parameters a statement has.
const VALUES_IN_ALL: usize = 1_000;

impl TicketFilter {
    /// The filter for SQL, as of now, as the actor means it: what is out of their sight looks absent here, too.
    ///
    /// # Errors
    /// `INVALID_VALUE` for keys that the profile does not know, lists that are too long, filters that are too deep.
    pub fn condition(&self, desk: &Desk, actor: &Actor) -> Result<Condition> {
        let size = self.size(0)?;
        if size.0 > FILTERS || size.1 > VALUES_IN_ALL {
            let message =
                say!("This is {filters} filters with {values} values in all.", filters = size.0, values = size.1);
            let hint =
                say!("Send at most {filters} filters with {values} values.", filters = FILTERS, values = VALUES_IN_ALL);
            return Err(Error::invalid("filter", message).hint(hint));
        }
        self.level(desk, actor)
    }

    /// Filters, and values in their lists, here and inside.
    fn size(&self, depth: usize) -> Result<(usize, usize)> {
        if depth > DEPTH {
            return Err(Error::invalid("filter", say!("Filters go {depth} levels deep at most.", depth = DEPTH)));
        }
        fn len<T>(list: &Option<Vec<T>>) -> usize {
            list.as_ref().map_or(0, Vec::len)
        }
        let values = len(&self.status)
            + len(&self.stage)
            + len(&self.priority)
            + len(&self.category)
            + len(&self.channel)
            + len(&self.assignee_id)
            + len(&self.team_id)
            + len(&self.requester_id)
            + len(&self.organization_id)
            + len(&self.tag)
            + len(&self.reference) * 2
            + len(&self.reference_kind)
            + self.field.iter().flatten().map(|field| field.value.len() + 1).sum::<usize>();
        let lists = [&self.and, &self.or].into_iter().flatten().flatten();
        lists.chain(self.not.as_deref()).try_fold((1, values), |sum, inner| {
            let size = inner.size(depth + 1)?;
            Ok((sum.0 + size.0, sum.1 + size.1))
        })
    }

    fn level(&self, desk: &Desk, actor: &Actor) -> Result<Condition> {
        use ticket::Column as T;
        let (profile, now) = (&desk.profile, desk.clock.now());
        let none = T::Id.is_in(Vec::<crate::ids::TicketId>::new());
        let mut all = Condition::all()
            .add_option(
                keys("status", &self.status, profile.statuses.iter().map(|x| &x.key))?.map(|v| T::Status.is_in(v)),
            )
            .add_option(
                values("stage", &self.stage)?.map(|stages| T::Stage.is_in(stages.iter().map(|stage| *stage as i32))),
            )
            .add_option(
                keys("priority", &self.priority, profile.priorities.iter().map(|x| &x.key))?
                    .map(|v| T::Priority.is_in(v)),
            )
            .add_option(
                keys("category", &self.category, profile.categories.iter().map(|x| &x.key))?
                    .map(|v| T::Category.is_in(v)),
            )
            .add_option(
                keys("channel", &self.channel, profile.channels.iter().map(|x| &x.key))?.map(|v| T::Channel.is_in(v)),
            )
            .add_option(values("assigneeId", &self.assignee_id)?.map(|ids| T::AssigneeId.is_in(ids.iter().copied())))
            .add_option(values("teamId", &self.team_id)?.map(|ids| T::TeamId.is_in(ids.iter().copied())))
            .add_option(values("requesterId", &self.requester_id)?.map(|ids| T::RequesterId.is_in(ids.iter().copied())))
            .add_option(
                values("organizationId", &self.organization_id)?
                    .map(|ids| T::OrganizationId.is_in(ids.iter().copied())),
            )
            .add_option(self.created_from.map(|time| T::CreatedAt.gte(time)))
            .add_option(self.created_to.map(|time| T::CreatedAt.lt(time)))
            .add_option(self.updated_from.map(|time| T::UpdatedAt.gte(time)))
            .add_option(self.updated_to.map(|time| T::UpdatedAt.lt(time)))
            .add_option(values("tag", &self.tag)?.map(|tags| {
                T::Id.in_subquery(
                    Query::select()
                        .column(tag::Column::TicketId)
                        .from(tag::Entity)
                        .and_where(tag::Column::Tag.is_in(tags.iter().map(|tag| tag.trim().to_lowercase())))
                        .to_owned(),
                )
            }));
        all = all.add_option(self.about(desk, actor)?).add_option(self.says(profile)?);
        if let Some(assigned) = self.assigned {
            let nobody = Condition::all().add(T::AssigneeId.is_null()).add(T::TeamId.is_null());
            all = all.add(if assigned { nobody.not() } else { nobody });
        }
        if let Some(breached) = self.breached {
            let missed = Condition::any().add(T::Breached.eq(true)).add(T::DueAt.lt(now));
            all = all.add(if breached { missed } else { missed.not() });
        }
        if let Some(overdue) = self.overdue {
            all = all.add(if overdue { T::DueAt.lt(now) } else { T::DueAt.gte(now) });
        }
        if let Some(merged) = self.merged {
            all = all.add(if merged { T::MergedIntoId.is_not_null() } else { T::MergedIntoId.is_null() });
        }
        if let Some(deleted) = self.deleted {
            all = all.add(if deleted { T::DeletedAt.is_not_null() } else { T::DeletedAt.is_null() });
        }
        for inner in values("and", &self.and)?.unwrap_or_default() {
            all = all.add(inner.level(desk, actor)?);
        }
        if let Some(inner) = values("or", &self.or)? {
            let mut any = Condition::any().add(none);
            for inner in inner {
                any = any.add(inner.level(desk, actor)?);
            }
            all = all.add(any);
        }
        if let Some(inner) = &self.not {
            all = all.add(inner.level(desk, actor)?.not());
        }
        Ok(all)
    }
}

impl TicketFilter {
    /// What tickets are about, of what the actor sees.
    fn about(&self, desk: &Desk, actor: &Actor) -> Result<Option<Condition>> {
        use reference::Column as R;
        let kinds = keys("referenceKind", &self.reference_kind, desk.profile.reference_kinds.iter().map(|x| &x.key))?;
        let wanted = values("reference", &self.reference)?;
        if kinds.is_none() && wanted.is_none() {
            return Ok(None);
        }
        let visible = references::find::visible(desk, actor);
        let mut all = Condition::all().add(visible).add_option(kinds.map(|kinds| R::Kind.is_in(kinds)));
        if let Some(wanted) = wanted {
            let one = |key: &ReferenceKey| {
                Condition::all().add(R::Kind.eq(key.kind.as_str())).add(R::ExternalId.eq(key.external_id.trim()))
            };
            // Never empty: an empty OR would be no condition at all.
            let none = R::Id.is_in(Vec::<crate::ids::ReferenceId>::new());
            all = all.add(wanted.iter().fold(Condition::any().add(none), |any, key| any.add(one(key))));
        }
        let ids = Query::select().column(R::Id).from(reference::Entity).cond_where(all).to_owned();
        Ok(Some(Condition::all().add(ticket::Column::ReferenceId.in_subquery(ids))))
    }

    /// What tickets say in the desk's own fields.
    fn says(&self, profile: &Profile) -> Result<Option<Condition>> {
        let Some(wanted) = values("field", &self.field)? else { return Ok(None) };
        let mut all = Condition::all();
        for wish in wanted {
            if profile.field(&wish.key).is_none() {
                let known = profile.fields.iter().map(|field| field.key.as_str());
                return Err(Error::unknown_key("key", &wish.key, known).at("field"));
            }
            let ids = Query::select()
                .column(field::Column::TicketId)
                .from(field::Entity)
                .and_where(field::Column::Field.eq(wish.key.as_str()))
                .and_where(field::Column::Value.is_in(&wish.value))
                .to_owned();
            all = all.add(ticket::Column::Id.in_subquery(ids));
        }
        Ok(Some(all))
    }
}

fn values<'a, T>(field: &str, list: &'a Option<Vec<T>>) -> Result<Option<&'a [T]>> {
    match list {
        Some(list) if list.len() > VALUES => {
            Err(Error::invalid(field, say!("This list has {values} values.", values = list.len()))
                .hint(say!("Send at most {max}.", max = VALUES)))
        }
        list => Ok(list.as_deref()),
    }
}

fn keys<'a>(
    field: &str,
    list: &'a Option<Vec<String>>,
    known: impl Iterator<Item = &'a String> + Clone,
) -> Result<Option<Vec<&'a str>>> {
    let Some(list) = values(field, list)? else { return Ok(None) };
    match list.iter().find(|key| !known.clone().any(|known| known == *key)) {
        Some(unknown) => Err(Error::unknown_key(field, unknown, known)),
        None => Ok(Some(list.iter().map(String::as_str).collect())),
    }
}

/// What tickets are ordered by. Equal ones follow their ids, that is, the time they were opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum)]
#[graphql(name = "TicketOrderField")]
pub enum TicketOrderField {
    /// When it was opened.
    CreatedAt,
    /// When it last changed.
    UpdatedAt,
    /// Its nearest open deadline; those without come last in ascending order.
    DueAt,
    /// How urgent it is, by the order of `workflow.priorities`.
    Priority,
}

impl TicketOrderField {
    /// The column.
    pub fn column(self) -> ticket::Column {
        match self {
            Self::CreatedAt => ticket::Column::CreatedAt,
            Self::UpdatedAt => ticket::Column::UpdatedAt,
            Self::DueAt => ticket::Column::DueAt,
            Self::Priority => ticket::Column::PriorityRank,
        }
    }

    /// The column's value in a row.
    pub fn value(self, ticket: &ticket::Model) -> i64 {
        match self {
            Self::CreatedAt => ticket.created_at.0,
            Self::UpdatedAt => ticket.updated_at.0,
            Self::DueAt => ticket.due_at.0,
            Self::Priority => ticket.priority_rank.into(),
        }
    }
}
