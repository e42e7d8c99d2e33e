//! Sessions, their refresh tokens, the signing keys, and the counters that limit sign-in attempts.

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
                table("signing_keys")
                    .col(text("kid").primary_key())
                    .col(text("purpose"))
                    .col(text("secret"))
                    .col(big("created_at"))
                    .col(big_null("retired_at"))
                    .to_owned(),
                table("sessions")
                    .col(id())
                    .col(uuid("person_id"))
                    .col(big("created_at"))
                    .col(big("refreshed_at"))
                    .col(big("expires_at"))
                    .col(big_null("revoked_at"))
                    .foreign_key(&mut references("sessions", "person_id", "people"))
                    .to_owned(),
                table("refresh_tokens")
                    .col(text("hash").primary_key())
                    .col(uuid("session_id"))
                    .col(big("created_at"))
                    .col(big_null("used_at"))
                    .foreign_key(&mut references("refresh_tokens", "session_id", "sessions"))
                    .to_owned(),
                table("rate_counters")
                    .col(text("name").primary_key())
                    .col(big("window_start"))
                    .col(big("count"))
                    .to_owned(),
            ],
            vec![
                index("sessions", &["person_id"]),
                index("sessions", &["revoked_at"]),
                index("refresh_tokens", &["session_id"]),
            ],
        )
        .await
    }
}
