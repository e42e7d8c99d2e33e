//! The transaction that an operation runs in.

use std::any::Any;
use std::time::Duration;

use sea_orm::DatabaseTransaction;
use tokio::time::Instant;
use uuid::Uuid;

use super::ahead::Ahead;
use super::{Desk, Notice, Outcome, WriteOptions};
use crate::access::{Actor, Grants, Permission, Scoped};
use crate::clock::Timestamp;
use crate::error::{Code, Detail, Error, Result};
use crate::event_log::{Draft, Event};
use crate::ids::PersonId;
use crate::language::Said;
use crate::profile::Profile;
use crate::say;

/// A change of a row whose type is known to whoever applies it.
pub(super) type Patch = Box<dyn Any + Send + Sync>;

/// One transaction of one actor. It remembers whether anybody asked for permission, and what will be appended to the log.
pub struct Tx {
    /// The desk it runs on.
    pub desk: Desk,
    /// Who acts.
    pub actor: Actor,
    /// The desk's time, the same throughout the transaction.
    pub now: Timestamp,
    /// The time of the world, the same throughout the transaction.
    pub real: Timestamp,
    pub(super) conn: DatabaseTransaction,
    pub(super) options: WriteOptions,
    pub(super) allowed: bool,
    pub(super) unchanged: bool,
    pub(super) patches: Vec<(Uuid, Patch)>,
    pub(super) on_behalf_of: Option<PersonId>,
    pub(super) drafts: Vec<Draft>,
    /// To how many of the drafts every effect has been applied.
    pub(super) settled: usize,
    pub(super) notices: Vec<Notice>,
    pub(super) ahead: Ahead,
    /// Whether the operations that are attempted inside it are taken back together.
    pub(super) together: bool,
}

impl Tx {
    /// Begins a transaction of `actor`.
    pub(super) async fn begin(desk: &Desk, actor: &Actor, options: WriteOptions) -> Result<Self> {
        let began = Instant::now();
        let conn = desk.db.begin().await?;
        desk.telemetry.waited_to_write(began.elapsed());
        Ok(Self {
            conn,
            desk: desk.clone(),
            actor: actor.clone(),
            now: desk.clock.now(),
            real: desk.clock.real(),
            options,
            allowed: false,
            unchanged: false,
            patches: Vec::new(),
            on_behalf_of: None,
            drafts: Vec::new(),
            settled: 0,
            notices: Vec::new(),
            ahead: Ahead::default(),
            together: false,
        })
    }

    /// The connection, for queries inside the transaction.
    pub fn conn(&self) -> &DatabaseTransaction {
        &self.conn
    }

    /// The profile of the desk.
    pub fn profile(&self) -> &Profile {
        &self.desk.profile
    }

    /// How far `permission` reaches for the actor.
    pub fn grants(&self, permission: Permission) -> Grants {
        self.desk.policy.grants(&self.actor, permission)
    }

    /// Whether the actor may do `permission` on a row of noun `N`, without asking for it.
    pub fn may<N: Scoped>(&self, permission: Permission, facts: &N::Facts) -> bool {
        N::admits(&self.actor, self.grants(permission), facts)
    }

    /// Demands `permission` on a row of noun `N` that the actor can see.
    ///
    /// # Errors
    /// `FORBIDDEN`, or `UNAUTHENTICATED` for a stranger.
    pub fn allow<N: Scoped>(&mut self, permission: Permission, facts: &N::Facts) -> Result<()> {
        self.decide(permission, N::admits(&self.actor, self.grants(permission), facts))
    }

    /// Demands `permission` where there is no row yet, or none that it depends on.
    ///
    /// # Errors
    /// `FORBIDDEN`, or `UNAUTHENTICATED` for a stranger.
    pub fn allow_anywhere(&mut self, permission: Permission) -> Result<()> {
        self.decide(permission, !self.grants(permission).is_none())
    }

    /// Says that the operation is open to everybody who comes this far; `why` documents it.
    pub fn allow_because(&mut self, why: &'static str) {
        tracing::trace!(why, "allowed");
        self.allowed = true;
    }

    fn decide(&mut self, permission: Permission, granted: bool) -> Result<()> {
        if granted {
            self.allowed = true;
            return Ok(());
        }
        Err(permission.missing(&self.actor))
    }

    /// Compares the version that the client expects with the stored one.
    ///
    /// # Errors
    /// `CONFLICT` with both versions.
    pub fn expect_version(&self, subject: Uuid, current: i32) -> Result<()> {
        match self.options.expected_version {
            Some(expected) if expected != current => Err(Error::with(
                Code::Conflict,
                say!("It is at version {current} now, not {expected}.", current, expected),
            )
            .at("expectedVersion")
            .detail(Detail::Conflict { current, expected, subject })),
            _ => Ok(()),
        }
    }

    /// Records that something happened now.
    ///
    /// # Errors
    /// Our own fault only.
    pub fn append(&mut self, event: &impl Event) -> Result<()> {
        self.append_at(event, self.now)
    }

    /// Records that something happened at `occurred_at`: in the past for imports.
    ///
    /// # Errors
    /// Our own fault only.
    pub fn append_at(&mut self, event: &impl Event, occurred_at: Timestamp) -> Result<()> {
        self.drafts.push(Draft { on_behalf_of: self.on_behalf_of, ..Draft::new(event, occurred_at)? });
        Ok(())
    }

    /// Says for whom the actor acts from here on: the log names both.
    pub fn act_for(&mut self, person: PersonId) {
        self.on_behalf_of = Some(person).filter(|person| self.actor.person != Some(*person));
    }

    /// Says that the desk already is as asked: nothing to record.
    pub fn nothing_changed(&mut self) {
        self.unchanged = true;
    }

    /// Says, from an effect, what it changed in the row `id`, in case that is the row that the operation answers: the answer shows
    /// the change without reading the row again.
    pub fn row_changed<M: Outcome>(&mut self, id: Uuid, change: impl FnOnce(&mut M) + Send + Sync + 'static) {
        let change: Box<dyn FnOnce(&mut M) + Send + Sync> = Box::new(change);
        self.patches.push((id, Box::new(change)));
    }

    /// Applies what effects changed to the row that the operation answers.
    pub(super) fn patch<M: Outcome>(&mut self, outcome: &mut M) {
        for (id, change) in std::mem::take(&mut self.patches) {
            if id == outcome.key()
                && let Ok(change) = change.downcast::<Box<dyn FnOnce(&mut M) + Send + Sync>>()
            {
                change(outcome);
            }
        }
    }

    /// Tells the client something although the operation succeeds.
    pub fn notice(&mut self, code: &str, message: impl Into<Said>) {
        self.notices.push(Notice { code: code.to_owned(), message: message.into() });
    }

    /// The desk's time and `span` earlier.
    pub fn ago(&self, span: Duration) -> Timestamp {
        self.now.before(span)
    }
}
