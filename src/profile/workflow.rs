//! What a ticket can be and become: statuses, transitions, automatic moves, priorities.
//!
//! The engine knows stages, never a status by name; that is what lets desks call things what they like. Absent:
//! conditions and actions beyond those below. They belong to rules, which people change at run time.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::period::Period;

/// What a status means to the engine, whatever the desk calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, async_graphql::Enum, serde::Serialize, Deserialize)]
#[graphql(name = "TicketStage")]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Nobody has taken it on.
    New,
    /// Somebody works on it.
    Active,
    /// Somebody else has to do something first.
    Waiting,
    /// Answered, as the desk sees it. A desk may do without.
    Resolved,
    /// Done with.
    Closed,
}

/// A status.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Status {
    /// Stored and sent.
    pub key: String,
    /// Shown.
    pub name: String,
    /// What it means.
    pub stage: Stage,
    /// Whether every open SLA clock of the ticket, first response included, stands still in this status.
    #[serde(default)]
    pub pauses_sla: bool,
}

/// A change of status that exists.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transition {
    /// A status.
    pub from: String,
    /// Another.
    pub to: String,
    /// Only so long after the ticket entered `from`; absent: at any time.
    pub within: Option<Period>,
    /// Who may wish for it, beside having the permission. What happens by itself (`[on]`) asks nobody.
    #[serde(default)]
    pub by: Who,
}

/// People at the desk, by the side they are on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, async_graphql::Enum, serde::Serialize, Deserialize)]
#[graphql(name = "Side")]
#[serde(rename_all = "lowercase")]
pub enum Who {
    /// Everybody.
    #[default]
    Anyone,
    /// Agents and administrators.
    Staff,
    /// Customers.
    Customers,
}

impl Who {
    /// Whether it means somebody who is, or is not, staff.
    pub fn is(self, staff: bool) -> bool {
        match self {
            Self::Anyone => true,
            Self::Staff => staff,
            Self::Customers => !staff,
        }
    }
}

impl Transition {
    /// Whether there is still time, `since_entered_ms` after the ticket entered `from`. The last millisecond counts.
    pub fn is_open(&self, since_entered_ms: i64) -> bool {
        self.within.is_none_or(|within| since_entered_ms <= within.ms())
    }
}

/// Something that happens to a ticket and may move it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Moment {
    /// It got an assignee or a team.
    Assign,
    /// It has neither any more.
    Unassign,
    /// Staff wrote a public comment.
    StaffReply,
    /// The requester or a participant wrote a comment.
    CustomerReply,
    /// Its priority changed.
    PriorityChange,
    /// It was escalated.
    Escalate,
}

impl Moment {
    /// All moments, with the names they have in a profile's `[on]`.
    pub const ALL: [(Self, &'static str); 6] = [
        (Self::Assign, "assign"),
        (Self::Unassign, "unassign"),
        (Self::StaffReply, "staff_reply"),
        (Self::CustomerReply, "customer_reply"),
        (Self::PriorityChange, "priority_change"),
        (Self::Escalate, "escalate"),
    ];
}

/// For each [`Moment`]: from which status to which. A status that is not listed stays. Every move is also one of the
/// profile's transitions, so that the table of transitions is the whole truth.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AutomaticMoves {
    /// At [`Moment::Assign`].
    pub assign: BTreeMap<String, String>,
    /// At [`Moment::Unassign`].
    pub unassign: BTreeMap<String, String>,
    /// At [`Moment::StaffReply`].
    pub staff_reply: BTreeMap<String, String>,
    /// At [`Moment::CustomerReply`].
    pub customer_reply: BTreeMap<String, String>,
    /// At [`Moment::PriorityChange`].
    pub priority_change: BTreeMap<String, String>,
    /// At [`Moment::Escalate`].
    pub escalate: BTreeMap<String, String>,
}

impl AutomaticMoves {
    /// The moves of one moment: from status → to status.
    pub fn of(&self, moment: Moment) -> &BTreeMap<String, String> {
        match moment {
            Moment::Assign => &self.assign,
            Moment::Unassign => &self.unassign,
            Moment::StaffReply => &self.staff_reply,
            Moment::CustomerReply => &self.customer_reply,
            Moment::PriorityChange => &self.priority_change,
            Moment::Escalate => &self.escalate,
        }
    }
}

/// A priority.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Priority {
    /// Stored and sent.
    pub key: String,
    /// Shown.
    pub name: String,
    /// Higher is more urgent; no two are equal.
    pub rank: i32,
}
