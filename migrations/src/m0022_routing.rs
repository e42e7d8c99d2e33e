//! What routing knows of agents, and why each ticket went to whom.

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
                table("agent_settings")
                    .col(uuid("person_id").primary_key())
                    .col(flag("available"))
                    .col(ColumnDef::new(Alias::new("capacity")).integer())
                    .col(big("turn"))
                    .foreign_key(&mut references("agent_settings", "person_id", "people"))
                    .to_owned(),
                table("agent_skills")
                    .col(uuid("person_id"))
                    .col(text("skill"))
                    .primary_key(Index::create().col(Alias::new("person_id")).col(Alias::new("skill")))
                    .foreign_key(&mut references("agent_skills", "person_id", "people"))
                    .to_owned(),
                table("ticket_routings")
                    .col(uuid("ticket_id").primary_key())
                    .col(uuid_null("agent_id"))
                    .col(text("rule"))
                    .col(text("reason"))
                    .col(text_null("skill"))
                    .col(text("candidates"))
                    .col(big("routed_at"))
                    .foreign_key(&mut references("ticket_routings", "ticket_id", "tickets"))
                    .to_owned(),
            ],
            vec![index("agent_skills", &["skill"])],
        )
        .await
    }
}
