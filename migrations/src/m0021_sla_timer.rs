//! What the timer of the service level needs: when each clock has something to say next, what it has said, and how it came to stand where
//! it stands; who holds the work that one node does; escalations.

use sea_orm_migration::prelude::*;

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // A clock of before is due at once: the timer finds out what it has to say next.
        for column in [
            text("segments").default("").to_owned(),
            text("fired").default("").to_owned(),
            big("fires_at").default(0_i64).to_owned(),
            big("risk_at").default(i64::MAX).to_owned(),
        ] {
            let add = Table::alter().table(Alias::new("sla_clocks")).add_column(column).to_owned();
            manager.alter_table(add).await?;
        }
        create(
            manager,
            vec![
                table("sla_firings")
                    .col(uuid("ticket_id"))
                    .col(text("target"))
                    .col(text("step"))
                    .col(big("due_at"))
                    .col(big("fired_at"))
                    .primary_key(
                        Index::create()
                            .col(Alias::new("ticket_id"))
                            .col(Alias::new("target"))
                            .col(Alias::new("step"))
                            .col(Alias::new("due_at")),
                    )
                    .foreign_key(&mut references("sla_firings", "ticket_id", "tickets"))
                    .to_owned(),
                table("leases")
                    .col(text("name").primary_key())
                    .col(uuid("holder"))
                    .col(big("token"))
                    .col(big("expires_at"))
                    .to_owned(),
                table("ticket_escalations")
                    .col(uuid("ticket_id").primary_key())
                    .col(text("level"))
                    .col(big("since"))
                    .col(flag("automatic"))
                    .foreign_key(&mut references("ticket_escalations", "ticket_id", "tickets"))
                    .to_owned(),
            ],
            vec![
                index("sla_clocks", &["fires_at", "ticket_id"]),
                index("sla_clocks", &["risk_at", "ticket_id"]),
                index("ticket_escalations", &["level"]),
            ],
        )
        .await
    }
}
