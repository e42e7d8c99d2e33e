//! What happens to people.

use serde::Serialize;

use crate::event_log::{Audience, Event, Subject};
use crate::ids::PersonId;

/// What happens to a person. None of it carries a name or an address.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum PersonEvent {
    /// A person became known: registered, imported, made by an administrator, or wrote for the first time.
    Created {
        /// Who.
        person: PersonId,
    },
    /// Role, organization, teams or activity of a person changed: what they may see and do is decided anew.
    AccessChanged {
        /// Who.
        person: PersonId,
    },
    /// Name or contacts of a person changed.
    Updated {
        /// Who.
        person: PersonId,
    },
}

impl Event for PersonEvent {
    fn kind(&self) -> &'static str {
        match self {
            Self::Created { .. } => "person.created",
            Self::AccessChanged { .. } => "person.access_changed",
            Self::Updated { .. } => "person.updated",
        }
    }
    fn subject(&self) -> Subject {
        let (Self::Created { person } | Self::AccessChanged { person } | Self::Updated { person }) = self;
        Subject { kind: "person", id: person.0, ticket: None }
    }
    fn audience(&self) -> Audience {
        Audience::Staff
    }
}
