//! Opening a ticket by hand: the rows that the desk writes, in one transaction, with the same durability.

use deskgraph::clock::Timestamp;
use deskgraph::event_log::EventCursor;
use deskgraph::ids::TicketId;
use deskgraph::sla::clock::{Model as SlaClock, Target};
use sea_orm::ActiveEnum;
use serde::{Deserialize, Serialize};

use super::hand::Status;

/// What it is sent.
#[derive(Deserialize)]
pub struct Input {
    title: String,
    description: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Opened<'a> {
    id: String,
    number: String,
    title: &'a str,
    status: Status<'a>,
    due_at: Option<String>,
    created_at: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Payload<'a> {
    ticket: Opened<'a>,
    user_errors: [(); 0],
    event_cursor: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Created<'a> {
    ticket_create: Payload<'a>,
}

fn clocks(profile: &deskgraph::profile::Profile, id: TicketId, now: Timestamp) -> Vec<SlaClock> {
    let targets = profile.sla_target(&profile.default_priority);
    let status = profile.status(&profile.initial_status);
    [(Target::FirstResponse, targets.first_response), (Target::Resolution, targets.resolution)]
        .into_iter()
        .filter_map(|(target, goal)| Some(SlaClock::start(profile.calendar(), id, target, goal?, now, status?)))
        .collect()
}

const TICKET: &str = "INSERT INTO tickets (id, number, title, description, status, stage, priority, priority_rank, category, \
    channel, requester_id, organization_id, created_by_id, version, comment_count, public_comment_count, due_at, breached, \
    status_changed_at, reopen_count, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, 0, $6, $7, $8, $9, $10, $11, $12, 1, \
    0, 0, $13, FALSE, $14, 0, $15, $16)";

const CLOCKS: &str = "INSERT INTO sla_clocks (ticket_id, target, goal_ms, started_at, paused_ms, deadline) VALUES \
    ($1, $2, $3, $4, 0, $5), ($6, $7, $8, $9, 0, $10)";

const COUNTER: &str = "INSERT INTO counters (name, value) VALUES ($1, 1) \
    ON CONFLICT (name) DO UPDATE SET value = counters.value + 1 RETURNING value";

const EVENT: &str = "INSERT INTO events (seq, kind, v, subject_kind, subject_id, ticket_id, actor_kind, actor_id, origin, depth, \
    audience, occurred_at, recorded_at, request_id, data) VALUES ($1, 'ticket.created', 1, 'ticket', $2, $3, 'PERSON', $4, 'API', 0, \
    'PUBLIC', $5, $6, $7, $8)";

macro_rules! writing {
    ($module:ident, $pool:ty, $begin:literal) => {
        pub mod $module {
            use std::sync::Arc;

            use axum::Json;
            use axum::extract::State;
            use uuid::Uuid;

            use super::*;
            use crate::hand::{Data, Hand, status};

            /// Opens a ticket.
            pub async fn create(State(hand): State<Arc<Hand<$pool>>>, Json(input): Json<Input>) -> Vec<u8> {
                // In a task of its own, as the desk does it: a client who hangs up must not stop it half-way.
                tokio::spawn(write(hand, input)).await.expect("no panic").expect("a ticket")
            }

            async fn write(hand: Arc<Hand<$pool>>, input: Input) -> anyhow::Result<Vec<u8>> {
                let (profile, now) = (&hand.profile, hand.clock.now());
                let id = TicketId::new();
                let mut tx = hand.write.begin_with($begin).await?;
                let requester = "SELECT organization_id FROM people WHERE id = $1";
                let organization: Option<Uuid> =
                    sqlx::query_scalar(requester).bind(hand.requester.0).fetch_one(&mut *tx).await?;
                let day = profile.day_of(now.0);
                let counter = sqlx::query_scalar(COUNTER).bind(format!("ticket_number:{day}"));
                let nth: i64 = counter.fetch_one(&mut *tx).await?;
                let number = profile.format_number(day, nth.unsigned_abs());
                let priority = profile.priority(&profile.default_priority).expect("the default");
                let clocks = clocks(profile, id, now);
                let due_at = clocks.iter().map(SlaClock::due_at).min().unwrap_or(Timestamp::NEVER);
                sqlx::query(TICKET)
                    .bind(id.0)
                    .bind(&number)
                    .bind(&input.title)
                    .bind(&input.description)
                    .bind(&profile.initial_status)
                    .bind(&priority.key)
                    .bind(priority.rank)
                    .bind(profile.default_category.as_deref().unwrap_or_default())
                    .bind(&profile.default_channel)
                    .bind(hand.requester.0)
                    .bind(organization)
                    .bind(hand.requester.0)
                    .bind(due_at.0)
                    .bind(now.0)
                    .bind(now.0)
                    .bind(now.0)
                    .execute(&mut *tx)
                    .await?;
                let mut query = sqlx::query(CLOCKS);
                for clock in &clocks {
                    query = query
                        .bind(id.0)
                        .bind(clock.target.to_value())
                        .bind(clock.goal_ms)
                        .bind(now.0)
                        .bind(clock.deadline.0);
                }
                query.execute(&mut *tx).await?;
                let raise = sqlx::query_scalar("UPDATE event_head SET seq = seq + 1 WHERE id = 1 RETURNING seq");
                let seq: i64 = raise.fetch_one(&mut *tx).await?;
                let data = serde_json::json!({
                    "status": profile.initial_status, "priority": priority.key,
                    "category": profile.default_category, "requester": hand.requester.to_string(),
                });
                sqlx::query(EVENT)
                    .bind(seq)
                    .bind(id.0)
                    .bind(id.0)
                    .bind(hand.requester.0)
                    .bind(now.0)
                    .bind(now.0)
                    .bind(Uuid::now_v7().to_string())
                    .bind(data.to_string())
                    .execute(&mut *tx)
                    .await?;
                tx.commit().await?;
                let ticket = Opened {
                    id: id.to_string(),
                    number,
                    title: &input.title,
                    status: status(profile, &profile.initial_status),
                    due_at: Some(due_at.to_string()),
                    created_at: now.to_string(),
                };
                let event_cursor = EventCursor { epoch: hand.epoch.clone(), seq }.to_string();
                let payload = Payload { ticket, user_errors: [], event_cursor };
                Ok(serde_json::to_vec(&Data { data: Created { ticket_create: payload } })?)
            }
        }
    };
}

writing!(sqlite, sqlx::SqlitePool, "BEGIN IMMEDIATE");
writing!(postgres, sqlx::PgPool, "BEGIN");
