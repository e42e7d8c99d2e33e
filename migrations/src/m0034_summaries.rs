//! Counts of tickets by status are made from an index alone: the one that lists go by, with what a count asks about each ticket behind it.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Step;

const STATEMENTS: [&str; 2] = [
    "DROP INDEX tickets_status_created_at_id",
    "CREATE INDEX tickets_status ON tickets (status, created_at, id, deleted_at, merged_into_id, due_at, breached)",
];

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for statement in STATEMENTS {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }
}
