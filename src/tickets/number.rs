//! The ticket's number for people: counted by day or for ever, in the format of the profile.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::clock::Timestamp;
use crate::desk::Tx;
use crate::error::{Error, Result};
use crate::profile::{Profile, Resets};

/// The next number of the day of `created_at`. The counter's row stays locked until the commit: no number is given twice, and
/// none is lost but by a rollback.
pub async fn next(tx: &Tx, created_at: Timestamp) -> Result<String> {
    let profile = tx.profile();
    let day = profile.day_of(created_at.0);
    let counter = counter(profile, day);
    let sql = "INSERT INTO counters (name, value) VALUES ($1, 1) \
        ON CONFLICT (name) DO UPDATE SET value = counters.value + 1 RETURNING value";
    let statement = Statement::from_sql_and_values(tx.conn().get_database_backend(), sql, [counter.into()]);
    let row = tx.conn().query_one_raw(statement).await?;
    let row = row.ok_or_else(|| Error::internal(anyhow::anyhow!("the ticket counter gave nothing")))?;
    let seq: i64 = row.try_get("", "value")?;
    Ok(profile.format_number(day, u64::try_from(seq).unwrap_or_default()))
}

/// Numbers for many tickets at once, in their order: each counter is raised once, all of them with one statement.
pub async fn block(tx: &Tx, created_at: &[Timestamp]) -> Result<Vec<String>> {
    let profile = tx.profile();
    let days: Vec<Date> = created_at.iter().map(|time| profile.day_of(time.0)).collect();
    // In the order of their names: two who take blocks at once must not wait for each other.
    let mut wanted: BTreeMap<String, i64> = BTreeMap::new();
    for day in &days {
        *wanted.entry(counter(profile, *day)).or_default() += 1;
    }
    let backend = tx.conn().get_database_backend();
    let row = |nth: usize| match backend {
        DbBackend::Postgres => format!("(${}, ${})", nth * 2 + 1, nth * 2 + 2),
        _ => "(?, ?)".to_owned(),
    };
    let rows: Vec<String> = (0..wanted.len()).map(row).collect();
    let sql = format!(
        "INSERT INTO counters (name, value) VALUES {} \
         ON CONFLICT (name) DO UPDATE SET value = counters.value + excluded.value RETURNING name, value",
        rows.join(", ")
    );
    let values = wanted.iter().flat_map(|(name, count)| [name.as_str().into(), (*count).into()]);
    let statement = Statement::from_sql_and_values(backend, sql, values);
    let mut next: HashMap<String, i64> = HashMap::new();
    for row in tx.conn().query_all_raw(statement).await? {
        let (name, last): (String, i64) = (row.try_get("", "name")?, row.try_get("", "value")?);
        let count = wanted.get(&name).copied().unwrap_or_default();
        next.insert(name, last - count);
    }
    let mut number = |day: Date| {
        let seq = next.get_mut(&counter(profile, day))?;
        *seq += 1;
        Some(profile.format_number(day, u64::try_from(*seq).unwrap_or_default()))
    };
    let numbers: Option<Vec<String>> = days.into_iter().map(&mut number).collect();
    numbers.ok_or_else(|| Error::internal(anyhow::anyhow!("a ticket counter gave nothing")))
}

fn counter(profile: &Profile, day: Date) -> String {
    match profile.number.resets {
        Resets::Daily => format!("ticket_number:{day}"),
        Resets::Never => "ticket_number".to_owned(),
    }
}
