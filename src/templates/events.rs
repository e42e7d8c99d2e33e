//! What happens to templates. Only staff hear of it.

use serde::Serialize;
use uuid::Uuid;

use super::documents::TEMPLATE;
use super::template;
use crate::event_log::{Audience, Event, Subject};
use crate::ids::{CommentId, RevisionId, TicketId};

/// The kinds by name, as the log and clients' filters write them.
pub mod kind {
    crate::event_log::kinds! {
        /// It was written.
        CREATED = "template.created";
        /// Name, text or category changed.
        UPDATED = "template.updated";
        /// It was sent as a comment on a ticket.
        APPLIED = "template.applied";
        /// It is gone.
        DELETED = "template.deleted";
    }
}

/// What the log keeps of it: ids and keys. Texts before and after are in `revisions`.
#[derive(Clone, Debug, Default, Serialize)]
pub struct TemplateData {
    /// Which fields changed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
    /// The texts before and after.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub revisions: Vec<RevisionId>,
    /// On which ticket it was used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ticket: Option<TicketId>,
    /// The comment that it became.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<CommentId>,
}

/// Something happened to a template.
#[derive(Clone, Debug, Serialize)]
pub struct TemplateEvent {
    #[serde(skip)]
    kind: &'static str,
    #[serde(skip)]
    id: Uuid,
    #[serde(flatten)]
    data: TemplateData,
}

impl TemplateEvent {
    /// Something of `kind` happened to a template.
    pub fn new(kind: &'static str, row: &template::Model, data: TemplateData) -> Self {
        Self { kind, id: row.id.0, data }
    }
}

impl Event for TemplateEvent {
    fn kind(&self) -> &'static str {
        self.kind
    }
    fn subject(&self) -> Subject {
        Subject { kind: TEMPLATE, id: self.id, ticket: None }
    }
    fn audience(&self) -> Audience {
        Audience::Staff
    }
}
