//! What customers say of how they were served, and what they get for what they do.

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
                table("ticket_ratings")
                    .col(id())
                    .col(uuid("ticket_id"))
                    .col(int("closure"))
                    .col(uuid("person_id"))
                    .col(int("score"))
                    .col(ColumnDef::new(Alias::new("effort")).integer())
                    .col(text_null("comment"))
                    .col(big("created_at"))
                    .foreign_key(&mut references("ticket_ratings", "ticket_id", "tickets"))
                    .foreign_key(&mut references("ticket_ratings", "person_id", "people"))
                    .to_owned(),
                reward("reward_entries").col(big("created_at")).to_owned(),
                reward("reward_failures").col(int("attempts")).col(big("next_at")).to_owned(),
            ],
            vec![
                unique("ticket_ratings", &["ticket_id", "closure", "person_id"]),
                index("ticket_ratings", &["created_at"]),
                unique("reward_entries", &["ticket_id", "action", "closure"]),
                index("reward_entries", &["person_id", "created_at", "id"]),
                unique("reward_failures", &["ticket_id", "action", "closure"]),
                index("reward_failures", &["next_at"]),
            ],
        )
        .await
    }
}

/// A reward: given, or not given yet.
fn reward(name: &'static str) -> TableCreateStatement {
    table(name)
        .col(id())
        .col(uuid("person_id"))
        .col(uuid("ticket_id"))
        .col(text("action"))
        .col(int("closure"))
        .col(text("name"))
        .col(int("points"))
        .col(big("credit_minor"))
        .col(text_null("currency"))
        .foreign_key(&mut references(name, "person_id", "people"))
        .foreign_key(&mut references(name, "ticket_id", "tickets"))
        .to_owned()
}
