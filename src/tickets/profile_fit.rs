//! Whether a profile fits the tickets that a desk has: asked when it starts, before anything else is done.
//!
//! A ticket holds keys of the profile it was made under. Under one without them it could not be moved, filtered or counted rightly, so a
//! desk does not start: the message says which keys are missing and what to do. What a profile looked like when its tickets were last
//! found to fit is kept as a number beside the counters: tickets are read again only when a profile has changed.

use std::collections::BTreeMap;
use std::fmt::Write;

use sea_orm::Statement;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
};
use sha2::{Digest, Sha256};

use super::ticket;
use crate::db::Db;
use crate::ids::TicketId;
use crate::profile::Profile;

/// The name under which the profile's number is kept.
const KEPT: &str = "profile";

/// How many numbers are read at once.
const PAGE: u64 = 10_000;

/// The keys that some tickets share.
#[derive(FromQueryResult)]
struct Keys {
    status: String,
    stage: i32,
    priority: String,
    priority_rank: i32,
    category: String,
    channel: String,
    close_reason: Option<String>,
    tickets: i64,
}

/// Checks every ticket against the profile. Nothing is changed but the note that it fits.
///
/// # Errors
/// The whole message: what the profile lacks, how many tickets need it, what to do. Or a database that cannot be read.
pub async fn check(db: &Db, profile: &Profile) -> anyhow::Result<()> {
    let print = fingerprint(profile);
    if kept(db).await? == Some(print) {
        return Ok(());
    }
    let missing = missing(db, profile).await?;
    if missing.is_empty() {
        keep(db, print).await?;
        return Ok(());
    }
    let mut message = format!("the profile {:?} does not fit this desk's tickets; nothing was changed", profile.key);
    for ((what, key), tickets) in &missing {
        // Writing into a text cannot fail.
        let _ = write!(message, "\n  {what} {key:?}: {tickets} {}", if *tickets == 1 { "ticket" } else { "tickets" });
    }
    message.push_str(
        "\nStart the desk with the profile it had, or put these into a profile of your own: keys into their lists, and \
         number formats into number.earlier. To begin from a built-in one: deskgraph profile show NAME > mine.toml",
    );
    anyhow::bail!(message)
}

type Missing = BTreeMap<(&'static str, String), i64>;

async fn missing(db: &Db, profile: &Profile) -> Result<Missing, DbErr> {
    use ticket::Column as T;
    let columns = [T::Status, T::Stage, T::Priority, T::PriorityRank, T::Category, T::Channel, T::CloseReason];
    let mut select = ticket::Entity::find().select_only();
    for column in columns {
        select = select.column(column).group_by(column);
    }
    let groups = select.column_as(T::Id.count(), "tickets").into_model::<Keys>().all(&db.read).await?;
    let mut missing = Missing::new();
    let mut lacks = |what, key: String, tickets| *missing.entry((what, key)).or_default() += tickets;
    for keys in groups {
        match profile.status(&keys.status) {
            None => lacks("status", keys.status, keys.tickets),
            Some(status) if status.stage as i32 != keys.stage => {
                let before = super::status::stage(keys.stage);
                let key = format!("{} of stage {}", keys.status, format!("{before:?}").to_lowercase());
                lacks("status", key, keys.tickets);
            }
            Some(_) => {}
        }
        match profile.priority(&keys.priority) {
            None => lacks("priority", keys.priority, keys.tickets),
            Some(priority) if priority.rank != keys.priority_rank => {
                lacks("priority", format!("{} of rank {}", keys.priority, keys.priority_rank), keys.tickets);
            }
            Some(_) => {}
        }
        if !keys.category.is_empty() && profile.category(&keys.category).is_none() {
            lacks("category", keys.category, keys.tickets);
        }
        if profile.channel(&keys.channel).is_none() {
            lacks("channel", keys.channel, keys.tickets);
        }
        if let Some(reason) = keys.close_reason.filter(|reason| profile.close_reason(reason).is_none()) {
            lacks("close reason", reason, keys.tickets);
        }
    }
    let mut after: Option<TicketId> = None;
    let mut unknown: Option<(String, i64)> = None;
    loop {
        let mut page = ticket::Entity::find().select_only().columns([T::Id, T::Number]).order_by_asc(T::Id).limit(PAGE);
        if let Some(after) = after {
            page = page.filter(T::Id.gt(after));
        }
        let rows: Vec<(TicketId, String)> = page.into_tuple().all(&db.read).await?;
        for (_, number) in rows.iter().filter(|(_, number)| !profile.number.knows(number)) {
            unknown.get_or_insert_with(|| (number.clone(), 0)).1 += 1;
        }
        let Some((last, _)) = rows.last() else { break };
        after = Some(*last);
    }
    if let Some((number, tickets)) = unknown {
        lacks("number format, as of", number, tickets);
    }
    Ok(missing)
}

/// A number that changes with everything that tickets are checked against.
fn fingerprint(profile: &Profile) -> i64 {
    let mut hash = Sha256::new();
    let mut add = |what: &str, values: &mut dyn Iterator<Item = String>| {
        hash.update(format!("{what}:{:?}\n", values.collect::<Vec<_>>()));
    };
    add("statuses", &mut profile.statuses.iter().map(|status| format!("{} {:?}", status.key, status.stage)));
    add("priorities", &mut profile.priorities.iter().map(|priority| format!("{} {}", priority.key, priority.rank)));
    add("categories", &mut profile.categories.iter().map(|named| named.key.clone()));
    add("channels", &mut profile.channels.iter().map(|named| named.key.clone()));
    add("close_reasons", &mut profile.close_reasons.iter().map(|named| named.key.clone()));
    add("numbers", &mut std::iter::once(&profile.number.template).chain(&profile.number.earlier).cloned());
    let bytes = hash.finalize();
    bytes.iter().take(8).fold(0_i64, |number, byte| (number << 8) | i64::from(*byte))
}

async fn kept(db: &Db) -> Result<Option<i64>, DbErr> {
    let backend = db.read.get_database_backend();
    let sql = "SELECT value FROM counters WHERE name = $1";
    let row = db.read.query_one_raw(Statement::from_sql_and_values(backend, sql, [KEPT.into()])).await?;
    row.map(|row| row.try_get("", "value")).transpose()
}

async fn keep(db: &Db, print: i64) -> Result<(), DbErr> {
    let backend = db.read.get_database_backend();
    let sql =
        "INSERT INTO counters (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    db.writer().execute_raw(Statement::from_sql_and_values(backend, sql, [KEPT.into(), print.into()])).await?;
    Ok(())
}
