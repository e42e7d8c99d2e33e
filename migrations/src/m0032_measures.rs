//! What reports count by, beside the tickets that they count: how each promise stands, how often staff replied, the last rating, the first
//! escalation; and each escalation by itself.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub struct Step;

/// Where the numbers of a period are found, without reading the tickets themselves: by when they were opened, resolved, closed, first
/// answered, rated, first escalated; and what is open now. Those of something that has not happened are small.
const FOUND_BY: [&str; 7] = [
    "CREATE INDEX tickets_received ON tickets (created_at, deleted_at, assignee_id, team_id, category, priority, channel, stage, \
     response_promise, response_deadline, resolution_promise, resolution_deadline, escalated_at)",
    "CREATE INDEX tickets_open ON tickets (stage, deleted_at, assignee_id, team_id, due_at)",
    "CREATE INDEX tickets_resolved ON tickets (resolved_at, deleted_at, created_at, assignee_id, team_id, category, priority, channel, \
     reopen_count, staff_replies, rating_closure, rating_score, rating_effort) WHERE resolved_at IS NOT NULL",
    "CREATE INDEX tickets_closed ON tickets (closed_at, deleted_at, close_reason, assignee_id) WHERE closed_at IS NOT NULL",
    "CREATE INDEX tickets_answered ON tickets (first_responded_at, deleted_at, created_at, assignee_id) \
     WHERE first_responded_at IS NOT NULL",
    "CREATE INDEX tickets_rated ON tickets (rated_at, deleted_at, rating_score, rating_effort, assignee_id, team_id, category, priority, \
     channel) WHERE rated_at IS NOT NULL",
    "CREATE INDEX tickets_escalated ON tickets (escalated_at, deleted_at, created_at, assignee_id) WHERE escalated_at IS NOT NULL",
];

/// What is known of the tickets of before.
const KNOWN: [&str; 3] = [
    "UPDATE tickets SET \
     response_deadline = (SELECT deadline FROM sla_clocks WHERE ticket_id = tickets.id AND target = 'FIRST_RESPONSE'), \
     response_promise = (SELECT CASE WHEN COALESCE(met_at, paused_at, 0) > deadline THEN 2 WHEN met_at IS NOT NULL THEN 1 \
     WHEN paused_at IS NOT NULL THEN 4 ELSE 3 END FROM sla_clocks WHERE ticket_id = tickets.id AND target = 'FIRST_RESPONSE'), \
     resolution_deadline = (SELECT deadline FROM sla_clocks WHERE ticket_id = tickets.id AND target = 'RESOLUTION'), \
     resolution_promise = (SELECT CASE WHEN COALESCE(met_at, paused_at, 0) > deadline THEN 2 WHEN met_at IS NOT NULL THEN 1 \
     WHEN paused_at IS NOT NULL THEN 4 ELSE 3 END FROM sla_clocks WHERE ticket_id = tickets.id AND target = 'RESOLUTION'), \
     staff_replies = (SELECT COUNT(*) FROM comments WHERE comments.ticket_id = tickets.id AND sender_kind = 'STAFF' \
     AND audience = 'PUBLIC' AND comments.deleted_at IS NULL)",
    "UPDATE tickets SET rated_at = last.created_at, rating_score = last.score, rating_effort = last.effort, rating_closure = last.closure \
     FROM ticket_ratings AS last WHERE last.id = (SELECT id FROM ticket_ratings WHERE ticket_id = tickets.id \
     ORDER BY created_at DESC, id DESC LIMIT 1)",
    "UPDATE tickets SET escalated_at = (SELECT MIN(escalated_at) FROM escalation_steps WHERE ticket_id = tickets.id)",
];

/// The escalations of before, as the log has them. To whom each ticket went it does not say.
fn from_the_log(backend: DbBackend) -> String {
    let (id, level) = match backend {
        DbBackend::Postgres => ("gen_random_uuid()", "data::json->>'level'"),
        _ => ("randomblob(16)", "json_extract(data, '$.level')"),
    };
    format!(
        "INSERT INTO escalation_steps (id, ticket_id, level, cause, reason_id, escalated_at) \
         SELECT {id}, ticket_id, {level}, CASE WHEN data LIKE '%\"automatic\":true%' THEN 'CLOCK' \
         WHEN data LIKE '%\"by_staff\":true%' THEN 'STAFF' ELSE 'CUSTOMER' END, \
         (SELECT revisions.id FROM revisions WHERE subject_kind = 'ticket' AND revisions.subject_id = events.ticket_id \
         AND field = 'escalation' AND revisions.created_at = events.occurred_at ORDER BY revisions.id LIMIT 1), occurred_at \
         FROM events WHERE kind = 'ticket.escalated' AND ticket_id IN (SELECT id FROM tickets)"
    )
}

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [
            int_null("response_promise"),
            big_null("response_deadline"),
            int_null("resolution_promise"),
            big_null("resolution_deadline"),
            int("staff_replies").default(0).to_owned(),
            big_null("rated_at"),
            int_null("rating_score"),
            int_null("rating_effort"),
            int_null("rating_closure"),
            big_null("escalated_at"),
        ] {
            let add = Table::alter().table(Alias::new("tickets")).add_column(column).to_owned();
            manager.alter_table(add).await?;
        }
        create(
            manager,
            vec![
                table("escalation_steps")
                    .col(id())
                    .col(uuid("ticket_id"))
                    .col(text("level"))
                    .col(text("cause"))
                    .col(uuid_null("agent_id"))
                    .col(uuid_null("team_id"))
                    .col(uuid_null("reason_id"))
                    .col(big("escalated_at"))
                    .foreign_key(&mut references("escalation_steps", "ticket_id", "tickets"))
                    .to_owned(),
            ],
            vec![index("escalation_steps", &["escalated_at", "ticket_id"]), index("escalation_steps", &["ticket_id"])],
        )
        .await?;
        let db = manager.get_connection();
        db.execute_unprepared(&from_the_log(manager.get_database_backend())).await?;
        for statement in KNOWN.iter().chain(&FOUND_BY) {
            db.execute_unprepared(statement).await?;
        }
        Ok(())
    }
}
