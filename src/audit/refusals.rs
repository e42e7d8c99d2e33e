//! What was refused: to whom or from where, which operation, with which code, in which minute, how often.
//!
//! Gathered in memory on every node and written in batches, every second and when the node stops, so that whoever is refused a
//! thousand times takes neither the head of the log nor much of the writer. A node that dies loses what it gathered since. What is
//! refused to more than a thousand different ones within a second is counted together, as nobody's.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter, Statement};
use sha2::Sha256;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::access::{Actor, ActorKind, Origin};
use crate::clock::{Clock, Timestamp};
use crate::db::Db;
use crate::error::Code;

/// How often what was gathered is written.
const EVERY: Duration = Duration::from_secs(1);
/// How many groups are gathered until then.
const GATHERED: usize = 1_000;
/// How many groups one statement writes.
const AT_ONCE: usize = 100;
/// How long refusals are kept.
const KEPT: Duration = Duration::from_secs(90 * 24 * 60 * 60);
/// How often those that are older are thrown out.
const SWEEP: Duration = Duration::from_secs(60 * 60);
const MINUTE: i64 = 60_000;

/// The table.
pub mod refusal {
    #![allow(missing_docs, reason = "the fields say what they are")]
    use sea_orm::entity::prelude::*;

    use crate::access::{ActorKind, Origin};
    use crate::clock::Timestamp;
    use crate::ids::PersonId;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "refusals")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// Minutes since 1970, by the clock of the world.
        pub minute: i64,
        /// What the rows of a minute are told apart by: the actor, and the place if it is nobody known.
        pub who: String,
        pub actor_kind: ActorKind,
        pub actor_id: Option<PersonId>,
        /// Where strangers came from: a keyed hash.
        pub place: Option<String>,
        pub origin: Origin,
        pub operation: String,
        pub code: String,
        pub count: i32,
        pub first_at: Timestamp,
        pub last_at: Timestamp,
        /// The latest request.
        pub request_id: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Group {
    minute: i64,
    who: String,
    operation: &'static str,
    code: Code,
}

/// The refusals that this node has not written yet. Cheap to clone.
#[derive(Clone)]
pub struct Refusals(Arc<Parts>);

struct Parts {
    key: Hmac<Sha256>,
    gathered: Mutex<HashMap<Group, refusal::Model>>,
}

impl Refusals {
    /// Reads the key by which addresses are hashed, the same on every node; makes it at first start.
    ///
    /// # Errors
    /// The database's.
    pub async fn open(db: &Db) -> Result<Self, DbErr> {
        let conn = db.writer();
        let backend = conn.get_database_backend();
        let fresh = Uuid::new_v4().simple().to_string() + &Uuid::new_v4().simple().to_string();
        let insert = "INSERT INTO audit_key (id, secret) VALUES (1, $1) ON CONFLICT (id) DO NOTHING";
        conn.execute_raw(Statement::from_sql_and_values(backend, insert, [fresh.into()])).await?;
        let row =
            conn.query_one_raw(Statement::from_string(backend, "SELECT secret FROM audit_key WHERE id = 1")).await?;
        let row = row.ok_or_else(|| DbErr::RecordNotFound("audit_key".to_owned()))?;
        let secret: String = row.try_get("", "secret")?;
        let key = Hmac::new_from_slice(secret.as_bytes()).map_err(|error| DbErr::Custom(error.to_string()))?;
        Ok(Self(Arc::new(Parts { key, gathered: Mutex::default() })))
    }

    /// Notes that `operation` was refused to `actor`.
    pub fn note(&self, actor: &Actor, operation: &'static str, code: Code, at: Timestamp) {
        let place = actor.address.filter(|_| actor.person.is_none()).map(|address| self.place(address));
        let who = match &place {
            Some(place) => format!("{}:{place}", actor.key()),
            None => actor.key(),
        };
        let mut gathered = self.gathered();
        let mut group = Group { minute: at.0.div_euclid(MINUTE), who, operation, code };
        let crowd = gathered.len() >= GATHERED && !gathered.contains_key(&group);
        if crowd {
            group.who = "MANY".to_owned();
        }
        let entry = gathered.entry(group.clone()).or_insert_with(|| refusal::Model {
            id: Uuid::now_v7(),
            minute: group.minute,
            who: group.who,
            actor_kind: if crowd { ActorKind::Anonymous } else { actor.kind },
            actor_id: actor.person.filter(|_| !crowd),
            place: place.filter(|_| !crowd),
            origin: if crowd { Origin::Api } else { actor.origin },
            operation: operation.to_owned(),
            code: code.name().to_owned(),
            count: 0,
            first_at: at,
            last_at: at,
            request_id: None,
        });
        entry.count = entry.count.saturating_add(1);
        entry.last_at = Ord::max(entry.last_at, at);
        entry.request_id = actor.request_id.as_deref().map(str::to_owned);
    }

    /// Where strangers come from, so that the same place can be recognized and is not told.
    fn place(&self, address: IpAddr) -> String {
        let mut hash = self.0.key.clone();
        hash.update(Actor::network(address).as_bytes());
        hash.finalize().into_bytes().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }

    /// Writes what was gathered. What cannot be written now is gathered again.
    ///
    /// # Errors
    /// The database's.
    pub async fn flush(&self, db: &Db) -> Result<(), DbErr> {
        let mut rows: Vec<(Group, refusal::Model)> = std::mem::take(&mut *self.gathered()).into_iter().collect();
        // In one order on every node, so that two nodes cannot lock each other out.
        rows.sort_by(|(_, one), (_, other)| {
            (one.minute, &one.who, &one.operation, &one.code).cmp(&(
                other.minute,
                &other.who,
                &other.operation,
                &other.code,
            ))
        });
        let mut batches = rows.chunks(AT_ONCE);
        while let Some(batch) = batches.next() {
            if let Err(error) = write(db, batch.iter().map(|(_, row)| row.clone())).await {
                for (group, row) in batch.iter().chain(batches.flatten()) {
                    self.again(group, row);
                }
                return Err(error);
            }
        }
        Ok(())
    }

    fn again(&self, group: &Group, row: &refusal::Model) {
        let mut gathered = self.gathered();
        // What the memory has no room for is lost: the database has been away for long.
        if gathered.len() >= GATHERED && !gathered.contains_key(group) {
            return;
        }
        gathered
            .entry(group.clone())
            .and_modify(|newer| {
                newer.count = newer.count.saturating_add(row.count);
                newer.first_at = Ord::min(newer.first_at, row.first_at);
            })
            .or_insert_with(|| row.clone());
    }

    /// Writes what was gathered every now and then, and a last time at the end; throws out what is too old.
    pub async fn keep(self, db: Db, clock: Clock, stop: CancellationToken) {
        let mut swept = Timestamp(0);
        loop {
            let last = tokio::select! {
                () = stop.cancelled() => true,
                () = tokio::time::sleep(EVERY) => false,
            };
            if let Err(error) = self.flush(&db).await {
                tracing::warn!(%error, "refusals could not be written; they are kept for the next time");
            }
            if last {
                return;
            }
            let now = clock.real();
            if swept < now.before(SWEEP) {
                swept = now;
                let old = refusal::Entity::delete_many().filter(refusal::Column::FirstAt.lt(now.before(KEPT)));
                if let Err(error) = old.exec(db.writer()).await {
                    tracing::warn!(%error, "old refusals could not be thrown out; it is tried again");
                }
            }
        }
    }

    fn gathered(&self) -> std::sync::MutexGuard<'_, HashMap<Group, refusal::Model>> {
        // Nothing panics while it is held.
        self.0.gathered.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One statement: it adds to the groups that are there.
async fn write(db: &Db, rows: impl Iterator<Item = refusal::Model>) -> Result<(), DbErr> {
    use refusal::Column::{Code, Count, LastAt, Minute, Operation, RequestId, Who};
    let more = Expr::col((refusal::Entity, Count)).add(Expr::col(("excluded", Count)));
    let known = OnConflict::columns([Minute, Who, Operation, Code])
        .value(Count, more)
        .update_columns([LastAt, RequestId])
        .to_owned();
    let rows = rows.map(IntoActiveModel::into_active_model);
    refusal::Entity::insert_many(rows).on_conflict(known).exec_without_returning(db.writer()).await?;
    Ok(())
}
