//! Who is asking: signing in and out, tokens, the viewer.

mod api_keys;
mod mutations;
mod queries;

pub use api_keys::{ApiKey, ApiKeyMutations, ApiKeyQueries};
pub use mutations::SessionMutations;
pub use queries::SessionQueries;

use async_graphql::Object;

use crate::clock::Timestamp;
use crate::ids::SessionId;
use crate::sessions::session;

/// A session: from a sign-in until it is ended, or not renewed for too long.
pub struct Session(pub session::Model);

/// A session: from a sign-in until it is ended, or not renewed for too long.
#[Object]
impl Session {
    /// Its id.
    async fn id(&self) -> SessionId {
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
}
