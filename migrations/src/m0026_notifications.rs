//! What people are told, and how they want to be told.

use sea_orm_migration::prelude::*;

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in ["locale", "muted"] {
            let add = Table::alter().table(Alias::new("people")).add_column(text_null(column)).to_owned();
            manager.alter_table(add).await?;
        }
        create(
            manager,
            vec![
                table("notifications")
                    .col(id())
                    .col(uuid("person_id"))
                    .col(uuid_null("ticket_id"))
                    .col(uuid_null("comment_id"))
                    .col(text("kind"))
                    .col(text("audience"))
                    .col(uuid_null("actor_id"))
                    .col(text_null("text_key"))
                    .col(text_null("came_to"))
                    .col(text_null("message"))
                    .col(flag("inbox"))
                    .col(flag("email"))
                    .col(flag("sms"))
                    .col(flag("pending"))
                    .col(big("created_at"))
                    .col(big_null("read_at"))
                    .foreign_key(&mut references("notifications", "person_id", "people"))
                    .to_owned(),
            ],
            vec![
                index("notifications", &["person_id", "inbox", "created_at", "id"]),
                index("notifications", &["person_id", "read_at"]),
                index("notifications", &["pending", "id"]),
            ],
        )
        .await
    }
}
