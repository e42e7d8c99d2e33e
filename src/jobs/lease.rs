//! The lease: who does the work now, until when, and the token that fences off everybody before.

use std::time::Duration;

use sea_orm::{ConnectionTrait, DbErr, Statement};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{Db, Kind};
use crate::desk::Tx;
use crate::error::{Code, Detail, Error, Result};

/// How long a lease lasts without being renewed. A node that dies leaves its work undone for so long.
pub(super) const LASTS: Duration = Duration::from_secs(10);

/// The right to do a piece of work, as far as this node knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fence {
    /// The work.
    name: String,
    /// Rises with each new holder.
    token: i64,
}

impl Fence {
    /// Makes sure, until the transaction ends, that this is still the newest holder of the work.
    ///
    /// # Errors
    /// `UNAVAILABLE` if another node has taken over.
    pub async fn hold(&self, tx: &Tx) -> Result<()> {
        // SQLite has one writer: nobody can take over before the commit.
        let lock = if tx.desk.db.kind == Kind::Postgres { " FOR SHARE" } else { "" };
        let sql = format!("SELECT token FROM leases WHERE name = $1{lock}");
        let backend = tx.conn().get_database_backend();
        let row =
            tx.conn().query_one_raw(Statement::from_sql_and_values(backend, sql, [self.name.clone().into()])).await?;
        let token: Option<i64> = row.map(|row| row.try_get("", "token")).transpose()?;
        if token == Some(self.token) {
            return Ok(());
        }
        Err(Error::with(Code::Unavailable, "Another node does this work now.").detail(Detail::RetryAfter(1_000)))
    }
}

/// Takes the work, or keeps it; none if another node has it. `now` is the time of the world.
pub(super) async fn take(db: &Db, name: &str, holder: Uuid, now: Timestamp) -> Result<Option<Fence>, DbErr> {
    // Looked at first: nodes that wait for the work only read.
    let backend = db.read.get_database_backend();
    let sql = "SELECT holder, token, expires_at FROM leases WHERE name = $1";
    let found = db.read.query_one_raw(Statement::from_sql_and_values(backend, sql, [name.into()])).await?;
    if let Some(row) = found {
        let (owner, expires_at): (Uuid, i64) = (row.try_get("", "holder")?, row.try_get("", "expires_at")?);
        if owner != holder && expires_at > now.0 {
            return Ok(None);
        }
    }
    let sql = "INSERT INTO leases (name, holder, token, expires_at) VALUES ($1, $2, 1, $3) \
        ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at, \
        token = leases.token + CASE WHEN leases.holder = excluded.holder THEN 0 ELSE 1 END \
        WHERE leases.holder = excluded.holder OR leases.expires_at <= $4 RETURNING token";
    let values = [name.into(), holder.into(), now.after(LASTS).0.into(), now.0.into()];
    let row = db.writer().query_one_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
    row.map(|row| Ok(Fence { name: name.to_owned(), token: row.try_get("", "token")? })).transpose()
}

/// Gives the work back, so that another node need not wait for the end of the lease.
pub(super) async fn give_back(db: &Db, fence: &Fence) -> Result<(), DbErr> {
    let backend = db.read.get_database_backend();
    let sql = "UPDATE leases SET expires_at = 0 WHERE name = $1 AND token = $2";
    let values = [fence.name.clone().into(), fence.token.into()];
    db.writer().execute_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
    Ok(())
}
