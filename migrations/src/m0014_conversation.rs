//! The conversation: on which side a comment was written, and who has read how far.

use sea_orm_migration::prelude::*;

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub struct Step;

/// What was written before this step: by nobody, by the requester or a customer, by staff.
const KNOWN: &str = "UPDATE comments SET sender_kind = CASE \
    WHEN author_id IS NULL THEN 'SYSTEM' \
    WHEN author_id = (SELECT requester_id FROM tickets WHERE tickets.id = comments.ticket_id) THEN 'CUSTOMER' \
    WHEN (SELECT role FROM people WHERE people.id = comments.author_id) = 'customer' THEN 'CUSTOMER' \
    ELSE 'STAFF' END";

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let kind = ColumnDef::new(Alias::new("sender_kind")).text().not_null().default("CUSTOMER").to_owned();
        manager.alter_table(Table::alter().table(Alias::new("comments")).add_column(kind).to_owned()).await?;
        manager.get_connection().execute_unprepared(KNOWN).await?;
        create(
            manager,
            vec![
                table("ticket_reads")
                    .col(uuid("ticket_id"))
                    .col(uuid("person_id"))
                    .col(uuid("comment_id"))
                    .col(big("through_at"))
                    .col(big("read_at"))
                    .primary_key(
                        Index::create()
                            .col(Alias::new("ticket_id"))
                            .col(Alias::new("person_id"))
                            .col(Alias::new("comment_id")),
                    )
                    .foreign_key(&mut references("ticket_reads", "ticket_id", "tickets"))
                    .foreign_key(&mut references("ticket_reads", "person_id", "people"))
                    .foreign_key(&mut references("ticket_reads", "comment_id", "comments"))
                    .to_owned(),
            ],
            vec![index("ticket_reads", &["ticket_id", "person_id", "through_at"])],
        )
        .await
    }
}
