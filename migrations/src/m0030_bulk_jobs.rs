//! Jobs that do the same to many tickets: what to do, to which, and what came of each.

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
                table("bulk_jobs")
                    .col(id())
                    .col(text("operation"))
                    .col(text("action"))
                    .col(text("state"))
                    .col(int("total"))
                    .col(int("position"))
                    .col(int("done"))
                    .col(int("skipped"))
                    .col(int("failed"))
                    .col(uuid("created_by_id"))
                    .col(uuid_null("api_key_id"))
                    .col(text_null("request_id"))
                    .col(text_null("code"))
                    .col(text_null("message"))
                    .col(big("created_at"))
                    .col(big("updated_at"))
                    .col(big_null("started_at"))
                    .col(big_null("finished_at"))
                    .foreign_key(&mut references("bulk_jobs", "created_by_id", "people"))
                    .to_owned(),
                // Ids, a thousand in a row: a hundred thousand rows at once would keep everybody else waiting.
                table("bulk_lists")
                    .col(uuid("job_id"))
                    .col(int("part"))
                    .col(ColumnDef::new(Alias::new("ticket_ids")).blob().not_null())
                    .primary_key(Index::create().col(Alias::new("job_id")).col(Alias::new("part")))
                    .foreign_key(&mut references("bulk_lists", "job_id", "bulk_jobs"))
                    .to_owned(),
                // No foreign key to tickets: ids that name none have a result as well.
                table("bulk_results")
                    .col(id())
                    .col(uuid("job_id"))
                    .col(int("position"))
                    .col(uuid("ticket_id"))
                    .col(text("outcome"))
                    .col(text_null("code"))
                    .col(text_null("message"))
                    .col(text_null("field"))
                    .foreign_key(&mut references("bulk_results", "job_id", "bulk_jobs"))
                    .to_owned(),
            ],
            vec![
                index("bulk_jobs", &["state", "updated_at"]),
                index("bulk_jobs", &["created_by_id", "created_at", "id"]),
                index("bulk_jobs", &["created_at", "id"]),
                unique("bulk_results", &["job_id", "position"]),
            ],
        )
        .await
    }
}
