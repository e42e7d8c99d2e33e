//! What was sent to an address to find out who reads it: only hashes of it.

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
                table("contact_codes")
                    .col(id())
                    .col(text("purpose"))
                    .col(uuid_null("person_id"))
                    .col(text("kind"))
                    .col(text("value"))
                    .col(text("folded"))
                    .col(text("token_hash"))
                    .col(text("code_hash"))
                    .col(int("attempts"))
                    .col(big("created_at"))
                    .col(big("expires_at"))
                    .col(big_null("used_at"))
                    .foreign_key(&mut references("contact_codes", "person_id", "people"))
                    .to_owned(),
            ],
            vec![
                unique("contact_codes", &["token_hash"]),
                index("contact_codes", &["folded", "created_at"]),
                index("contact_codes", &["person_id"]),
                index("contact_codes", &["expires_at"]),
            ],
        )
        .await
    }
}
