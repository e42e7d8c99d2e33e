//! The clocks of the service level: one for each ticket and target.

use sea_orm_migration::prelude::*;

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create(
            manager,
            vec![
                table("sla_clocks")
                    .col(uuid("ticket_id"))
                    .col(text("target"))
                    .col(big("goal_ms"))
                    .col(big("started_at"))
                    .col(big("paused_ms"))
                    .col(big_null("paused_at"))
                    .col(big("deadline"))
                    .col(big_null("met_at"))
                    .primary_key(Index::create().col(Alias::new("ticket_id")).col(Alias::new("target")))
                    .foreign_key(&mut references("sla_clocks", "ticket_id", "tickets"))
                    .to_owned(),
            ],
            vec![],
        )
        .await
    }
}
