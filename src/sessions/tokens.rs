//! The two tokens that a client holds, and what is stored of the second.

use std::fmt;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sea_orm::{EntityTrait, IntoActiveModel};
use sha2::{Digest, Sha256};

use super::Sessions;
use super::session::{self, refresh_token};
use crate::clock::Timestamp;
use crate::desk::Tx;
use crate::error::Result;
use crate::ids::SessionId;

/// What a client gets at sign-in and at each renewal.
#[derive(Clone)]
pub struct Tokens {
    /// For the `Authorization` header, behind `Bearer `.
    pub access: String,
    /// When the access token is no longer good.
    pub access_expires_at: Timestamp,
    /// For one renewal.
    pub refresh: String,
    /// When the session ends if it is not renewed.
    pub refresh_expires_at: Timestamp,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tokens([hidden])")
    }
}

/// A refresh token: 256 random bits as text.
pub(super) struct Refresh(String);

impl Refresh {
    /// A new one.
    pub(super) fn random() -> Self {
        Self(format!("dgr_{}", URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())))
    }

    /// What is stored of it. It is random, so that one fast hash is enough.
    pub(super) fn hash(&self) -> String {
        hash(&self.0)
    }
}

/// What is stored of a refresh token.
pub(super) fn hash(token: &str) -> String {
    Sha256::digest(token).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Stores the hash of a session's next refresh token.
pub(super) async fn keep(tx: &Tx, session: SessionId, hash: &str) -> Result<()> {
    let row = refresh_token::Model { hash: hash.to_owned(), session_id: session, created_at: tx.real, used_at: None };
    refresh_token::Entity::insert(row.into_active_model()).exec_without_returning(tx.conn()).await?;
    Ok(())
}

impl Sessions {
    /// Signs an access token for a session that has just been begun or renewed.
    pub(super) async fn tokens(&self, session: &session::Model, refresh: Refresh) -> Result<Tokens> {
        let now = self.0.desk.clock.real();
        let life = i64::try_from(self.0.limits.access.as_millis()).unwrap_or(i64::MAX);
        // Never longer than the session.
        let life = Duration::from_millis(session.expires_at.since(now).clamp(0, life).unsigned_abs());
        let (access, access_expires_at) = self.0.keys.sign(session.person_id, session.id, now, life).await?;
        Ok(Tokens { access, access_expires_at, refresh: refresh.0, refresh_expires_at: session.expires_at })
    }
}
