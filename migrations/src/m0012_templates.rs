//! Templates of answers.

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
                table("templates")
                    .col(id())
                    .col(text("name"))
                    .col(text("folded"))
                    .col(text("body"))
                    .col(text("format"))
                    .col(text("category"))
                    .col(uuid_null("author_id"))
                    .col(int("use_count"))
                    .col(big_null("last_used_at"))
                    .col(int("version"))
                    .col(big("created_at"))
                    .col(big("updated_at"))
                    .foreign_key(&mut references("templates", "author_id", "people"))
                    .to_owned(),
            ],
            vec![
                unique("templates", &["folded"]),
                index("templates", &["use_count", "id"]),
                index("templates", &["updated_at", "id"]),
            ],
        )
        .await
    }
}
