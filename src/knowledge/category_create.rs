//! Makes a category of the knowledge base.

use async_graphql::InputObject;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QuerySelect};
use serde::{Deserialize, Serialize};

use super::access::allow_writing;
use super::events::{KnowledgeData, KnowledgeEvent, kind};
use super::{category, input, slug};
use crate::access::Permission;
use crate::desk::{CreateOptions, Operation, Tx, WriteOptions};
use crate::error::Result;
use crate::ids::KnowledgeCategoryId;

/// Makes a category for articles and FAQs, after all others.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "KnowledgeCategoryCreateInput")]
pub struct KnowledgeCategoryCreate {
    /// What people call it: 1 to 200 characters.
    pub name: String,
    /// The part of its address that people read. Default: made from the name, unlike all others.
    pub slug: Option<String>,
    /// What is in it: at most 500 characters.
    pub description: Option<String>,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key.
    pub options: CreateOptions,
}

impl Operation for KnowledgeCategoryCreate {
    type Outcome = category::Model;
    const NAME: &'static str = "knowledge_category.create";

    fn options(&self) -> WriteOptions {
        self.options.clone().into()
    }

    async fn run(&self, tx: &mut Tx) -> Result<category::Model> {
        allow_writing(tx, Permission::ArticleWrite, None)?;
        let name = input::title("name", &self.name)?;
        let description = input::description("description", self.description.as_deref())?;
        let slug = match &self.slug {
            Some(wish) => {
                let wish = input::slug(wish)?;
                slug::of_category(tx.conn(), &wish).await?;
                Some(wish)
            }
            None => None,
        };
        add(tx, name, slug, description).await
    }
}

/// Adds a category after all others and records it.
pub async fn add(
    tx: &mut Tx,
    name: String,
    slug: Option<String>,
    description: Option<String>,
) -> Result<category::Model> {
    let last: Option<Option<i32>> = category::Entity::find()
        .select_only()
        .column_as(category::Column::Position.max(), "last")
        .into_tuple()
        .one(tx.conn())
        .await?;
    let slug = match slug {
        Some(slug) => slug,
        None => slug::free(tx.conn(), slug::Of::Categories, &name, "category").await?,
    };
    let row = category::Model {
        id: KnowledgeCategoryId::new(),
        slug,
        name,
        description,
        position: last.flatten().unwrap_or(0) + 1,
        version: 1,
        created_at: tx.now,
    };
    category::Entity::insert(row.clone().into_active_model())
        .exec_without_returning(tx.conn())
        .await
        .map_err(slug::taken_meanwhile)?;
    let data = KnowledgeData { position: Some(row.position), ..KnowledgeData::default() };
    tx.append(&KnowledgeEvent::category(kind::CATEGORY_CREATED, &row, data))?;
    Ok(row)
}
