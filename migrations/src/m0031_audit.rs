//! What was refused, to whom and how often; which operation made an event; and the ways in which an auditor looks at the log.

use sea_orm_migration::prelude::*;

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let operation = Table::alter().table(Alias::new("events")).add_column(text_null("operation")).to_owned();
        manager.alter_table(operation).await?;
        create(
            manager,
            vec![
                // One row: the key by which addresses are hashed.
                table("audit_key").col(int("id").primary_key()).col(text("secret")).to_owned(),
                table("refusals")
                    .col(id())
                    .col(big("minute"))
                    .col(text("who"))
                    .col(text("actor_kind"))
                    .col(uuid_null("actor_id"))
                    .col(text_null("place"))
                    .col(text("origin"))
                    .col(text("operation"))
                    .col(text("code"))
                    .col(int("count"))
                    .col(big("first_at"))
                    .col(big("last_at"))
                    .col(text_null("request_id"))
                    .to_owned(),
            ],
            vec![
                unique("refusals", &["minute", "who", "operation", "code"]),
                index("refusals", &["first_at", "id"]),
                index("refusals", &["actor_id", "first_at", "id"]),
                index("events", &["recorded_at", "seq"]),
                index("events", &["actor_id", "recorded_at", "seq"]),
                index("events", &["subject_id", "recorded_at", "seq"]),
            ],
        )
        .await
    }
}
