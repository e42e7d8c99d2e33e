//! The event log with its head, the keys of idempotent operations, kept text, the positions of readers, and counters.

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
                table("event_head").col(int("id").primary_key()).col(text("epoch")).col(big("seq")).to_owned(),
                // No foreign keys: the log outlives what it tells of.
                table("events")
                    .col(big("seq").primary_key())
                    .col(text("kind"))
                    .col(int("v"))
                    .col(text("subject_kind"))
                    .col(uuid("subject_id"))
                    .col(uuid_null("ticket_id"))
                    .col(text("actor_kind"))
                    .col(uuid_null("actor_id"))
                    .col(uuid_null("on_behalf_of"))
                    .col(text("origin"))
                    .col(big_null("cause_seq"))
                    .col(int("depth"))
                    .col(text("audience"))
                    .col(big("occurred_at"))
                    .col(big("recorded_at"))
                    .col(text_null("request_id"))
                    .col(text("data"))
                    .to_owned(),
                table("idempotency_keys")
                    .col(text("actor"))
                    .col(text("operation"))
                    .col(text("key"))
                    .col(text("input_hash"))
                    .col(uuid_null("outcome_id"))
                    .col(text("notices"))
                    .col(big("created_at"))
                    .primary_key(
                        Index::create().col(Alias::new("actor")).col(Alias::new("operation")).col(Alias::new("key")),
                    )
                    .to_owned(),
                table("revisions")
                    .col(id())
                    .col(text("subject_kind"))
                    .col(uuid("subject_id"))
                    .col(text("field"))
                    .col(text_null("before"))
                    .col(text_null("after"))
                    .col(big("created_at"))
                    .to_owned(),
                table("reader_positions").col(text("name").primary_key()).col(text("epoch")).col(big("seq")).to_owned(),
                table("counters").col(text("name").primary_key()).col(big("value")).to_owned(),
            ],
            vec![
                index("events", &["ticket_id", "seq"]),
                index("events", &["kind", "seq"]),
                index("idempotency_keys", &["created_at"]),
                index("revisions", &["subject_id"]),
            ],
        )
        .await
    }
}
