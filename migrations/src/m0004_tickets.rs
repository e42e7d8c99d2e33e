//! Tickets, their tags and participants.

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
                table("tickets")
                    .col(id())
                    .col(text("number"))
                    .col(text("title"))
                    .col(text("description"))
                    .col(text("status"))
                    .col(int("stage"))
                    .col(text("priority"))
                    .col(int("priority_rank"))
                    .col(text("category"))
                    .col(text("channel"))
                    .col(text_null("preferred_contact_time"))
                    .col(uuid("requester_id"))
                    .col(uuid_null("organization_id"))
                    .col(uuid_null("created_by_id"))
                    .col(uuid_null("assignee_id"))
                    .col(uuid_null("team_id"))
                    .col(int("version"))
                    .col(int("comment_count"))
                    .col(int("public_comment_count"))
                    .col(uuid_null("last_comment_id"))
                    .col(uuid_null("last_public_comment_id"))
                    .col(big("due_at"))
                    .col(flag("breached"))
                    .col(big_null("first_responded_at"))
                    .col(big("status_changed_at"))
                    .col(big_null("resolved_at"))
                    .col(big_null("closed_at"))
                    .col(text_null("close_reason"))
                    .col(int("reopen_count"))
                    .col(text_null("source"))
                    .col(text_null("external_id"))
                    .col(big("created_at"))
                    .col(big("updated_at"))
                    .col(big_null("deleted_at"))
                    .foreign_key(&mut references("tickets", "requester_id", "people"))
                    .foreign_key(&mut references("tickets", "assignee_id", "people"))
                    .foreign_key(&mut references("tickets", "organization_id", "organizations"))
                    .foreign_key(&mut references("tickets", "team_id", "teams"))
                    .to_owned(),
                table("ticket_tags")
                    .col(uuid("ticket_id"))
                    .col(text("tag"))
                    .primary_key(Index::create().col(Alias::new("ticket_id")).col(Alias::new("tag")))
                    .foreign_key(&mut references("ticket_tags", "ticket_id", "tickets"))
                    .to_owned(),
                table("ticket_participants")
                    .col(uuid("ticket_id"))
                    .col(uuid("person_id"))
                    .primary_key(Index::create().col(Alias::new("ticket_id")).col(Alias::new("person_id")))
                    .foreign_key(&mut references("ticket_participants", "ticket_id", "tickets"))
                    .foreign_key(&mut references("ticket_participants", "person_id", "people"))
                    .to_owned(),
            ],
            vec![
                unique("tickets", &["number"]),
                unique("tickets", &["source", "external_id"]),
                index("tickets", &["created_at", "id"]),
                index("tickets", &["updated_at", "id"]),
                index("tickets", &["due_at", "id"]),
                index("tickets", &["priority_rank", "id"]),
                index("tickets", &["status", "created_at", "id"]),
                index("tickets", &["requester_id", "created_at", "id"]),
                index("tickets", &["created_by_id", "created_at", "id"]),
                index("tickets", &["assignee_id", "created_at", "id"]),
                index("tickets", &["organization_id", "created_at", "id"]),
                index("tickets", &["team_id", "created_at", "id"]),
                index("ticket_tags", &["tag"]),
                index("ticket_participants", &["person_id"]),
            ],
        )
        .await
    }
}
