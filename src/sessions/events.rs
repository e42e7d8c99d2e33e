//! What happens to sessions, as far as the log tells: that they end. Their beginning and renewal are no events.

use serde::{Deserialize, Serialize};

use crate::event_log::{Audience, Event, Subject};
use crate::ids::{PersonId, SessionId};

crate::event_log::kinds! {
    /// A session ended before its time: signed out, or a refresh token was used twice.
    REVOKED = "session.revoked";
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
