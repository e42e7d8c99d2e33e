//! Numbers about agents and teams.

use std::collections::HashMap;

use async_graphql::{Context, Object, SimpleObject};

use super::numbers::{MetricCount, MetricDuration};
use crate::access::Permission;
use crate::db::page::PageArgs;
use crate::error::{Error, Result};
use crate::graphql::connection::wants_total;
use crate::graphql::context::{Refuse, Request};
use crate::graphql::people::{Person, Team};
use crate::graphql::tickets::{Ahead, TicketConnection, list};
use crate::ids::{PersonId, TeamId};
use crate::metrics::{Measure, MetricsPeriod, Rule, Scope};
use crate::people::{find, list as lists, person};
use crate::tickets::filter::TicketFilter;
use crate::tickets::ticket::Column;

/// What an agent has to do now.
#[derive(SimpleObject)]
pub struct AgentWorkload {
    /// Who.
    agent: Person,
    /// Open tickets of theirs.
    open: MetricCount,
    /// Those of them that are late.
    overdue: MetricCount,
}

/// What a team has to do now.
#[derive(SimpleObject)]
pub struct TeamWorkload {
    /// Which.
    team: Team,
    /// Open tickets of theirs.
    open: MetricCount,
    /// Those of them that are late.
    overdue: MetricCount,
}

/// What an agent did in the period.
#[derive(SimpleObject)]
pub struct AgentPerformance {
    /// Who.
    agent: Person,
    /// Opened in the period, and theirs now.
    received: MetricCount,
    /// Resolved in the period, and theirs now.
    resolved: MetricCount,
    /// Those of them opened again at least once before that.
    reopened: MetricCount,
    /// How long it took until staff first answered, on tickets that are theirs now.
    first_response: MetricDuration,
    /// How long it took until tickets that are theirs now were resolved.
    resolution: MetricDuration,
}

/// Whom a report about agents has rows for: everybody to whom tickets can be given, and everybody else with numbers.
async fn rows<const N: usize>(
    request: &Request,
    scope: &Scope,
    rules: &[Rule; N],
    by: usize,
    first: usize,
) -> Result<Vec<(person::Model, [i64; N])>> {
    let mut counts: HashMap<PersonId, [i64; N]> = HashMap::new();
    for (id, values) in scope.counts_by::<Option<PersonId>, N>(Column::AssigneeId, rules).await? {
        counts.extend(id.map(|id| (id, values)));
    }
    let all = scope_is_of_all(request);
    let me = request.actor().person;
    let mut ids: Vec<PersonId> = lists::staff(&request.desk).await?;
    ids.retain(|id| all || Some(*id) == me);
    ids.extend(counts.keys().copied());
    ids.sort();
    ids.dedup();
    let value = |id: &PersonId| counts.get(id).map_or(0, |values| values[by]);
    ids.sort_by(|a, b| value(b).cmp(&value(a)).then_with(|| a.cmp(b)));
    ids.truncate(first);
    let loaders = request.loaders();
    loaders.people.load_ahead(ids.iter().copied()).await?;
    let mut found = Vec::new();
    for id in ids {
        if let Some(person) = loaders.people.load(id).await? {
            found.push(((*person).clone(), counts.get(&id).copied().unwrap_or([0; N])));
        }
    }
    Ok(found)
}

/// Whether the actor sees the numbers of everybody.
fn scope_is_of_all(request: &Request) -> bool {
    let grants = request.desk.policy.grants(&request.actor(), crate::access::Permission::ReportView);
    grants.has(crate::profile::Grant::All)
}

/// Who has how much to do.
pub async fn workload(request: &Request, scope: &Scope, first: usize) -> Result<Vec<AgentWorkload>> {
    let rules = [scope.open(), scope.overdue()];
    let rows = rows(request, scope, &rules, 0, first).await?;
    let dress = |(person, [open, overdue]): (person::Model, [i64; 2])| {
        let of = |rule: Rule, value| MetricCount::new(scope, scope.counted(rule.of_agent(person.id), value));
        let (open, overdue) = (of(scope.open(), open)?, of(scope.overdue(), overdue)?);
        Ok(AgentWorkload { agent: Person::from(person), open, overdue })
    };
    rows.into_iter().map(dress).collect()
}

/// Which team has how much to do.
pub async fn team_workload(request: &Request, scope: &Scope, first: usize) -> Result<Vec<TeamWorkload>> {
    let rules = [scope.open(), scope.overdue()];
    let mut counts = scope.counts_by::<Option<TeamId>, 2>(Column::TeamId, &rules).await?;
    counts.retain(|(id, values)| id.is_some() && values[0] > 0);
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    counts.truncate(first);
    let loaders = request.loaders();
    loaders.teams.load_ahead(counts.iter().filter_map(|(id, _)| *id)).await?;
    let mut found = Vec::new();
    for (id, [open, overdue]) in counts {
        let Some(id) = id else { continue };
        let Some(team) = loaders.teams.load(id).await? else { continue };
        let of = |rule: Rule, value| MetricCount::new(scope, scope.counted(rule.of_team(id), value));
        let (open, overdue) = (of(scope.open(), open)?, of(scope.overdue(), overdue)?);
        found.push(TeamWorkload { team: Team(team), open, overdue });
    }
    Ok(found)
}

/// What each agent did.
pub async fn performance(request: &Request, scope: &Scope, first: usize) -> Result<Vec<AgentPerformance>> {
    let rules = [scope.received(), scope.resolved(), scope.reopened()];
    let rows = rows(request, scope, &rules, 1, first).await?;
    let by = Column::AssigneeId;
    let responses = scope.spread_by::<Option<PersonId>>(Measure::FirstResponse, by).await?;
    let resolutions = scope.spread_by::<Option<PersonId>>(Measure::Resolution, by).await?;
    let dress = |(person, [received, resolved, reopened]): (person::Model, [i64; 3])| {
        let id = person.id;
        let of = |rule: Rule, value| MetricCount::new(scope, scope.counted(rule.of_agent(id), value));
        let took = |measure: Measure, spreads: &[(Option<PersonId>, _)]| {
            let spread = spreads.iter().find(|(of, _)| *of == Some(id)).map(|(_, spread)| *spread);
            let spread: crate::metrics::Spread = spread.unwrap_or_default();
            let measured = scope.counted(measure.rule(scope).of_agent(id), spread.count);
            MetricDuration::new(scope, measure, spread, measured)
        };
        Ok(AgentPerformance {
            received: of(scope.received(), received)?,
            resolved: of(scope.resolved(), resolved)?,
            reopened: of(scope.reopened(), reopened)?,
            first_response: took(Measure::FirstResponse, &responses)?,
            resolution: took(Measure::Resolution, &resolutions)?,
            agent: Person::from(person),
        })
    };
    rows.into_iter().map(dress).collect()
}

/// Somebody to whom tickets can be given.
pub struct Agent(person::Model);

/// Somebody to whom tickets can be given.
#[Object]
impl Agent {
    /// Who it is.
    async fn person(&self) -> Person {
        Person::from(self.0.clone())
    }

    /// The tickets assigned to them that you can see, newest first.
    async fn tickets(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which of them.")] filter: Option<TicketFilter>,
        #[graphql(desc = "So many from the start, or after `after`. Default 25, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
    ) -> async_graphql::Result<TicketConnection> {
        let request = Request::of(ctx);
        let theirs = TicketFilter { assignee_id: Some(vec![self.0.id]), ..TicketFilter::default() };
        let filter = TicketFilter { and: filter.map(|filter| vec![filter]), ..theirs };
        let args = PageArgs { first, after, ..PageArgs::default() };
        list(request, filter, None, args, wants_total(ctx), Ahead::of_connection(ctx)).await.refuse(request)
    }

    /// What they have to do now. For whoever may see reports: the desk's, or one's own.
    async fn workload(&self, ctx: &Context<'_>) -> async_graphql::Result<AgentWorkload> {
        let request = Request::of(ctx);
        let load = async {
            let scope = self.scope(request, MetricsPeriod::default())?;
            let [open, overdue] = scope.counts([scope.open(), scope.overdue()]).await?;
            let (open, overdue) = (MetricCount::new(&scope, open)?, MetricCount::new(&scope, overdue)?);
            Ok::<_, Error>(AgentWorkload { agent: Person::from(self.0.clone()), open, overdue })
        };
        load.await.refuse(request)
    }

    /// What they did. For whoever may see reports: the desk's, or one's own.
    async fn stats(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "In which time. Absent: the last 30 days.")] period: Option<MetricsPeriod>,
    ) -> async_graphql::Result<AgentPerformance> {
        let request = Request::of(ctx);
        let load = async {
            let scope = self.scope(request, period.unwrap_or_default())?;
            let rules = [scope.received(), scope.resolved(), scope.reopened()];
            let [received, resolved, reopened] = scope.counts(rules).await?;
            let count = |count| MetricCount::new(&scope, count);
            let mut took = Vec::new();
            for measure in [Measure::FirstResponse, Measure::Resolution] {
                let spread = scope.spread(measure).await?;
                let measured = scope.counted(measure.rule(&scope), spread.count);
                took.push(MetricDuration::new(&scope, measure, spread, measured)?);
            }
            let missing = || Error::internal(anyhow::anyhow!("a spread is missing"));
            let (resolution, first_response) = (took.pop().ok_or_else(missing)?, took.pop().ok_or_else(missing)?);
            Ok::<_, Error>(AgentPerformance {
                agent: Person::from(self.0.clone()),
                received: count(received)?,
                resolved: count(resolved)?,
                reopened: count(reopened)?,
                first_response,
                resolution,
            })
        };
        load.await.refuse(request)
    }
}

impl Agent {
    /// Numbers about this agent.
    fn scope(&self, request: &Request, period: MetricsPeriod) -> Result<Scope> {
        let actor = request.actor();
        let scope = Scope::new(&request.desk, &actor, period, &TicketFilter::default(), None)?;
        if !scope_is_of_all(request) && actor.person != Some(self.0.id) {
            return Err(Permission::ReportView.missing(&actor));
        }
        Ok(scope.of_assignee(self.0.id))
    }
}

/// The root field about one agent.
#[derive(Default)]
pub struct AgentQueries;

#[Object]
impl AgentQueries {
    /// The agent or administrator with this id, with their tickets and numbers. Null if there is none, or if they are not yours to see.
    async fn agent(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The person's id.")] id: PersonId,
    ) -> Option<async_graphql::Result<Agent>> {
        let request = Request::of(ctx);
        let load = async {
            request.signed_in()?;
            let person = find::visible_by_id(&request.desk, &request.actor(), id).await?;
            Ok::<_, Error>(person.filter(|person| person.role != crate::access::Role::Customer).map(Agent))
        };
        load.await.refuse(request).transpose()
    }
}
