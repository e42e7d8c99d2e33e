//! What each number of the schema counts, said once more, over plain rows. Deliberately dull.

use std::collections::BTreeSet;

use deskgraph::sla::clock;
use serde_json::Value;

use super::world::{Escalation, Raw};

/// What was asked, and when.
pub struct Asked {
    pub from: i64,
    pub to: i64,
    pub now: i64,
    /// The dimension that was sent as `by`, if any.
    pub by: String,
}

fn ms(value: &Value) -> i64 {
    value.as_str().unwrap().parse::<deskgraph::clock::Timestamp>().unwrap().0
}

fn or_empty(text: &Value) -> &str {
    text.as_str().unwrap_or("")
}

impl Asked {
    fn has(&self, at: i64) -> bool {
        self.from <= at && at < self.to
    }
    fn within(&self, at: Option<deskgraph::clock::Timestamp>) -> bool {
        at.is_some_and(|at| self.has(at.0))
    }
    fn resolved(&self, raw: &Raw) -> bool {
        self.within(raw.row.resolved_at)
    }
    fn open(raw: &Raw) -> bool {
        raw.row.stage < 3
    }
    fn overdue(&self, raw: &Raw) -> bool {
        let due = raw.clocks.iter().filter(|clock| clock.met_at.is_none() && clock.paused_at.is_none());
        Self::open(raw) && due.map(|clock| clock.deadline.0).min().is_some_and(|due| due < self.now)
    }
    fn escalations<'a>(&self, raw: &'a Raw) -> impl Iterator<Item = &'a Escalation> {
        let (from, to) = (self.from, self.to);
        raw.escalations.iter().filter(move |escalation| from <= escalation.at && escalation.at < to)
    }
    fn promise(&self, raw: &Raw, target: &str) -> Option<&'static str> {
        let is = |clock: &&clock::Model| match target {
            "FIRST_RESPONSE" => clock.target == clock::Target::FirstResponse,
            _ => clock.target == clock::Target::Resolution,
        };
        let clock = raw.clocks.iter().find(is)?;
        let stopped = clock.met_at.or(clock.paused_at).map_or(self.now, |at| at.0);
        let met = if clock.met_at.is_some() { "met" } else { "pending" };
        Some(if stopped > clock.deadline.0 { "breached" } else { met })
    }
    fn score(&self, raw: &Raw, area: &str) -> Option<i32> {
        let rating = raw.rating().filter(|rating| self.has(rating.created_at.0))?;
        if area == "satisfaction" { Some(rating.score) } else { rating.effort }
    }
    fn good(area: &str, score: i32) -> bool {
        if area == "satisfaction" { score >= 4 } else { score <= 3 }
    }

    /// The part of the present dimension that a ticket belongs to.
    pub fn part(&self, raw: &Raw) -> Option<String> {
        match self.by.as_str() {
            "PRIORITY" => Some(raw.row.priority.clone()),
            "CATEGORY" => Some(raw.row.category.clone()),
            "CHANNEL" => Some(raw.row.channel.clone()),
            "TEAM" => raw.team(),
            "AGENT" => raw.assignee(),
            other => panic!("teach the recomputation what {other} is"),
        }
    }

    /// Whether the number at `path` counts a ticket; `rows` are the objects around it, outermost first.
    pub fn counts(&self, path: &str, rows: &[&Value], raw: &Raw) -> bool {
        let row = rows.last().unwrap();
        let around = |field: &str| rows.iter().rev().find_map(|row| row.get(field));
        let plain = path.replace(".groups", "").replace(".steps", "");
        let (grouped, stepped) = (path.contains(".groups."), path.contains(".steps.") || path.starts_with("volume."));
        let in_part = !grouped || self.part(raw).as_deref() == around("group").unwrap()["key"].as_str();
        // What happens in a step is asked of the step as if it were the whole period.
        let step = stepped.then(|| (ms(around("startsAt").unwrap()), ms(around("endsAt").unwrap())));
        let (from, to) = step.unwrap_or((self.from, self.to));
        let asked = Asked { from, to, now: self.now, by: self.by.clone() };
        in_part && asked.plain(&plain, rows, row, raw)
    }

    fn plain(&self, path: &str, rows: &[&Value], row: &Value, raw: &Raw) -> bool {
        let around = |field: &str| rows.iter().rev().find_map(|row| row.get(field));
        let mine = |field: &str| raw.assignee().as_deref() == around(field).and_then(|agent| agent["id"].as_str());
        let area = path.split('.').next().unwrap();
        match path {
            "dashboard.open" => Self::open(raw),
            "dashboard.unassigned" | "workload.unassigned" => {
                Self::open(raw) && raw.assignee().is_none() && raw.team().is_none()
            }
            "dashboard.waiting" => raw.row.stage == 2,
            "dashboard.overdue" => self.overdue(raw),
            "workload.byAgent.open" => Self::open(raw) && mine("agent"),
            "workload.byAgent.overdue" => self.overdue(raw) && mine("agent"),
            "workload.byTeam.open" => {
                Self::open(raw) && raw.team().as_deref() == around("team").unwrap()["id"].as_str()
            }
            "workload.byTeam.overdue" => {
                self.overdue(raw) && raw.team().as_deref() == around("team").unwrap()["id"].as_str()
            }
            "dashboard.received" | "performance.received" | "volume.received" | "escalations.rate.whole" => {
                self.has(raw.row.created_at.0)
            }
            "dashboard.resolved"
            | "performance.resolved"
            | "volume.resolved"
            | "performance.reopened.whole"
            | "performance.firstContactResolution.whole"
            | "firstContact.resolution.whole"
            | "responseTimes.resolution.measured" => self.resolved(raw),
            "performance.closed" => self.within(raw.row.closed_at),
            "performance.answered" | "responseTimes.firstResponse.measured" => self.within(raw.row.first_responded_at),
            "performance.reopened.part" => self.resolved(raw) && raw.row.reopen_count > 0,
            "performance.firstContactResolution.part" | "firstContact.resolution.part" => {
                self.resolved(raw) && raw.row.reopen_count == 0 && raw.staff_replies() < 2
            }
            "agentPerformance.received" => mine("agent") && self.has(raw.row.created_at.0),
            "agentPerformance.resolved" | "agentPerformance.resolution.measured" => mine("agent") && self.resolved(raw),
            "agentPerformance.reopened" => mine("agent") && self.resolved(raw) && raw.row.reopen_count > 0,
            "agentPerformance.firstResponse.measured" => mine("agent") && self.within(raw.row.first_responded_at),
            "trending.categories.count" => {
                or_empty(&row["category"]["key"]) == raw.row.category && self.has(raw.row.created_at.0)
            }
            "trending.categories.before" => or_empty(&row["category"]["key"]) == raw.row.category && self.before(raw),
            "trending.tags.count" => raw.tags.iter().any(|tag| row["tag"] == **tag) && self.has(raw.row.created_at.0),
            "trending.tags.before" => raw.tags.iter().any(|tag| row["tag"] == **tag) && self.before(raw),
            "resolutionPatterns.byCategory.reopened.whole" | "resolutionPatterns.byCategory.resolution.measured" => {
                or_empty(&around("category").unwrap()["key"]) == raw.row.category && self.resolved(raw)
            }
            "resolutionPatterns.byCategory.reopened.part" => {
                or_empty(&around("category").unwrap()["key"]) == raw.row.category
                    && self.resolved(raw)
                    && raw.row.reopen_count > 0
            }
            "resolutionPatterns.byCloseReason.count" => {
                self.within(raw.row.closed_at) && raw.row.close_reason.as_deref() == row["reason"]["key"].as_str()
            }
            "sla.compliance.part" | "sla.breached" | "sla.pending" | "sla.compliance.whole" => {
                let how = self.promise(raw, around("target").unwrap().as_str().unwrap());
                // The promises of a step are those of the tickets opened in it.
                self.has(raw.row.created_at.0)
                    && match path {
                        "sla.compliance.part" => how == Some("met"),
                        "sla.breached" => how == Some("breached"),
                        "sla.pending" => how == Some("pending"),
                        _ => matches!(how, Some("met" | "breached")),
                    }
            }
            "satisfaction.average.measured"
            | "effort.average.measured"
            | "satisfaction.good.whole"
            | "effort.good.whole" => self.score(raw, area).is_some(),
            "satisfaction.good.part" | "effort.good.part" => {
                self.score(raw, area).is_some_and(|score| Self::good(area, score))
            }
            "satisfaction.byScore.count" | "effort.byScore.count" => {
                self.score(raw, area).is_some_and(|score| row["score"] == score)
            }
            // This desk asks when a ticket is resolved.
            "satisfaction.responseRate.whole" | "effort.responseRate.whole" => self.resolved(raw),
            "satisfaction.responseRate.part" | "effort.responseRate.part" => {
                let rated = raw.rating().filter(|rating| rating.closure == raw.row.reopen_count);
                self.resolved(raw) && rated.is_some_and(|rating| area == "satisfaction" || rating.effort.is_some())
            }
            "escalations.escalated" | "escalations.automatic.whole" | "escalations.count" => {
                self.escalations(raw).next().is_some()
            }
            "escalations.automatic.part" => self.escalations(raw).any(|escalation| escalation.cause == "CLOCK"),
            "escalations.rate.part" => self.has(raw.row.created_at.0) && !raw.escalations.is_empty(),
            "escalations.timeToEscalation.measured" => raw.escalations.first().is_some_and(|first| self.has(first.at)),
            "escalations.byLevel.count" => {
                self.escalations(raw).any(|escalation| row["group"]["key"] == *escalation.level)
            }
            "escalations.byCause.count" => self.escalations(raw).any(|escalation| row["cause"] == escalation.cause),
            "escalations.byReason.count" => {
                self.escalations(raw).any(|escalation| escalation.reason.as_deref() == row["reason"].as_str())
            }
            "escalations.byTarget.count" => {
                self.escalations(raw).any(|escalation| target(escalation).as_deref() == row["group"]["key"].as_str())
            }
            _ => panic!("{path} has no recomputation: say in tests/api/metrics/recount/rules.rs what it counts"),
        }
    }

    fn before(&self, raw: &Raw) -> bool {
        let at = raw.row.created_at.0;
        self.from - (self.to - self.from) <= at && at < self.from
    }

    /// What is measured of a ticket that the duration or average at `path` measures: milliseconds, or a score.
    pub fn measures(&self, path: &str, raw: &Raw) -> f64 {
        let since = |at: i64| (at - raw.row.created_at.0) as f64;
        match path.rsplit('.').next().unwrap() {
            "firstResponse" => since(raw.row.first_responded_at.unwrap().0),
            "resolution" => since(raw.row.resolved_at.unwrap().0),
            "timeToEscalation" => since(raw.escalations[0].at),
            "average" if path.starts_with("satisfaction") => f64::from(raw.rating().unwrap().score),
            "average" if path.starts_with("effort") => f64::from(raw.rating().unwrap().effort.unwrap()),
            _ => panic!("{path} has no recomputation: say in tests/api/metrics/recount/rules.rs what it measures"),
        }
    }

    /// The rows that the list at `path` must have, by what [`key`] reads in them; none where the rows are steps.
    pub fn rows(&self, path: &str, staff: &[String], tickets: &[&Raw]) -> Option<BTreeSet<String>> {
        let of = |rule: &dyn Fn(&Raw) -> Vec<String>| Some(tickets.iter().flat_map(|raw| rule(raw)).collect());
        let part = |raw: &Raw| vec![self.part(raw).unwrap_or_default()];
        let when = |condition: bool, keys: Vec<String>| if condition { keys } else { Vec::new() };
        let area = path.split('.').next().unwrap();
        match path {
            "sla" => Some(["FIRST_RESPONSE", "RESOLUTION"].map(str::to_owned).into()),
            "workload.byAgent" => {
                let open = tickets.iter().filter(|raw| Self::open(raw)).filter_map(|raw| raw.assignee());
                Some(staff.iter().cloned().chain(open).collect())
            }
            "agentPerformance" => {
                let worked = tickets.iter().filter(|raw| self.has(raw.row.created_at.0) || self.resolved(raw));
                Some(staff.iter().cloned().chain(worked.filter_map(|raw| raw.assignee())).collect())
            }
            "workload.byTeam" => of(&|raw| when(Self::open(raw), raw.team().into_iter().collect())),
            "trending.categories" => {
                of(&|raw| when(self.has(raw.row.created_at.0) || self.before(raw), vec![raw.row.category.clone()]))
            }
            "trending.tags" => of(&|raw| when(self.has(raw.row.created_at.0) || self.before(raw), raw.tags.clone())),
            "resolutionPatterns.byCategory" => of(&|raw| when(self.resolved(raw), vec![raw.row.category.clone()])),
            "resolutionPatterns.byCloseReason" => {
                of(&|raw| when(self.within(raw.row.closed_at), vec![raw.row.close_reason.clone().unwrap_or_default()]))
            }
            "satisfaction.byScore" => Some((1..=5).map(|score| score.to_string()).collect()),
            "effort.byScore" => Some((1..=7).map(|score| score.to_string()).collect()),
            "satisfaction.groups" | "effort.groups" => {
                of(&|raw| when(self.resolved(raw) || self.score(raw, area).is_some(), part(raw)))
            }
            "firstContact.groups" => of(&|raw| when(self.resolved(raw), part(raw))),
            // Everything was promised something.
            "sla.groups" => of(&|raw| when(self.has(raw.row.created_at.0), part(raw))),
            "escalations.groups" => of(&|raw| when(self.escalations(raw).next().is_some(), part(raw))),
            "escalations.byLevel" => {
                of(&|raw| self.escalations(raw).map(|escalation| escalation.level.clone()).collect())
            }
            "escalations.byCause" => {
                of(&|raw| self.escalations(raw).map(|escalation| escalation.cause.to_owned()).collect())
            }
            "escalations.byReason" => of(&|raw| {
                self.escalations(raw).map(|escalation| escalation.reason.clone().unwrap_or_default()).collect()
            }),
            "escalations.byTarget" => {
                of(&|raw| self.escalations(raw).map(|escalation| target(escalation).unwrap_or_default()).collect())
            }
            _ if path == "volume" || path.ends_with(".steps") => None,
            _ => panic!("{path} is not known: say in tests/api/metrics/recount/rules.rs which rows it has"),
        }
    }
}

fn target(escalation: &Escalation) -> Option<String> {
    escalation.agent.clone().or_else(|| escalation.team.clone())
}

/// What tells a row from the others of its list.
pub fn key(row: &Value) -> String {
    let known = [
        "/group/key",
        "/agent/id",
        "/team/id",
        "/category/key",
        "/reason/key",
        "/tag",
        "/score",
        "/cause",
        "/target",
        "/reason",
    ];
    let found = known.iter().find_map(|path| row.pointer(path).filter(|value| !value.is_null() && !value.is_object()));
    found.map_or_else(String::new, |value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}
