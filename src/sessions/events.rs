//! What happens to sessions, as far as the log tells: that they begin and end. Their renewal is no event.
//! Keys are rare, and last: they are told of from beginning to end.

use serde::{Deserialize, Serialize};

use crate::event_log::{Audience, Event, Subject};
use crate::ids::{ApiKeyId, PersonId, SessionId};

crate::event_log::kinds! {
    /// Somebody signed in.
    STARTED = "session.started";
    /// A session ended before its time: signed out, or a refresh token was used twice.
    REVOKED = "session.revoked";
    /// A key for a service account was made.
    API_KEY_CREATED = "api_key.created";
    /// A key of a service account was revoked.
    API_KEY_REVOKED = "api_key.revoked";
}

/// Somebody signed in.
#[derive(Clone, Debug, Serialize)]
pub struct SessionStarted {
    /// The session that began.
    pub session: SessionId,
    /// Whose.
    pub person: PersonId,
}

impl Event for SessionStarted {
    fn kind(&self) -> &'static str {
        STARTED
    }
    fn subject(&self) -> Subject {
        Subject { kind: "session", id: self.session.0, ticket: None }
    }
    fn audience(&self) -> Audience {
        Audience::Staff
    }
}

/// A session ended before its time.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SessionRevoked {
    /// Which.
    pub session: SessionId,
    /// Whose.
    pub person: PersonId,
    /// Why.
    pub because: Because,
}

/// Why a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Because {
    /// Its person signed out.
    SignedOut,
    /// A refresh token was used twice: somebody else had it.
    TokenReused,
}

impl Event for SessionRevoked {
    fn kind(&self) -> &'static str {
        REVOKED
    }
    fn subject(&self) -> Subject {
        Subject { kind: "session", id: self.session.0, ticket: None }
    }
    fn audience(&self) -> Audience {
        Audience::Staff
    }
}

/// What happens to an API key.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum ApiKeyEvent {
    /// It was made.
    Created {
        /// Which.
        key: ApiKeyId,
        /// For which service account.
        person: PersonId,
    },
    /// It was revoked.
    Revoked {
        /// Which.
        key: ApiKeyId,
        /// Of which service account.
        person: PersonId,
    },
}

impl Event for ApiKeyEvent {
    fn kind(&self) -> &'static str {
        match self {
            Self::Created { .. } => API_KEY_CREATED,
            Self::Revoked { .. } => API_KEY_REVOKED,
        }
    }
    fn subject(&self) -> Subject {
        let (Self::Created { key, .. } | Self::Revoked { key, .. }) = self;
        Subject { kind: "api_key", id: key.0, ticket: None }
    }
    fn audience(&self) -> Audience {
        Audience::Staff
    }
}
