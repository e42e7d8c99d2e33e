//! Finding jobs: one's own, and everybody's for those whose `ticket.bulk` reaches ALL.

use std::collections::HashMap;

use async_graphql::InputObject;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter};

use super::job::result::{self, What};
use super::job::{self, State};
use crate::access::{Actor, Permission};
use crate::db::page::{Key, MAX_PAGE, Page, PageArgs, PageRequest};
use crate::desk::Desk;
use crate::error::Result;
use crate::ids::JobId;
use crate::profile::Grant;

/// Which jobs. All given conditions hold together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, InputObject)]
#[graphql(name = "JobFilter")]
pub struct JobFilter {
    /// In one of these states.
    pub state: Option<Vec<State>>,
}

fn sees_all(desk: &Desk, actor: &Actor) -> bool {
    desk.policy.grants(actor, Permission::TicketBulk).has(Grant::All)
}

/// The condition under which the actor sees jobs.
pub fn visible(desk: &Desk, actor: &Actor) -> Condition {
    match sees_all(desk, actor) {
        true => Condition::all(),
        false => Condition::all().add(job::Column::CreatedById.is_in(actor.person)),
    }
}

/// Whether the actor sees this job.
pub fn admits(desk: &Desk, actor: &Actor, job: &job::Model) -> bool {
    sees_all(desk, actor) || actor.person == Some(job.created_by_id)
}

/// The jobs with these ids that the actor sees.
pub async fn by_ids(desk: &Desk, actor: &Actor, ids: &[JobId]) -> Result<Vec<job::Model>, DbErr> {
    let these = job::Column::Id.is_in(ids.iter().copied());
    job::Entity::find().filter(these).filter(visible(desk, actor)).all(&desk.db.read).await
}

/// The jobs that the actor sees, newest first, and how many there are in all if that was asked for.
///
/// # Errors
/// `BAD_USER_INPUT` for the paging.
pub async fn jobs(
    desk: &Desk,
    actor: &Actor,
    filter: &JobFilter,
    args: &PageArgs,
    total: bool,
) -> Result<(Page<job::Model>, u64)> {
    let page = args.check("createdAt", true, filter, MAX_PAGE)?;
    let states = filter.state.as_ref().map(|states| job::Column::State.is_in(states.iter().copied()));
    let wanted = Condition::all().add(visible(desk, actor)).add_option(states);
    let db = &desk.db.read;
    let select = job::Entity::find().filter(wanted);
    let total = if total { select.clone().count(db).await? } else { 0 };
    let key = |row: &job::Model| Key { value: row.created_at.0, id: row.id.0 };
    Ok((page.load(db, select, job::Column::CreatedAt, job::Column::Id, key).await?, total))
}

/// Which page of the results of a job.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Wanted {
    /// Only those of which this came.
    pub outcome: Option<Vec<What>>,
    /// Which page.
    pub args: PageArgs,
}

impl Wanted {
    /// Checks the paging. A cursor belongs to one job.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` at the argument.
    pub fn page(&self, job: JobId) -> Result<PageRequest> {
        self.args.check("position", false, &(job, &self.outcome), MAX_PAGE)
    }

    /// How many results there are in all: the job has counted them.
    pub fn total(&self, job: &job::Model) -> u64 {
        let wanted = |what| self.outcome.as_ref().is_none_or(|wanted| wanted.contains(&what));
        let counts = [(What::Done, job.done), (What::Skipped, job.skipped), (What::Failed, job.failed)];
        counts.iter().filter(|(what, _)| wanted(*what)).map(|(_, count)| u64::from(count.unsigned_abs())).sum()
    }
}

/// Where a result stands in its list.
pub fn key(row: &result::Model) -> Key {
    Key { value: row.position.into(), id: row.id }
}

/// The rows of these pages, in the order in which the tickets were done: what is asked of many jobs alike takes one statement.
///
/// # Errors
/// As [`Wanted::page`], which was asked before.
pub async fn results(
    conn: &impl ConnectionTrait,
    keys: &[(JobId, Wanted)],
) -> Result<HashMap<(JobId, Wanted), Vec<result::Model>>> {
    use result::Column as C;
    let mut groups: HashMap<&Wanted, Vec<JobId>> = HashMap::new();
    for (job, wanted) in keys {
        groups.entry(wanted).or_default().push(*job);
    }
    let mut found = HashMap::new();
    for (wanted, jobs) in groups {
        let outcome = wanted.outcome.as_ref().map(|outcome| C::Outcome.is_in(outcome.iter().copied()));
        let these = Condition::all().add(C::JobId.is_in(jobs.iter().copied())).add_option(outcome);
        let select = result::Entity::find().filter(these);
        let mut lists = match jobs.as_slice() {
            // The usual one: a range of an index, read as far as the page goes.
            [job] => HashMap::from([(job.0, wanted.page(*job)?.read(conn, select, C::Position, C::Id).await?)]),
            [job, ..] => {
                let columns = (C::Position, C::Id, C::JobId);
                wanted.page(*job)?.read_each(conn, select, columns, |row| Some(row.job_id.0)).await?
            }
            [] => HashMap::new(),
        };
        let rows = |job: JobId| ((job, wanted.clone()), lists.remove(&job.0).unwrap_or_default());
        found.extend(jobs.into_iter().map(rows));
    }
    Ok(found)
}
