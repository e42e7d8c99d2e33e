//! Comments: public replies and internal notes.

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
                table("comments")
                    .col(id())
                    .col(uuid("ticket_id"))
                    .col(uuid_null("author_id"))
                    .col(text("audience"))
                    .col(text("format"))
                    .col(text("body"))
                    .col(text_null("source"))
                    .col(text_null("external_id"))
                    .col(int("version"))
                    .col(big("created_at"))
                    .col(big_null("edited_at"))
                    .col(big_null("deleted_at"))
                    .foreign_key(&mut references("comments", "ticket_id", "tickets"))
                    .foreign_key(&mut references("comments", "author_id", "people"))
                    .to_owned(),
            ],
            vec![index("comments", &["ticket_id", "created_at", "id"]), unique("comments", &["source", "external_id"])],
        )
        .await
    }
}
