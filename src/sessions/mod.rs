//! Who is asking: registering, signing in, tokens, and how access ends.
//!
//! A session begins with a password and lives as long as its refresh token is used. An access token says who asks for ten minutes,
//! without a look at the database; whether its session still lives is known from memory, which the event log keeps true.
//!
//! - **Signing keys** are in the database, shared by all nodes; the algorithm is pinned (`keys`).
//! - **Access** of each session is kept in memory under a generation of its person; every event that ends a session or changes what a
//!   person may do raises the generation, and what is older is read again (`authenticate`). There is no list of revoked sessions
//!   that could be incomplete: what is not known to live is asked of the database.
//! - **Refresh tokens** are used once. Using one twice ends the session, for one of the two was not its owner. This is strict on
//!   purpose: a client whose answer got lost, or whose tabs renew at once, signs in again. Only hashes are stored.
//! - **Attempts** are counted before anything is verified, in the database, whatever door they come through (`attempts`).
//! - **Registering** never says whether an address has an account: it answers the same, after the same time, and gives no tokens; if
//!   the address was new, one can sign in, and a letter asks whoever reads it to verify it. Whoever is known by address only (they
//!   wrote, or an agent entered them) is an account too, and an unverified address must not lead into somebody's tickets: what was
//!   said at registering is forgotten, and a letter tells whoever reads it how to choose a password. What it cannot hide: that one's
//!   own registration worked shows at sign-in.
//! - **Codes** are sent to addresses to find out who reads them (`code`): they verify a contact, or choose a password where the old
//!   one is forgotten. Good once and not for long, guesses are counted, and only hashes are kept.
//!
//! - **API keys** are of service accounts: people of the role `SERVICE`, who cannot sign in. A key is a long secret of which only the
//!   hash is kept; it may what its scopes say, and never more than the role. The same generations end it.
//!
//! Sessions and their marks are written through [`crate::desk::Desk::perform`] as everything else; their beginning and their end are events, their
//! renewal is none.
//! Deliberately absent: other identity providers, second factors, cookies.

pub mod acting;
pub mod api_key;
mod attempts;
pub mod authenticate;
pub mod code;
pub mod events;
mod generations;
mod key_use;
mod keys;
mod letter;
pub mod links;
mod password;
pub mod session;
mod tokens;

pub mod api_key_create;
pub mod api_key_revoke;
pub mod contact_verify;
pub mod contact_verify_request;
pub mod first_administrator;
pub mod list;
pub mod password_change;
pub mod password_reset;
pub mod password_reset_request;
pub mod password_set;
pub mod person_deactivate;
pub mod person_reactivate;
pub mod register;
pub mod service_account_create;
pub mod session_revoke;
pub mod sign_in;
pub mod sign_out;
pub mod sign_out_everywhere;
pub mod token_refresh;

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use moka::sync::Cache;

pub use authenticate::Bearer;
pub use first_administrator::FirstAdministrator;
pub use sign_in::SignedIn;
pub use tokens::Tokens;

use crate::access::Actor;
use crate::config;
use crate::desk::Desk;
use crate::error::Result;
use crate::ids::{ApiKeyId, PersonId};
use attempts::Attempts;
use authenticate::{Entry, Holder};
use generations::Generations;
use key_use::Uses;
use keys::Keys;
use password::Hasher;

/// Sessions whose access is kept in memory; the others are read when they ask.
const KEPT: u64 = 100_000;

/// How long access is kept at most, should the log not be followed.
const KEPT_FOR: Duration = Duration::from_secs(300);

/// Everything about who asks. One per process; cheap to clone.
#[derive(Clone)]
pub struct Sessions(Arc<Parts>);

struct Parts {
    desk: Desk,
    keys: Keys,
    hasher: Hasher,
    attempts: Attempts,
    limits: Limits,
    links: Links,
    access: Cache<Holder, Arc<Entry>>,
    /// Which key has this hash, and whose it is: that never changes.
    key_ids: Cache<String, (ApiKeyId, PersonId)>,
    uses: Uses,
    generations: Generations,
}

struct Limits {
    access: Duration,
    refresh: Duration,
    password_min: usize,
    per_account: u32,
    per_address: u32,
}

/// Where the pages are that the links in letters lead to; `{token}` stands for the token. None: letters have no link.
#[derive(Clone, Debug, Default)]
struct Links {
    verify: Option<String>,
    reset: Option<String>,
}

impl Sessions {
    /// Loads the signing keys, and makes the first one. Call it before the revocation reader takes its position.
    ///
    /// # Errors
    /// The database's.
    pub fn new<'a>(
        desk: Desk,
        sessions: &'a config::Sessions,
        limits: &'a config::Limits,
    ) -> BoxFuture<'a, Result<Self>> {
        Box::pin(Self::opened(desk, sessions, limits))
    }

    async fn opened(desk: Desk, sessions: &config::Sessions, limits: &config::Limits) -> Result<Self> {
        let access = Duration::from_secs(sessions.access_minutes.saturating_mul(60));
        let window = Duration::from_secs(limits.sign_in_window_seconds);
        Ok(Self(Arc::new(Parts {
            keys: Keys::open(&desk, access).await?,
            hasher: Hasher::new(sessions.password_memory_kib)?,
            attempts: Attempts::new(&desk, window),
            limits: Limits {
                access,
                refresh: Duration::from_secs(sessions.refresh_days.saturating_mul(86_400)),
                password_min: sessions.password_min,
                per_account: limits.sign_in_per_account,
                per_address: limits.sign_in_per_address,
            },
            links: Links { verify: sessions.verify_link.clone(), reset: sessions.reset_link.clone() },
            access: Cache::builder().max_capacity(KEPT).time_to_live(KEPT_FOR).build(),
            key_ids: Cache::builder().max_capacity(KEPT).time_to_live(KEPT_FOR).build(),
            uses: Uses::default(),
            generations: Generations::default(),
            desk,
        })))
    }

    /// Notes a refusal that came before any operation, such as a wrong password: the desk notes what operations refuse.
    fn noted<T>(&self, caller: &Actor, operation: &'static str, result: Result<T>) -> Result<T> {
        if let Err(error) = &result
            && error.operation().is_none()
        {
            let desk = &self.0.desk;
            desk.refusals.note(caller, operation, error.code(), desk.clock.real());
        }
        result
    }

    /// Replaces the signing key. Tokens signed with the old one are good until they expire.
    ///
    /// # Errors
    /// The database's.
    pub async fn rotate_signing_key(&self) -> Result<()> {
        self.0.keys.rotate().await
    }

    /// Checks a password against the policy and hashes it, for operations that take one along.
    ///
    /// # Errors
    /// `INVALID_VALUE` at `field` with what the policy asks; `UNAVAILABLE` when too many wait already.
    pub async fn hash(&self, field: &str, password: &str, owner: &[&str]) -> Result<String> {
        password::check(field, password, self.0.limits.password_min, owner)?;
        self.0.hasher.hash(password).await
    }
}
