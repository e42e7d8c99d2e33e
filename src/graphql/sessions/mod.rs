//! Who is asking: signing in and out, tokens, the viewer.

mod api_keys;
mod mutations;
mod proofs;
mod queries;

pub use api_keys::{ApiKey, ApiKeyMutations, ApiKeyQueries};
pub use mutations::SessionMutations;
pub use proofs::ProofMutations;
pub use queries::SessionQueries;

use std::sync::Arc;

use async_graphql::{Context, Object};

use super::context::Request;
use crate::clock::Timestamp;
use crate::connection;
use crate::ids::SessionId;
use crate::sessions::session;

/// A session: from a sign-in until it is ended, or not renewed for too long.
#[derive(Clone)]
pub struct Session(pub Arc<session::Model>);

connection!(SessionConnection, SessionEdge, Session, "sessions");

impl From<session::Model> for Session {
    fn from(row: session::Model) -> Self {
        Self(Arc::new(row))
    }
}

/// A session: from a sign-in until it is ended, or not renewed for too long.
#[Object]
impl Session {
    /// Its id.
    pub async fn id(&self) -> SessionId {
        self.0.id
    }

    /// When it began.
    async fn created_at(&self) -> Timestamp {
        self.0.created_at
    }

    /// When its tokens were renewed last.
    async fn refreshed_at(&self) -> Timestamp {
        self.0.refreshed_at
    }

    /// When it ends if it is not renewed.
    async fn expires_at(&self) -> Timestamp {
        self.0.expires_at
    }

    /// Whether it is the session of this request.
    async fn current(&self, ctx: &Context<'_>) -> bool {
        Request::of(ctx).caller.actor.session == Some(self.0.id)
    }
}
