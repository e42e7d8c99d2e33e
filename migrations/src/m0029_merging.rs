//! Tickets that were merged into others, read as one with them, and links between tickets.

use sea_orm_migration::prelude::*;

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, column) in [("tickets", "merged_into_id"), ("comments", "via_ticket_id")] {
            let column = ColumnDef::new(Alias::new(column)).uuid().to_owned();
            manager.alter_table(Table::alter().table(Alias::new(name)).add_column(column).to_owned()).await?;
        }
        create(
            manager,
            vec![
                table("ticket_merges")
                    .col(uuid("ticket_id").primary_key())
                    .col(uuid("into_id"))
                    .col(text("status"))
                    .col(big("status_changed_at"))
                    .col(big_null("closed_at"))
                    .col(text_null("close_reason"))
                    .col(big("merged_at"))
                    .foreign_key(&mut references("ticket_merges", "ticket_id", "tickets"))
                    .foreign_key(&mut references("ticket_merges", "into_id", "tickets"))
                    .to_owned(),
                table("ticket_merge_paths")
                    .col(uuid("into_id"))
                    .col(uuid("ticket_id"))
                    .primary_key(Index::create().col(Alias::new("into_id")).col(Alias::new("ticket_id")))
                    .foreign_key(&mut references("ticket_merge_paths", "into_id", "tickets"))
                    .foreign_key(&mut references("ticket_merge_paths", "ticket_id", "tickets"))
                    .to_owned(),
                table("ticket_merge_people")
                    .col(uuid("into_id"))
                    .col(uuid("ticket_id"))
                    .col(uuid("person_id"))
                    .primary_key(
                        Index::create()
                            .col(Alias::new("into_id"))
                            .col(Alias::new("ticket_id"))
                            .col(Alias::new("person_id")),
                    )
                    .foreign_key(&mut references("ticket_merge_people", "into_id", "tickets"))
                    .foreign_key(&mut references("ticket_merge_people", "ticket_id", "tickets"))
                    .foreign_key(&mut references("ticket_merge_people", "person_id", "people"))
                    .to_owned(),
                table("ticket_links")
                    .col(id())
                    .col(uuid("ticket_id"))
                    .col(uuid("other_id"))
                    .col(text("kind"))
                    .col(uuid_null("created_by_id"))
                    .col(big("created_at"))
                    .foreign_key(&mut references("ticket_links", "ticket_id", "tickets"))
                    .foreign_key(&mut references("ticket_links", "other_id", "tickets"))
                    .to_owned(),
            ],
            vec![
                index("ticket_merge_paths", &["ticket_id"]),
                index("comments", &["via_ticket_id"]),
                unique("ticket_links", &["ticket_id", "other_id", "kind"]),
                index("ticket_links", &["other_id"]),
                // Lists of deleted tickets should not go through all that are not.
                index("tickets", &["deleted_at", "created_at", "id"]),
            ],
        )
        .await
    }
}
