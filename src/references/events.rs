//! What happens to references: ids and keys, never what they say.

use serde::Serialize;

use super::reference;
use crate::event_log::{Audience, Event, Subject};
use crate::ids::{OrganizationId, PersonId, ReferenceId};

/// What happens to a reference.
#[derive(Clone, Debug, Serialize)]
pub struct ReferenceEvent {
    #[serde(skip)]
    what: What,
    /// Which.
    reference: ReferenceId,
    /// Of which kind.
    reference_kind: String,
    /// Whom it belonged to before; only if that changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    owner_before: Option<PersonId>,
    /// Whom it belongs to.
    owner: Option<PersonId>,
    /// The organization that it belongs to.
    organization: Option<OrganizationId>,
    /// The version that it has after this.
    version: i32,
}

/// The kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// It became known.
    Created,
    /// It belongs to somebody else, says something else, or is shared by others.
    Updated,
    /// It is known no more.
    Deleted,
}

/// The kinds by name, as the log writes them.
pub mod kind {
    crate::event_log::kinds! {
        /// A reference became known.
        CREATED = "reference.created";
        /// A reference belongs to somebody else, says something else, or is shared by others.
        UPDATED = "reference.updated";
        /// A reference is known no more.
        DELETED = "reference.deleted";
    }
}

impl ReferenceEvent {
    /// `what` happened to a reference, which now is `row`.
    pub fn new(what: What, row: &reference::Model, owner_before: Option<PersonId>) -> Self {
        Self {
            what,
            reference: row.id,
            reference_kind: row.kind.clone(),
            owner_before: owner_before.filter(|before| Some(*before) != row.owner_id),
            owner: row.owner_id,
            organization: row.organization_id,
            version: row.version,
        }
    }
}

impl Event for ReferenceEvent {
    fn kind(&self) -> &'static str {
        match self.what {
            What::Created => kind::CREATED,
            What::Updated => kind::UPDATED,
            What::Deleted => kind::DELETED,
        }
    }
    fn subject(&self) -> Subject {
        Subject { kind: "reference", id: self.reference.0, ticket: None }
    }
    fn audience(&self) -> Audience {
        Audience::Staff
    }
}
