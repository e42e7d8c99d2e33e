//! Attachments: what is known of a file. Its bytes are in the desk's folder of files.

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
                table("attachments")
                    .col(id())
                    .col(uuid("uploader_id"))
                    .col(uuid_null("ticket_id"))
                    .col(uuid_null("comment_id"))
                    .col(text("audience"))
                    .col(text("file_name"))
                    .col(text("content_type"))
                    .col(big("size"))
                    .col(text_null("sha256"))
                    .col(big("created_at"))
                    .col(big("expires_at"))
                    .col(big_null("stored_at"))
                    .col(big_null("deleted_at"))
                    .foreign_key(&mut references("attachments", "uploader_id", "people"))
                    .foreign_key(&mut references("attachments", "ticket_id", "tickets"))
                    .foreign_key(&mut references("attachments", "comment_id", "comments"))
                    .to_owned(),
            ],
            vec![
                index("attachments", &["ticket_id", "created_at", "id"]),
                index("attachments", &["comment_id", "created_at", "id"]),
                index("attachments", &["uploader_id", "expires_at"]),
                index("attachments", &["expires_at"]),
                index("attachments", &["deleted_at"]),
            ],
        )
        .await
    }
}
