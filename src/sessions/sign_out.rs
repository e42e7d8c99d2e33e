//! Ends the session that asks.

use super::session_revoke::SessionRevoke;
use super::{Sessions, session};
use crate::access::Actor;
use crate::desk::Done;
use crate::error::{Code, Error, Result};

impl Sessions {
    /// Ends the session that the caller came with: its tokens are refused from now on, its sockets closed.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` for whoever has no session.
    pub async fn sign_out(&self, actor: &Actor) -> Result<Done<session::Model>> {
        let session_id = actor.session.ok_or_else(|| Error::new(Code::Unauthenticated))?;
        self.session_revoke(actor, SessionRevoke { session_id }).await
    }
}
