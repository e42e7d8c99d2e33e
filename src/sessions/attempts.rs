//! How often somebody may try: counted in the database, shared by all nodes, before anything is verified.
//!
//! One statement of its own counts and answers the count, so that parallel attempts cannot slip past each other. Windows are fixed:
//! the first attempt opens one, and the first after its end opens the next. Names are hashed: nothing here tells who was tried.

use std::net::IpAddr;
use std::time::Duration;

use sea_orm::{ConnectionTrait, DbErr, Statement, Value};

use super::tokens::hash;
use crate::access::Actor;
use crate::clock::Clock;
use crate::db::Db;
use crate::desk::Desk;
use crate::error::{Code, Detail, Error, Result};

/// The counters that this room owns begin with this.
const PREFIX: &str = "attempt:";

/// Every so many attempts, counters that are out of date are thrown out.
const SWEEP: u8 = 64;

/// What is counted.
pub(super) struct Counter(String);

impl Counter {
    /// Sign-ins to one account, whether it exists or not.
    pub(super) fn account(folded_email: &str) -> Self {
        Self(format!("{PREFIX}account:{}", hash(folded_email)))
    }

    /// Attempts from one address of the network; as one place tells itself from another.
    pub(super) fn address(address: IpAddr) -> Self {
        Self(format!("{PREFIX}address:{}", hash(&Actor::network(address))))
    }

    /// Unknown API keys from one address of the network.
    pub(super) fn keys(address: IpAddr) -> Self {
        let Self(name) = Self::address(address);
        Self(name.replacen("address", "keys", 1))
    }

    /// Registrations from one address of the network.
    pub(super) fn registrations(address: IpAddr) -> Self {
        let Self(name) = Self::address(address);
        Self(name.replacen("address", "registrations", 1))
    }

    /// Letters with codes to one address, whether anybody has it or not.
    pub(super) fn letters_to(folded_address: &str) -> Self {
        Self(format!("{PREFIX}letters-to:{}", hash(folded_address)))
    }

    /// Letters with codes that were caused from one address of the network.
    pub(super) fn letters_from(address: IpAddr) -> Self {
        let Self(name) = Self::address(address);
        Self(name.replacen("address", "letters-from", 1))
    }

    /// Guesses at codes from one address of the network.
    pub(super) fn guesses(address: IpAddr) -> Self {
        let Self(name) = Self::address(address);
        Self(name.replacen("address", "guesses", 1))
    }

    /// Guesses at the present password of somebody who is signed in.
    pub(super) fn password(person: crate::ids::PersonId) -> Self {
        Self(format!("{PREFIX}password:{person}"))
    }
}

/// Counts attempts.
pub(super) struct Attempts {
    db: Db,
    clock: Clock,
    window: Duration,
}

impl Attempts {
    pub(super) fn new(desk: &Desk, window: Duration) -> Self {
        Self { db: desk.db.clone(), clock: desk.clock.clone(), window }
    }

    /// Counts one attempt.
    ///
    /// # Errors
    /// `RATE_LIMITED` with the time to wait, if there were `limit` in this window already.
    pub(super) async fn count(&self, counter: &Counter, limit: u32) -> Result<()> {
        let now = self.clock.real();
        let over = now.before(self.window);
        let sql = "INSERT INTO rate_counters (name, window_start, count) VALUES ($1, $2, 1) ON CONFLICT (name) DO UPDATE SET \
            count = CASE WHEN rate_counters.window_start <= $3 THEN 1 ELSE rate_counters.count + 1 END, \
            window_start = CASE WHEN rate_counters.window_start <= $3 THEN $2 ELSE rate_counters.window_start END \
            RETURNING window_start, count";
        let values = [counter.0.as_str().into(), now.0.into(), over.0.into()];
        let row = self.db.writer().query_one_raw(self.statement(sql, values)).await?;
        let row = row.ok_or_else(|| DbErr::RecordNotFound("rate_counters".to_owned()))?;
        let (start, count): (i64, i64) = (row.try_get("", "window_start")?, row.try_get("", "count")?);
        if rand::random::<u8>().is_multiple_of(SWEEP) {
            let sql = format!("DELETE FROM rate_counters WHERE name LIKE '{PREFIX}%' AND window_start <= $1");
            self.execute(&sql, [over.0.into()]).await;
        }
        if count <= i64::from(limit) {
            return Ok(());
        }
        let wait = start.saturating_sub(over.0).max(1);
        Err(Error::with(Code::RateLimited, "Too many attempts.").detail(Detail::RetryAfter(wait)))
    }

    /// Forgets all attempts of this window: one of them succeeded.
    pub(super) async fn forget(&self, counter: &Counter) {
        self.execute("DELETE FROM rate_counters WHERE name = $1", [counter.0.as_str().into()]).await;
    }

    /// Takes one attempt back: it succeeded, but those before it count on.
    pub(super) async fn take_back(&self, counter: &Counter) {
        let sql = "UPDATE rate_counters SET count = count - 1 WHERE name = $1 AND count > 0";
        self.execute(sql, [counter.0.as_str().into()]).await;
    }

    /// What may fail without harm: the attempt that it belongs to has succeeded, and a window ends by itself.
    async fn execute<const N: usize>(&self, sql: &str, values: [Value; N]) {
        if let Err(error) = self.db.writer().execute_raw(self.statement(sql, values)).await {
            tracing::warn!(%error, "a counter of attempts was not set back");
        }
    }

    fn statement<const N: usize>(&self, sql: &str, values: [Value; N]) -> Statement {
        Statement::from_sql_and_values(self.db.writer().get_database_backend(), sql, values)
    }
}
