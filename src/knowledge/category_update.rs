//! Changes name, slug, description or place of a category.

use async_graphql::{InputObject, MaybeUndefined};
use sea_orm::sea_query::{Expr, ExprTrait, LockType};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};

use super::events::{KnowledgeData, KnowledgeEvent, kind};
use super::{category, faq, find, input, slug};
use crate::desk::{Operation, Tx, WriteOptions};
use crate::error::{Error, Result};
use crate::ids::KnowledgeCategoryId;

/// Changes a category. What is not sent stays.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "KnowledgeCategoryUpdateInput")]
pub struct KnowledgeCategoryUpdate {
    /// Which category.
    pub category_id: KnowledgeCategoryId,
    /// The new name.
    pub name: Option<String>,
    /// The new slug.
    pub slug: Option<String>,
    /// The new description; null takes it away.
    #[serde(default, skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub description: MaybeUndefined<String>,
    /// The new place among the categories, from 1. Beyond the end means the end.
    pub position: Option<i32>,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key and expected version.
    pub options: WriteOptions,
}

impl Operation for KnowledgeCategoryUpdate {
    type Outcome = category::Model;
    const NAME: &'static str = "knowledge_category.update";

    fn options(&self) -> WriteOptions {
        self.options.clone()
    }

    async fn run(&self, tx: &mut Tx) -> Result<category::Model> {
        if self.position.is_some() {
            // All of them in the order of their ids, before the one itself: two who move categories must not block each other.
            category::Entity::find()
                .order_by_asc(category::Column::Id)
                .lock(LockType::NoKeyUpdate)
                .all(tx.conn())
                .await?;
        }
        let mut row = find::lock_category(tx, self.category_id).await?;
        let mut changes = input::Changes::default();
        let subject = ("knowledge_category", row.id.0);
        if let Some(name) = &self.name {
            changes.set_text(tx, subject, "name", &mut row.name, input::title("name", name)?).await?;
        }
        if let Some(wish) = &self.slug {
            let wish = input::slug(wish)?;
            if wish != row.slug {
                slug::of_category(tx.conn(), &wish).await?;
                changes.set("slug", &mut row.slug, wish);
            }
        }
        if !self.description.is_undefined() {
            let wish = self.description.as_opt_ref().flatten().map(String::as_str);
            changes.set("description", &mut row.description, input::description("description", wish)?);
        }
        if let Some(position) = self.position {
            let place = place(tx, &row, position).await?;
            changes.set("position", &mut row.position, place);
        }
        if changes.fields.is_empty() {
            tx.nothing_changed();
            return Ok(row);
        }
        row.version += 1;
        let saved = row.clone().into_active_model().reset_all();
        category::Entity::update(saved).exec_without_returning(tx.conn()).await.map_err(slug::taken_meanwhile)?;
        let data = KnowledgeData {
            position: Some(row.position),
            fields: changes.fields,
            revisions: changes.revisions,
            ..KnowledgeData::default()
        };
        tx.append(&KnowledgeEvent::category(kind::CATEGORY_UPDATED, &row, data))?;
        Ok(row)
    }
}

/// Makes room at `position` and answers the place that the category gets. FAQs follow their categories.
async fn place(tx: &Tx, row: &category::Model, position: i32) -> Result<i32> {
    let Some(wish) = usize::try_from(position).ok().and_then(|position| position.checked_sub(1)) else {
        return Err(Error::invalid("position", "Places are counted from 1.").hint("Send 1 for the first place."));
    };
    let mut all = find::categories(tx.conn()).await?;
    all.retain(|other| other.id != row.id);
    all.insert(wish.min(all.len()), row.clone());
    let mut mine = row.position;
    for (place, mut category) in (1..).zip(all) {
        if category.id == row.id {
            mine = place;
        }
        if category.position == place {
            continue;
        }
        category.position = place;
        category::Entity::update_many()
            .col_expr(category::Column::Position, Expr::value(place))
            .filter(category::Column::Id.eq(category.id))
            .exec(tx.conn())
            .await?;
        faq::Entity::update_many()
            .col_expr(faq::Column::Rank, Expr::col(faq::Column::Position).add(faq::base(Some(&category))))
            .filter(faq::Column::CategoryId.eq(category.id))
            .exec(tx.conn())
            .await?;
    }
    Ok(mine)
}
