//! Which open tickets are at risk, have missed a deadline, or stand still.

use async_graphql::Enum;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SimpleExpr};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter, QuerySelect};

use super::clock;
use crate::clock::Timestamp;
use crate::profile::{Profile, Stage};
use crate::tickets::ticket;

/// How the promises of an open ticket stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum)]
#[graphql(name = "SlaStanding")]
pub enum Standing {
    /// A clock has come as far as the desk's first warning, and no deadline is missed.
    AtRisk,
    /// A deadline is missed.
    Breached,
    /// Its status stops the clocks, and no deadline is missed.
    Paused,
    /// Nothing of this, or nothing was promised.
    OnTrack,
}

/// How many open tickets stand how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// At risk.
    pub at_risk: i64,
    /// With a missed deadline.
    pub breached: i64,
    /// Standing still.
    pub paused: i64,
    /// Everything else.
    pub on_track: i64,
}

fn open() -> SimpleExpr {
    ticket::Column::Stage.lt(Stage::Resolved as i32)
}

fn breached(now: Timestamp) -> SimpleExpr {
    ticket::Column::Breached.eq(true).or(ticket::Column::DueAt.lt(now))
}

fn paused(profile: &Profile) -> SimpleExpr {
    let keys = profile.statuses.iter().filter(|status| status.pauses_sla).map(|status| status.key.clone());
    let open_clock = Query::select()
        .column(clock::Column::TicketId)
        .from(clock::Entity)
        .and_where(clock::Column::PausedAt.is_not_null())
        .and_where(clock::Column::MetAt.is_null())
        .to_owned();
    ticket::Column::Status.is_in(keys).and(ticket::Column::Id.in_subquery(open_clock))
}

fn at_risk(now: Timestamp) -> SimpleExpr {
    let clocks = Query::select()
        .column(clock::Column::TicketId)
        .from(clock::Entity)
        .and_where(clock::Column::RiskAt.lte(now))
        .and_where(clock::Column::Deadline.gte(now))
        .to_owned();
    ticket::Column::Id.in_subquery(clocks)
}

/// The open tickets that stand so at `now`.
pub fn condition(profile: &Profile, standing: Standing, now: Timestamp) -> Condition {
    let all = Condition::all().add(open());
    match standing {
        Standing::Breached => all.add(breached(now)),
        Standing::AtRisk => all.add(breached(now).not()).add(at_risk(now)),
        Standing::Paused => all.add(breached(now).not()).add(paused(profile)),
        Standing::OnTrack => all.add(breached(now).not()).add(paused(profile).not()).add(at_risk(now).not()),
    }
}

/// Counts the open ones of the tickets that `scope` admits, in one statement.
pub async fn counts(
    conn: &impl ConnectionTrait,
    profile: &Profile,
    scope: Condition,
    now: Timestamp,
) -> Result<Counts, DbErr> {
    #[derive(FromQueryResult)]
    struct Row {
        standing: i32,
        tickets: i64,
    }
    let standing: SimpleExpr =
        Expr::case(breached(now), 0).case(paused(profile), 1).case(at_risk(now), 2).finally(3).into();
    let rows = ticket::Entity::find()
        .select_only()
        .column_as(standing, "standing")
        .column_as(ticket::Column::Id.count(), "tickets")
        .filter(scope)
        .filter(open())
        .group_by(Expr::cust("1"))
        .into_model::<Row>()
        .all(conn)
        .await?;
    let mut counts = Counts::default();
    for row in rows {
        match row.standing {
            0 => counts.breached = row.tickets,
            1 => counts.paused = row.tickets,
            2 => counts.at_risk = row.tickets,
            _ => counts.on_track = row.tickets,
        }
    }
    Ok(counts)
}
