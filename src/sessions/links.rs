//! Signed links: for one thing, one use of it and one session, for minutes. Whoever has the link needs no token beside it, so that a
//! browser can follow it; it ends with its session, and what it leads to is asked again when it is followed.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Sessions, keys};
use crate::access::Actor;
use crate::clock::Timestamp;
use crate::error::{Code, Error, Result};
use crate::ids::{PersonId, SessionId};

/// Whom links are for: no link passes for an access token, nor the other way round.
const AUDIENCE: &str = "deskgraph-files";

/// A link, as far as it is signed.
#[derive(Clone, Debug)]
pub struct Link {
    /// What is sent along.
    pub token: String,
    /// When it is no longer good.
    pub expires_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    /// What it leads to.
    sub: String,
    /// What it is for.
    act: String,
    sid: SessionId,
    per: PersonId,
    nbf: i64,
    exp: i64,
}

impl Sessions {
    /// A link to `subject` for the actor's session. None for those who have no session.
    ///
    /// # Errors
    /// The database's.
    pub async fn link(&self, actor: &Actor, act: &str, subject: &str, life: Duration) -> Result<Option<Link>> {
        let (Some(sid), Some(per)) = (actor.session, actor.person) else { return Ok(None) };
        let now = self.0.desk.clock.real();
        let (nbf, exp) = (now.0.div_euclid(1000), now.after(life).0.div_euclid(1000));
        let claims = |issuer: &str| Claims {
            iss: issuer.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: subject.to_owned(),
            act: act.to_owned(),
            sid,
            per,
            nbf,
            exp,
        };
        let token = self.0.keys.sign_link(claims).await?;
        Ok(Some(Link { token, expires_at: Timestamp(exp.saturating_mul(1000)) }))
    }

    /// Who follows a link to `subject`, as they are now.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` for a link that is not ours, is for something else, has expired, or whose session has ended.
    pub async fn follow_link(&self, token: &str, act: &str, subject: &str) -> Result<Actor> {
        let claims: Claims = self.0.keys.read_link(token, AUDIENCE).await.map_err(no_longer)?;
        let expired = Timestamp(claims.exp.saturating_mul(1000)) <= self.0.desk.clock.real();
        if expired || claims.act != act || claims.sub != subject {
            return Err(no_longer(keys::refused()));
        }
        let who = Actor { session: Some(claims.sid), person: Some(claims.per), ..Actor::anonymous() };
        self.renewed(&who).await.map_err(no_longer)
    }
}

/// Says it of a link; other errors stay what they are.
fn no_longer(error: Error) -> Error {
    match error.code() {
        Code::Unauthenticated => Error::with(Code::Unauthenticated, "This link is not good, or no longer.")
            .hint("Ask for the attachment again: it has a new link."),
        _ => error,
    }
}
