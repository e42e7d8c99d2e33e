//! What reports count is found in indexes alone again: since tickets are merged, each condition also asks whether a ticket was, and an
//! index that does not know has every row of the period read. And what most rows do not have is left out of its index: counted in, it makes
//! SQLite's planner, once it has statistics, prefer reading the whole table.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Step;

/// Gone without another in its place: reports without statistics preferred it to what has all their columns.
const GONE: &str = "DROP INDEX tickets_deleted_at_created_at_id";

/// An index by its name, and what it is over.
const FOUND_BY: [(&str, &str); 9] = [
    (
        "tickets_received",
        "tickets (created_at, deleted_at, merged_into_id, assignee_id, team_id, category, priority, channel, stage, \
         response_promise, response_deadline, resolution_promise, resolution_deadline, escalated_at)",
    ),
    ("tickets_open", "tickets (stage, deleted_at, merged_into_id, assignee_id, team_id, due_at)"),
    (
        "tickets_resolved",
        "tickets (resolved_at, deleted_at, merged_into_id, created_at, assignee_id, team_id, category, priority, channel, \
         reopen_count, staff_replies, rating_closure, rating_score, rating_effort) WHERE resolved_at IS NOT NULL",
    ),
    (
        "tickets_closed",
        "tickets (closed_at, deleted_at, merged_into_id, close_reason, assignee_id) WHERE closed_at IS NOT NULL",
    ),
    (
        "tickets_answered",
        "tickets (first_responded_at, deleted_at, merged_into_id, created_at, assignee_id) WHERE first_responded_at IS NOT NULL",
    ),
    (
        "tickets_rated",
        "tickets (rated_at, deleted_at, merged_into_id, rating_score, rating_effort, assignee_id, team_id, category, priority, \
         channel) WHERE rated_at IS NOT NULL",
    ),
    (
        "tickets_escalated",
        "tickets (escalated_at, deleted_at, merged_into_id, created_at, assignee_id) WHERE escalated_at IS NOT NULL",
    ),
    // Lists of deleted tickets should not go through all that are not.
    ("tickets_deleted", "tickets (created_at, id) WHERE deleted_at IS NOT NULL"),
    ("comments_via_ticket_id", "comments (via_ticket_id) WHERE via_ticket_id IS NOT NULL"),
];

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        db.execute_unprepared(GONE).await?;
        for (name, over) in FOUND_BY {
            db.execute_unprepared(&format!("DROP INDEX IF EXISTS {name}")).await?;
            db.execute_unprepared(&format!("CREATE INDEX {name} ON {over}")).await?;
        }
        Ok(())
    }
}
