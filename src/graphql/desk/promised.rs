//! What a client shows of what follows: promises, escalation, routing, rewards, ratings, messages, and who may what.

use async_graphql::SimpleObject;

use super::workflow::{Choice, TicketStatus};
use crate::access::{Permission, Role};
use crate::profile::{self, Calendar, ClockKind, Profile, RatedAfter, RoutingRule, StaffRole, Stage, Who};

/// When service levels count, and when people are warned. What is promised stands at each priority.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(crate = "crate::graphql::fields")]
pub struct WorkflowSla<'a> {
    /// The key of the calendar: `24x7`, or one of the desk's own.
    calendar: &'a str,
    /// The time zone that the hours are read in. Null: time counts always.
    time_zone: Option<&'a str>,
    /// The hours that count, Monday first. Empty: time counts always.
    hours: Vec<WorkflowHours<'a>>,
    /// How far a clock has come, in percent of the promised time, when people are warned.
    warnings: &'a [u32],
}

/// The hours of a weekday.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(crate = "crate::graphql::fields")]
pub struct WorkflowHours<'a> {
    /// The weekday, such as `monday`.
    day: &'a str,
    /// From and to, such as `09:00-17:00`.
    hours: Vec<String>,
}

impl<'a> From<&'a Profile> for WorkflowSla<'a> {
    fn from(profile: &'a Profile) -> Self {
        let (calendar, warnings) = (profile.sla.calendar.as_str(), profile.sla.warnings.as_slice());
        match profile.calendar() {
            Calendar::Always => Self { calendar, time_zone: None, hours: Vec::new(), warnings },
            Calendar::Hours(counted) => Self {
                calendar,
                time_zone: counted.time_zone.as_ref().and_then(|zone| zone.iana_name()),
                hours: counted
                    .hours
                    .iter()
                    .map(|(day, spans)| WorkflowHours { day, hours: spans.iter().map(ToString::to_string).collect() })
                    .collect(),
                warnings,
            },
        }
    }
}

/// To whom tickets go that the first line does not solve.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(crate = "crate::graphql::fields")]
pub struct WorkflowEscalation<'a> {
    /// The levels, lowest first. Empty: this desk escalates nothing.
    levels: Vec<WorkflowEscalationLevel<'a>>,
    /// The statuses that staff can escalate from.
    from: Vec<TicketStatus<'a>>,
    /// The statuses that customers can escalate from, if they may at all.
    customers_from: Vec<TicketStatus<'a>>,
    /// What escalates a ticket by itself.
    automatic: Vec<WorkflowEscalationTrigger<'a>>,
}

/// A level of escalation.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(crate = "crate::graphql::fields")]
pub struct WorkflowEscalationLevel<'a> {
    /// Its key: send this.
    key: &'a str,
    /// Its name: show this.
    name: &'a str,
    /// The name of the team that takes over.
    team: Option<&'a str>,
    /// The role of whoever takes over.
    role: Option<StaffRole>,
    /// The key of the skill that whoever takes over has.
    skill: Option<&'a str>,
    /// Whether the ticket becomes one step more urgent.
    raises_priority: bool,
}

/// Escalates a ticket when one of its clocks has come so far.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(crate = "crate::graphql::fields")]
pub struct WorkflowEscalationTrigger<'a> {
    /// Which clock.
    clock: ClockKind,
    /// How far, in percent of the promised time; 100 is the deadline.
    at_percent: u32,
    /// The key of the level. Null: the next one.
    level: Option<&'a str>,
}

impl<'a> From<&'a Profile> for WorkflowEscalation<'a> {
    fn from(profile: &'a Profile) -> Self {
        let from = |by_customer| {
            let statuses = profile.statuses.iter();
            let statuses = statuses.filter(|status| profile.can_escalate_from(&status.key, by_customer));
            statuses.map(TicketStatus::from).collect()
        };
        let levels = profile.escalation.levels.iter().map(|level| WorkflowEscalationLevel {
            key: &level.key,
            name: &level.name,
            team: level.team.as_deref(),
            role: level.role,
            skill: level.skill.as_deref(),
            raises_priority: level.raises_priority,
        });
        let automatic = profile.escalation.automatic.iter().map(|trigger| WorkflowEscalationTrigger {
            clock: trigger.clock,
            at_percent: trigger.at_percent,
            level: trigger.level.as_deref(),
        });
        Self { levels: levels.collect(), from: from(false), customers_from: from(true), automatic: automatic.collect() }
    }
}

/// Who gets a ticket that nobody was named for.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(crate = "crate::graphql::fields")]
pub struct WorkflowRouting<'a> {
    /// How somebody is found.
    rule: RoutingRule,
    /// Whether every new ticket is routed at once.
    on_create: bool,
    /// How many open tickets an agent has at most, where nothing else is said of the agent.
    capacity: u32,
    /// What agents can be good at.
    skills: Vec<Choice<'a>>,
}

impl<'a> From<&'a profile::Routing> for WorkflowRouting<'a> {
    fn from(routing: &'a profile::Routing) -> Self {
        Self {
            rule: routing.rule,
            on_create: routing.on_create,
            capacity: routing.capacity,
            skills: routing.skills.iter().map(Choice::from).collect(),
        }
    }
}

/// What customers get for doing something: once for a ticket and action.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(crate = "crate::graphql::fields")]
pub struct WorkflowReward<'a> {
    /// For what: `create`, `escalate`, `close`.
    action: &'a str,
    /// What the system that keeps the points calls it.
    name: &'a str,
    /// Points.
    points: u32,
    /// Money, in the currency's smallest unit: 20 is $0.20.
    credit_minor: u32,
    /// The currency, as ISO 4217 writes it.
    currency: Option<&'a str>,
}

/// Every reward of the profile.
pub fn rewards(profile: &Profile) -> Vec<WorkflowReward<'_>> {
    let rewards = profile.rewards.iter().map(|(action, reward)| WorkflowReward {
        action,
        name: &reward.name,
        points: reward.points,
        credit_minor: reward.credit_minor,
        currency: reward.currency.as_deref(),
    });
    rewards.collect()
}

/// How requesters rate what they got.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(crate = "crate::graphql::fields")]
pub struct WorkflowSatisfaction {
    /// How satisfied.
    scale: WorkflowScale,
    /// How much effort it took. Null: that is not asked.
    effort: Option<WorkflowScale>,
    /// From which stage on a ticket can be rated.
    after: RatedAfter,
    /// How many hours, from then on. Null: for ever.
    window_hours: Option<f64>,
    /// Whether participants rate as well as the requester.
    participants: bool,
}

/// A scale of whole numbers.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(crate = "crate::graphql::fields")]
pub struct WorkflowScale {
    /// The worst (of effort: the least).
    min: i32,
    /// The best (of effort: the most).
    max: i32,
    /// From here on it counts as satisfied; of effort, up to here as low.
    good: i32,
}

impl From<profile::Scale> for WorkflowScale {
    fn from(scale: profile::Scale) -> Self {
        Self { min: scale.min, max: scale.max, good: scale.good }
    }
}

impl From<&profile::Satisfaction> for WorkflowSatisfaction {
    fn from(satisfaction: &profile::Satisfaction) -> Self {
        Self {
            scale: satisfaction.scale.into(),
            effort: satisfaction.effort.map(WorkflowScale::from),
            after: satisfaction.after,
            window_hours: satisfaction.window.map(super::workflow::hours),
            participants: satisfaction.participants,
        }
    }
}

/// Who is told of an event, and how.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(crate = "crate::graphql::fields")]
pub struct WorkflowNotification<'a> {
    /// The kind of event, such as `ticket.assigned`.
    event: &'a str,
    /// Only if the ticket is in this stage after it.
    stage: Option<Stage>,
    /// Only if one of these did it.
    by: Who,
    /// Who is told. Whoever did it is not, unless it is a confirmation.
    to: &'a [profile::Recipient],
    /// Whether whoever did it is told as well, if they are one of those: that it arrived.
    confirms: bool,
    /// How.
    channels: &'a [profile::Delivery],
}

impl<'a> From<&'a profile::Notification> for WorkflowNotification<'a> {
    fn from(told: &'a profile::Notification) -> Self {
        let profile::Notification { event, stage, by, to, confirms, channels, .. } = told;
        Self { event, stage: *stage, by: *by, to, confirms: *confirms, channels }
    }
}

/// A role and what the desk calls it.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(crate = "crate::graphql::fields")]
pub struct WorkflowRole<'a> {
    /// The role.
    role: Role,
    /// What the desk calls somebody of this role: show this.
    name: &'a str,
}

/// Every role.
pub fn roles(profile: &Profile) -> Vec<WorkflowRole<'_>> {
    let roles = &profile.roles;
    [
        (Role::Customer, &roles.customer, "Customer"),
        (Role::Agent, &roles.agent, "Agent"),
        (Role::Administrator, &roles.administrator, "Administrator"),
    ]
    .into_iter()
    .map(|(role, said, own)| WorkflowRole { role, name: said.name.as_deref().unwrap_or(own) })
    .collect()
}

/// A permission by its names.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(crate = "crate::graphql::fields")]
pub struct PermissionName<'a> {
    /// The permission.
    permission: Permission,
    /// The engine's name, as profiles write it: `ticket.close`.
    name: &'a str,
    /// What the clients of this desk call it, if they have a name of their own.
    alias: Option<&'a str>,
}

impl<'a> PermissionName<'a> {
    /// A permission by the names that it has at a desk.
    pub fn of(profile: &'a Profile, permission: Permission) -> Self {
        Self { permission, name: permission.name(), alias: profile.aliases.permission(permission.name()) }
    }
}
