//! Ends access on this node when the log says that it ended: sessions that were revoked, people whose role, organization, teams or
//! account changed, and people who got a password or changed it.
//!
//! Its effect is in memory only, and memory is empty at the start: it begins at the head of the log as of before anything was
//! loaded.

use serde::Deserialize;

use crate::error::Result;
use crate::event_log::{LocalReader, LogHead, Record};
use crate::ids::PersonId;
use crate::people::events::kind;
use crate::sessions::{Sessions, events};

/// Follows the log for the sessions of this node.
pub struct Revocations {
    sessions: Sessions,
    position: i64,
}

impl Revocations {
    /// Begins at the present head. Make it before the first request is served.
    pub fn new(sessions: Sessions, head: &LogHead) -> Self {
        Self { sessions, position: head.seq() }
    }
}

#[derive(Deserialize)]
struct Whose {
    person: PersonId,
}

impl LocalReader for Revocations {
    const NAME: &'static str = "revocations";

    fn position(&self) -> i64 {
        self.position
    }

    async fn read(&mut self, batch: &[Record]) -> Result<()> {
        for record in batch {
            if matches!(
                record.kind.as_str(),
                events::REVOKED | kind::ACCESS_CHANGED | kind::SESSIONS_REVOKED | kind::PASSWORD_SET
            ) {
                let Whose { person } = record.read()?;
                self.sessions.access_changed(person);
            }
            self.position = record.seq;
        }
        Ok(())
    }
}
