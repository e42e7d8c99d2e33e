//! Takes the head and writes a transaction's events: the last thing before its commit.

use sea_orm::{ActiveEnum, ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, Statement, Value};

use super::Draft;
use crate::access::Actor;
use crate::clock::Timestamp;

const COLUMNS: &str = "seq, kind, v, subject_kind, subject_id, ticket_id, actor_kind, actor_id, on_behalf_of, origin, \
    cause_seq, depth, audience, occurred_at, recorded_at, request_id, data, operation";

/// The types that PostgreSQL needs to be told, in the order of the values of one event.
const TYPES: [&str; 14] = [
    "text", "text", "uuid", "uuid", "text", "uuid", "uuid", "text", "text", "bigint", "bigint", "text", "text", "text",
];

/// How many events one statement writes: databases limit its parameters, and an import has thousands.
const AT_ONCE: usize = 2_000;

/// Writes `drafts`, which `operation` made, with the next numbers and answers the last one. From here to the commit, writers of all nodes are serial;
/// nothing may follow in the transaction.
pub async fn append(
    tx: &DatabaseTransaction,
    actor: &Actor,
    operation: &str,
    drafts: &[Draft],
    recorded_at: Timestamp,
) -> Result<i64, DbErr> {
    let mut last = 0;
    for drafts in drafts.chunks(AT_ONCE) {
        last = append_some(tx, actor, operation, drafts, recorded_at).await?;
    }
    Ok(last)
}

async fn append_some(
    tx: &DatabaseTransaction,
    actor: &Actor,
    operation: &str,
    drafts: &[Draft],
    recorded_at: Timestamp,
) -> Result<i64, DbErr> {
    let count = drafts.len() as i64;
    let values = drafts.iter().flat_map(|draft| values(actor, operation, draft, recorded_at));
    if tx.get_database_backend() == DbBackend::Postgres {
        // One statement: the head is locked for one round trip less.
        let mut sql = format!(
            "WITH head AS (UPDATE event_head SET seq = seq + {count} WHERE id = 1 RETURNING seq) INSERT INTO events ({COLUMNS}) "
        );
        for (at, _) in drafts.iter().enumerate() {
            if at > 0 {
                sql.push_str(" UNION ALL ");
            }
            sql.push_str(&format!("SELECT head.seq - {count} + {}, {} FROM head", at + 1, placeholders(at, true)));
        }
        sql.push_str(" RETURNING seq");
        let rows = tx.query_all_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
        let mut last = 0;
        for row in rows {
            last = i64::max(last, row.try_get("", "seq")?);
        }
        return Ok(last);
    }
    let backend = tx.get_database_backend();
    let raise = format!("UPDATE event_head SET seq = seq + {count} WHERE id = 1 RETURNING seq");
    let row = tx
        .query_one_raw(Statement::from_string(backend, raise))
        .await?
        .ok_or_else(|| DbErr::RecordNotFound("event_head".to_owned()))?;
    let last: i64 = row.try_get("", "seq")?;
    let rows: Vec<_> = (0..drafts.len())
        .map(|at| format!("({}, {})", last - count + 1 + at as i64, placeholders(at, false)))
        .collect();
    let sql = format!("INSERT INTO events ({COLUMNS}) VALUES {}", rows.join(", "));
    tx.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
    Ok(last)
}

/// The values after the number: constants in place, the rest as parameters.
fn placeholders(at: usize, typed: bool) -> String {
    let next = |nth: usize| {
        let number = at * TYPES.len() + nth + 1;
        // SQLite keeps a list of parameters that have a name or a number, and looks through it for each: thousands take seconds.
        if typed { format!("${number}::{}", TYPES[nth]) } else { "?".to_owned() }
    };
    let null = if typed { "NULL::bigint" } else { "NULL" };
    format!(
        "{}, 1, {}, {}, {}, {}, {}, {}, {}, {null}, 0, {}, {}, {}, {}, {}, {}",
        next(0),
        next(1),
        next(2),
        next(3),
        next(4),
        next(5),
        next(6),
        next(7),
        next(8),
        next(9),
        next(10),
        next(11),
        next(12),
        next(13)
    )
}

fn values(actor: &Actor, operation: &str, draft: &Draft, recorded_at: Timestamp) -> [Value; 14] {
    [
        draft.kind.into(),
        draft.subject.kind.into(),
        draft.subject.id.into(),
        draft.subject.ticket.map(|ticket| ticket.0).into(),
        actor.kind.to_value().into(),
        actor.person.map(|person| person.0).into(),
        draft.on_behalf_of.map(|person| person.0).into(),
        actor.origin.to_value().into(),
        draft.audience.to_value().into(),
        draft.occurred_at.0.into(),
        recorded_at.0.into(),
        actor.request_id.as_deref().map(str::to_owned).into(),
        draft.data.to_string().into(),
        operation.into(),
    ]
}
