//! How the knowledge base is used: views, what readers found helpful; and announcements among the articles.

use sea_orm_migration::prelude::*;

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let count = |name| int(name).default(0).to_owned();
        for (table, mut column) in [
            ("articles", text("kind").default("ARTICLE").to_owned()),
            ("articles", count("view_count")),
            ("articles", count("helpful_count")),
            ("articles", count("not_helpful_count")),
            ("faqs", count("view_count")),
            ("faqs", count("helpful_count")),
            ("faqs", count("not_helpful_count")),
        ] {
            // SQLite adds one column a statement.
            manager.alter_table(Table::alter().table(Alias::new(table)).add_column(&mut column).to_owned()).await?;
        }
        create(
            manager,
            vec![
                table("article_views")
                    .col(uuid("article_id"))
                    .col(int("day"))
                    .col(int("views"))
                    .primary_key(Index::create().col(Alias::new("article_id")).col(Alias::new("day")))
                    .foreign_key(&mut references("article_views", "article_id", "articles"))
                    .to_owned(),
                table("knowledge_feedback")
                    .col(uuid("subject_id"))
                    .col(uuid("person_id"))
                    .col(flag("helpful"))
                    .col(big("created_at"))
                    .col(big("updated_at"))
                    .primary_key(Index::create().col(Alias::new("subject_id")).col(Alias::new("person_id")))
                    .foreign_key(&mut references("knowledge_feedback", "person_id", "people"))
                    .to_owned(),
            ],
            vec![
                index("article_views", &["day"]),
                index("knowledge_feedback", &["person_id"]),
                index("articles", &["kind", "updated_at", "id"]),
                index("articles", &["view_count", "id"]),
                index("articles", &["helpful_count", "id"]),
                index("faqs", &["view_count", "id"]),
                index("faqs", &["helpful_count", "id"]),
                index("revisions", &["subject_id", "created_at", "id"]),
            ],
        )
        .await
    }
}
