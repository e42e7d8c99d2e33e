//! The knowledge base: categories, articles with their tags and former slugs, FAQs.

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
                table("knowledge_categories")
                    .col(id())
                    .col(text("slug"))
                    .col(text("name"))
                    .col(text_null("description"))
                    .col(int("position"))
                    .col(int("version"))
                    .col(big("created_at"))
                    .to_owned(),
                table("articles")
                    .col(id())
                    .col(text("slug"))
                    .col(text("title"))
                    .col(text("body"))
                    .col(text("format"))
                    .col(text_null("meta_description"))
                    .col(text("status"))
                    .col(text("audience"))
                    .col(uuid_null("category_id"))
                    .col(uuid_null("author_id"))
                    .col(int("version"))
                    .col(text_null("source"))
                    .col(text_null("external_id"))
                    .col(big("created_at"))
                    .col(big("updated_at"))
                    .col(big_null("published_at"))
                    .foreign_key(&mut references("articles", "category_id", "knowledge_categories"))
                    .foreign_key(&mut references("articles", "author_id", "people"))
                    .to_owned(),
                table("article_tags")
                    .col(uuid("article_id"))
                    .col(text("tag"))
                    .primary_key(Index::create().col(Alias::new("article_id")).col(Alias::new("tag")))
                    .foreign_key(&mut references("article_tags", "article_id", "articles"))
                    .to_owned(),
                table("article_slugs")
                    .col(text("slug").primary_key())
                    .col(uuid("article_id"))
                    .foreign_key(&mut references("article_slugs", "article_id", "articles"))
                    .to_owned(),
                table("faqs")
                    .col(id())
                    .col(text("question"))
                    .col(text("answer"))
                    .col(text("format"))
                    .col(text("status"))
                    .col(text("audience"))
                    .col(uuid_null("category_id"))
                    .col(int("position"))
                    .col(big("rank"))
                    .col(int("version"))
                    .col(text_null("source"))
                    .col(text_null("external_id"))
                    .col(big("created_at"))
                    .col(big("updated_at"))
                    .col(big_null("published_at"))
                    .foreign_key(&mut references("faqs", "category_id", "knowledge_categories"))
                    .to_owned(),
            ],
            vec![
                unique("knowledge_categories", &["slug"]),
                index("knowledge_categories", &["position", "id"]),
                unique("articles", &["slug"]),
                unique("articles", &["source", "external_id"]),
                index("articles", &["status", "updated_at", "id"]),
                index("articles", &["category_id", "updated_at", "id"]),
                index("article_tags", &["tag"]),
                index("article_slugs", &["article_id"]),
                unique("faqs", &["source", "external_id"]),
                index("faqs", &["rank", "id"]),
                index("faqs", &["category_id", "rank", "id"]),
            ],
        )
        .await
    }
}
