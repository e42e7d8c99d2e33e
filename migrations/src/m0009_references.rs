//! The systems around the desk: their API keys, what they know of customers' things (bookings, services, rides), which tickets are about
//! them, and the custom fields of tickets.

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
                table("api_keys")
                    .col(id())
                    .col(uuid("person_id"))
                    .col(text("name"))
                    .col(text("prefix"))
                    .col(text("hash"))
                    .col(text("scopes"))
                    .col(uuid_null("created_by_id"))
                    .col(big("created_at"))
                    .col(big("expires_at"))
                    .col(big_null("revoked_at"))
                    .col(big_null("last_used_at"))
                    .foreign_key(&mut references("api_keys", "person_id", "people"))
                    .to_owned(),
                table("external_references")
                    .col(id())
                    .col(text("kind"))
                    .col(text("external_id"))
                    .col(uuid_null("owner_id"))
                    .col(uuid_null("organization_id"))
                    .col(text_null("status"))
                    .col(text("fields"))
                    .col(int("version"))
                    .col(big("created_at"))
                    .col(big("updated_at"))
                    .foreign_key(&mut references("external_references", "owner_id", "people"))
                    .foreign_key(&mut references("external_references", "organization_id", "organizations"))
                    .to_owned(),
                table("reference_participants")
                    .col(uuid("reference_id"))
                    .col(uuid("person_id"))
                    .primary_key(Index::create().col(Alias::new("reference_id")).col(Alias::new("person_id")))
                    .foreign_key(&mut references("reference_participants", "reference_id", "external_references"))
                    .foreign_key(&mut references("reference_participants", "person_id", "people"))
                    .to_owned(),
                table("ticket_fields")
                    .col(uuid("ticket_id"))
                    .col(text("field"))
                    .col(text("value"))
                    .primary_key(Index::create().col(Alias::new("ticket_id")).col(Alias::new("field")))
                    .foreign_key(&mut references("ticket_fields", "ticket_id", "tickets"))
                    .to_owned(),
            ],
            vec![
                unique("api_keys", &["hash"]),
                index("api_keys", &["person_id"]),
                index("api_keys", &["created_at", "id"]),
                unique("external_references", &["kind", "external_id"]),
                index("external_references", &["owner_id", "updated_at", "id"]),
                index("external_references", &["organization_id", "updated_at", "id"]),
                index("external_references", &["updated_at", "id"]),
                index("reference_participants", &["person_id"]),
                index("ticket_fields", &["field", "value"]),
            ],
        )
        .await?;
        // One column a statement, and the foreign key written beside it: SQLite adds them no other way.
        let reference = uuid_null("reference_id").extra("REFERENCES external_references (id)").to_owned();
        for column in [reference, text_null("contact_method")] {
            let add = Table::alter().table(Alias::new("tickets")).add_column(column).to_owned();
            manager.alter_table(add).await?;
        }
        manager.create_index(index("tickets", &["reference_id", "created_at", "id"])).await
    }
}
