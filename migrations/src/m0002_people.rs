//! Organizations, teams, people, and what identifies and reaches a person.

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
                table("organizations")
                    .col(id())
                    .col(text("name"))
                    .col(text_null("source"))
                    .col(text_null("external_id"))
                    .col(big("created_at"))
                    .to_owned(),
                table("teams").col(id()).col(text("name")).col(text("name_folded")).col(big("created_at")).to_owned(),
                table("people")
                    .col(id())
                    .col(text("name"))
                    .col(text("role"))
                    .col(uuid_null("organization_id"))
                    .col(text_null("source"))
                    .col(text_null("external_id"))
                    .col(int("version"))
                    .col(big("created_at"))
                    .col(big_null("deactivated_at"))
                    .foreign_key(&mut references("people", "organization_id", "organizations"))
                    .to_owned(),
                table("team_members")
                    .col(uuid("team_id"))
                    .col(uuid("person_id"))
                    .primary_key(Index::create().col(Alias::new("team_id")).col(Alias::new("person_id")))
                    .foreign_key(&mut references("team_members", "team_id", "teams"))
                    .foreign_key(&mut references("team_members", "person_id", "people"))
                    .to_owned(),
                table("contacts")
                    .col(id())
                    .col(uuid("person_id"))
                    .col(text("kind"))
                    .col(text("value"))
                    .col(text("folded"))
                    .col(big_null("verified_at"))
                    .col(big("created_at"))
                    .foreign_key(&mut references("contacts", "person_id", "people"))
                    .to_owned(),
                table("identities")
                    .col(id())
                    .col(uuid("person_id"))
                    .col(text("issuer"))
                    .col(text("subject"))
                    .col(big("created_at"))
                    .foreign_key(&mut references("identities", "person_id", "people"))
                    .to_owned(),
                table("credentials")
                    .col(uuid("person_id").primary_key())
                    .col(text("password_hash"))
                    .col(flag("must_change"))
                    .col(big("changed_at"))
                    .foreign_key(&mut references("credentials", "person_id", "people"))
                    .to_owned(),
            ],
            vec![
                unique("organizations", &["source", "external_id"]),
                unique("teams", &["name_folded"]),
                unique("people", &["source", "external_id"]),
                index("people", &["role", "created_at"]),
                index("people", &["organization_id"]),
                index("team_members", &["person_id"]),
                unique("contacts", &["kind", "folded"]),
                index("contacts", &["person_id"]),
                unique("identities", &["issuer", "subject"]),
            ],
        )
        .await
    }
}
