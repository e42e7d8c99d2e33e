//! Escalation and routing: to whom a ticket goes next, and who gets it in the first place.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Named, Profile, Stage};

/// To whom tickets go that the first line does not solve. Without levels there is no escalation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Escalation {
    /// The levels, lowest first. A new ticket is at none.
    pub levels: Vec<EscalationLevel>,
    /// The statuses a ticket can be escalated from. Empty: all that are neither resolved nor closed.
    pub from: Vec<String>,
    /// The statuses that customers, where they may escalate at all, can do it from. Empty: the same as `from`.
    pub customers_from: Vec<String>,
    /// What escalates a ticket by itself.
    pub automatic: Vec<EscalationTrigger>,
}

/// One level: who takes over. At most one of `team`, `role` and `skill`; without any the ticket stays where it is, at a higher level.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EscalationLevel {
    /// Stored and sent.
    pub key: String,
    /// Shown.
    pub name: String,
    /// To the team of this name. While the desk has no such team, the ticket stays where it is.
    pub team: Option<String>,
    /// To somebody of this role, found as routing finds somebody.
    pub role: Option<StaffRole>,
    /// To somebody with this skill, found as routing finds somebody.
    pub skill: Option<String>,
    /// Whether the ticket becomes one step more urgent.
    #[serde(default)]
    pub raises_priority: bool,
}

/// The roles that work on tickets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, async_graphql::Enum, serde::Serialize, Deserialize)]
#[graphql(name = "StaffRole")]
#[serde(rename_all = "lowercase")]
pub enum StaffRole {
    /// Staff who answer.
    Agent,
    /// Staff who run the desk.
    Administrator,
}

/// Escalates a ticket when one of its clocks has come so far.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EscalationTrigger {
    /// Which clock.
    pub clock: ClockKind,
    /// How far, in percent of the promised time; 100 is the deadline.
    pub at_percent: u32,
    /// To which level; absent: to the next one. A ticket that is there already, or higher, stays.
    pub level: Option<String>,
}

/// A clock of the service level, as profiles name it.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, async_graphql::Enum, serde::Serialize, Deserialize,
)]
#[graphql(name = "SlaClockKind")]
#[serde(rename_all = "snake_case")]
pub enum ClockKind {
    /// Until staff first answer.
    FirstResponse,
    /// Until the ticket is resolved, or closed.
    Resolution,
}

impl Escalation {
    /// The level with this key, with its place from the bottom (0).
    pub fn level(&self, key: &str) -> Option<(usize, &EscalationLevel)> {
        self.levels.iter().enumerate().find(|(_, level)| level.key == key)
    }

    /// The level above one (absent: above none), if there is any.
    pub fn next(&self, key: Option<&str>) -> Option<&EscalationLevel> {
        match key {
            None => self.levels.first(),
            Some(key) => self.level(key).and_then(|(place, _)| self.levels.get(place + 1)),
        }
    }
}

impl Profile {
    /// Whether a ticket in this status can be escalated; by customers, if `by_customer`.
    pub fn can_escalate_from(&self, status: &str, by_customer: bool) -> bool {
        let Escalation { levels, from, customers_from, .. } = &self.escalation;
        let is_open =
            || self.status(status).is_some_and(|status| !matches!(status.stage, Stage::Resolved | Stage::Closed));
        let listed = |list: &[String]| list.iter().any(|listed| listed == status);
        let by_anybody = if from.is_empty() { is_open() } else { listed(from) };
        !levels.is_empty() && by_anybody && (!by_customer || customers_from.is_empty() || listed(customers_from))
    }
}

/// Who gets a ticket that nobody was named for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Routing {
    /// How somebody is found.
    pub rule: RoutingRule,
    /// Whether every new ticket is routed at once. Otherwise one is routed when somebody asks for it.
    pub on_create: bool,
    /// How many open tickets an agent has at most, where nothing else is said of the agent. Who has so many gets no more.
    pub capacity: u32,
    /// What agents can be good at.
    pub skills: Vec<Named>,
    /// Category → the skill that its tickets need. A category that is not listed needs none.
    pub skill_by_category: BTreeMap<String, String>,
}

impl Default for Routing {
    fn default() -> Self {
        Self {
            rule: RoutingRule::Manual,
            on_create: false,
            capacity: 20,
            skills: Vec::new(),
            skill_by_category: BTreeMap::new(),
        }
    }
}

/// How routing finds somebody among the agents who are available.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, async_graphql::Enum, serde::Serialize, Deserialize)]
#[graphql(name = "RoutingRule")]
#[serde(rename_all = "snake_case")]
pub enum RoutingRule {
    /// Not at all: people assign.
    Manual,
    /// Whoever has waited longest for a ticket.
    RoundRobin,
    /// Whoever has the fewest open tickets.
    LeastLoaded,
    /// Of those with the skill that the ticket needs, whoever has the fewest open tickets; if nobody has it, of all.
    Skills,
}

impl Routing {
    /// The skill that tickets of a category need.
    pub fn skill_for(&self, category: &str) -> Option<&str> {
        self.skill_by_category.get(category).map(String::as_str)
    }
}
