//! What happens to people, teams and organizations.

use serde::Serialize;

use crate::event_log::{Audience, Event, Subject};
use crate::ids::{OrganizationId, PersonId, SessionId, TeamId};

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
    /// What routing knows of an agent changed: skills, capacity, availability.
    AgentSettingsChanged {
        /// Who.
        person: PersonId,
    },
    /// Name or contacts of a person changed.
    Updated {
        /// Who.
        person: PersonId,
    },
    /// The password of a person was set or changed.
    PasswordSet {
        /// Who.
        person: PersonId,
    },
    /// The sessions of a person ended, all of them or all but one.
    SessionsRevoked {
        /// Who.
        person: PersonId,
        /// The session that goes on, if any.
        except: Option<SessionId>,
    },
}

/// The kinds by name, as the log writes them.
pub mod kind {
    crate::event_log::kinds! {
        /// Somebody became known.
        CREATED = "person.created";
        /// Role, organization, teams or activity changed.
        ACCESS_CHANGED = "person.access_changed";
        /// What routing knows of an agent changed: skills, capacity, availability.
        AGENT_SETTINGS_CHANGED = "agent.settings_changed";
        /// Name or contacts changed.
        UPDATED = "person.updated";
        /// The password was set or changed.
        PASSWORD_SET = "person.password_set";
        /// Sessions ended, all of them or all but one.
        SESSIONS_REVOKED = "person.sessions_revoked";
        /// A team came into being.
        TEAM_CREATED = "team.created";
        /// A team is called something else.
        TEAM_UPDATED = "team.updated";
        /// A team was given up.
        TEAM_DELETED = "team.deleted";
        /// An organization came into being.
        ORGANIZATION_CREATED = "organization.created";
        /// An organization is called something else.
        ORGANIZATION_UPDATED = "organization.updated";
    }
}

impl Event for PersonEvent {
    fn kind(&self) -> &'static str {
        match self {
            Self::Created { .. } => kind::CREATED,
            Self::AccessChanged { .. } => kind::ACCESS_CHANGED,
            Self::AgentSettingsChanged { .. } => kind::AGENT_SETTINGS_CHANGED,
            Self::Updated { .. } => kind::UPDATED,
            Self::PasswordSet { .. } => kind::PASSWORD_SET,
            Self::SessionsRevoked { .. } => kind::SESSIONS_REVOKED,
        }
    }
    fn subject(&self) -> Subject {
        let (Self::Created { person }
        | Self::AccessChanged { person }
        | Self::AgentSettingsChanged { person }
        | Self::Updated { person }
        | Self::PasswordSet { person }
        | Self::SessionsRevoked { person, .. }) = self;
        Subject { kind: "person", id: person.0, ticket: None }
    }
    fn audience(&self) -> Audience {
        Audience::Staff
    }
}

/// What happens to a team. Who is in it is told by the access of its members.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum TeamEvent {
    /// It came into being.
    Created {
        /// Which.
        team: TeamId,
    },
    /// It is called something else.
    Updated {
        /// Which.
        team: TeamId,
    },
    /// It was given up.
    Deleted {
        /// Which.
        team: TeamId,
    },
}

impl Event for TeamEvent {
    fn kind(&self) -> &'static str {
        match self {
            Self::Created { .. } => kind::TEAM_CREATED,
            Self::Updated { .. } => kind::TEAM_UPDATED,
            Self::Deleted { .. } => kind::TEAM_DELETED,
        }
    }
    fn subject(&self) -> Subject {
        let (Self::Created { team } | Self::Updated { team } | Self::Deleted { team }) = self;
        Subject { kind: "team", id: team.0, ticket: None }
    }
    fn audience(&self) -> Audience {
        Audience::Staff
    }
}

/// An organization came into being.
#[derive(Clone, Debug, Serialize)]
pub struct OrganizationCreated {
    /// Which.
    pub organization: OrganizationId,
}

impl Event for OrganizationCreated {
    fn kind(&self) -> &'static str {
        kind::ORGANIZATION_CREATED
    }
    fn subject(&self) -> Subject {
        Subject { kind: "organization", id: self.organization.0, ticket: None }
    }
    fn audience(&self) -> Audience {
        Audience::Staff
    }
}

/// An organization is called something else.
#[derive(Clone, Debug, Serialize)]
pub struct OrganizationUpdated {
    /// Which.
    pub organization: OrganizationId,
}

impl Event for OrganizationUpdated {
    fn kind(&self) -> &'static str {
        kind::ORGANIZATION_UPDATED
    }
    fn subject(&self) -> Subject {
        Subject { kind: "organization", id: self.organization.0, ticket: None }
    }
    fn audience(&self) -> Audience {
        Audience::Staff
    }
}
