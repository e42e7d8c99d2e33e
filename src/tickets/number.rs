//! The ticket's number for people: counted by day or for ever, in the format of the profile.

use sea_orm::{ConnectionTrait, Statement};

use crate::clock::Timestamp;
use crate::desk::Tx;
use crate::error::{Error, Result};
use crate::profile::Resets;

/// The next number of the day of `created_at`. The counter's row stays locked until the commit: no number is given twice, and
/// none is lost but by a rollback.
pub async fn next(tx: &Tx, created_at: Timestamp) -> Result<String> {
    let profile = tx.profile();
    let day = profile.day_of(created_at.0);
    let counter = match profile.number.resets {
        Resets::Daily => format!("ticket_number:{day}"),
        Resets::Never => "ticket_number".to_owned(),
    };
    let sql = "INSERT INTO counters (name, value) VALUES ($1, 1) \
        ON CONFLICT (name) DO UPDATE SET value = counters.value + 1 RETURNING value";
    let statement = Statement::from_sql_and_values(tx.conn().get_database_backend(), sql, [counter.into()]);
    let row = tx.conn().query_one_raw(statement).await?;
    let row = row.ok_or_else(|| Error::internal(anyhow::anyhow!("the ticket counter gave nothing")))?;
    let seq: i64 = row.try_get("", "value")?;
    Ok(profile.format_number(day, u64::try_from(seq).unwrap_or_default()))
}
