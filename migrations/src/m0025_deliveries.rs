//! Mail and text messages that leave the desk: what is to be sent, what was, and what could not be.

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
                table("deliveries")
                    .col(id())
                    .col(text("channel"))
                    .col(uuid_null("person_id"))
                    .col(uuid_null("ticket_id"))
                    .col(text("purpose"))
                    .col(text("cause"))
                    .col(text("address"))
                    .col(text("subject"))
                    .col(text("body"))
                    .col(text_null("html"))
                    .col(text("status"))
                    .col(int("attempts"))
                    .col(big("next_at"))
                    .col(big("ends_at"))
                    .col(text_null("last_error"))
                    .col(big("created_at"))
                    .col(big_null("sent_at"))
                    .to_owned(),
            ],
            vec![
                unique("deliveries", &["cause", "channel", "address"]),
                index("deliveries", &["status", "next_at"]),
                index("deliveries", &["ticket_id", "created_at", "id"]),
                index("deliveries", &["created_at", "id"]),
            ],
        )
        .await
    }
}
