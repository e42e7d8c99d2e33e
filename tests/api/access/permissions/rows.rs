//! One row for each mutation, or for each way of using it: what it needs, and what a valid input for it is. A mutation without a row
//! fails `every_mutation_has_a_row`.

use std::future::Future;
use std::pin::Pin;

use serde_json::Value;

use super::scene::{Case, Scene};

/// What a mutation needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// This permission on the ticket.
    Ticket(&'static str),
    /// To see the ticket.
    Sight,
    /// This permission on the ticket, and to work at the desk.
    Staff(&'static str),
    /// To have written it oneself and still have this permission on the ticket; or to run the desk.
    Ones(&'static str),
    /// To run the desk: somebody else wrote it.
    AnothersThing,
    /// To be whoever asked, or to take part where the profile says so.
    Requester,
    /// `ticket.restore` on a ticket that is deleted: to whoever has it not, that looks absent.
    Restore,
    /// To read templates, and this permission on the ticket.
    Template(&'static str),
    /// This permission, on what may be out of sight.
    Desk(&'static str, Behind),
    /// As [`Needs::Desk`], and to be a person: not with a key.
    People(&'static str, Behind),
    /// One of these permissions, however far it reaches.
    Any(&'static [&'static str]),
    /// To be signed in.
    SignedIn,
    /// Nothing, or a session or password of one's own, or what is tried by tests of its own; says where.
    Open(&'static str),
}

impl Needs {
    /// Whether it is about a ticket.
    pub fn a_ticket(self) -> bool {
        !matches!(self, Self::Desk(..) | Self::People(..) | Self::Any(_) | Self::SignedIn | Self::Open(_))
    }
}

/// What lets one see the thing at all: without it, it looks absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behind {
    /// Everybody sees it, or permission is asked for before anything is looked for.
    Nothing,
    /// `knowledge.view_drafts`
    Drafts,
    /// `person.view`
    People,
}

/// How far a ticket must be for the mutation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// As it was opened.
    New,
    /// At a level above the first.
    Escalated,
    /// Resolved, if the desk has such a status.
    Resolved,
    /// Resolved; closed where nothing is resolved.
    Done,
    /// Merged into another to which the same person stands in the same way.
    Merged,
}

/// Makes a valid input.
pub type Input = for<'a> fn(&'a Scene, &'a Case<'a>) -> Pin<Box<dyn Future<Output = Value> + Send + 'a>>;

/// A row.
pub struct Row {
    /// The mutation.
    pub mutation: &'static str,
    /// Which use of it, if there are several.
    pub how: &'static str,
    /// What it needs.
    pub needs: Needs,
    /// How far the ticket is.
    pub stage: Stage,
    /// Whether the ticket cannot be used for another row after it.
    pub spends: bool,
    /// Its name in `Ticket.actions`.
    pub shown: Option<&'static str>,
    /// A valid input.
    pub input: Input,
}

impl Row {
    pub fn new(mutation: &'static str, how: &'static str, needs: Needs, input: Input) -> Self {
        Self { mutation, how, needs, stage: Stage::New, spends: false, shown: None, input }
    }

    pub fn at(self, stage: Stage) -> Self {
        Self { stage, ..self }
    }

    pub fn spends(self) -> Self {
        Self { spends: true, ..self }
    }

    pub fn shown(self, name: &'static str) -> Self {
        Self { shown: Some(name), ..self }
    }
}

/// The whole table.
pub fn all() -> Vec<Row> {
    let mut rows = super::on_tickets::rows();
    rows.extend(super::on_knowledge::rows());
    rows.extend(super::elsewhere::rows());
    rows
}

/// What one does on a merged ticket is done where it goes on, or there as well.
const FOLLOWS: &[&str] = &[
    "attachmentDelete",
    "commentAdd",
    "commentDelete",
    "commentEdit",
    "templateApply",
    "ticketAttach",
    "ticketMarkRead",
    "ticketRestore",
    "ticketTyping",
    "ticketUnmerge",
];

/// Why a mutation that is allowed cannot be done at this desk all the same, and with which code it is refused.
pub fn stands_against(profile: &str, row: &Row, case: &Case<'_>) -> Option<&'static str> {
    use super::scene::Relation::{Assigned, Merged};
    match (profile, row.mutation) {
        // It goes on in the other.
        (_, mutation) if case.relation == Merged && !FOLLOWS.contains(&mutation) => Some("MERGED"),
        // People assign.
        ("astrology", "ticketRoute") => Some("INVALID_VALUE"),
        // Somebody works on it.
        (_, "ticketRoute") if case.relation == Assigned => Some("CONFLICT"),
        // Files come by links of a session, which a key has not: there is none of its own.
        (_, "ticketAttach") if case.actor.role == "service" => Some("NOT_FOUND"),
        (_, "attachmentDelete") if case.actor.role == "service" => Some("FORBIDDEN"),
        // There is no level.
        ("astrology", "ticketEscalate" | "ticketDeescalate") => Some("INVALID_TRANSITION"),
        // There is nothing outside that a ticket could be about.
        ("astrology" | "helpdesk", "referenceUpsert") => Some("INVALID_VALUE"),
        ("astrology" | "helpdesk", "referenceDelete") => Some("NOT_FOUND"),
        _ => None,
    }
}
