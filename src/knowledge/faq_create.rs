//! Writes an FAQ.

use async_graphql::InputObject;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect};
use serde::{Deserialize, Serialize};

use super::access::{KnowledgeAudience, KnowledgeStatus, allow_writing};
use super::article_create::{markdown, public};
use super::events::{KnowledgeData, KnowledgeEvent, kind};
use super::{faq, input};
use crate::access::Permission;
use crate::comments::comment::Format;
use crate::desk::{CreateOptions, Operation, Tx, WriteOptions};
use crate::error::{Faults, Result};
use crate::ids::{FaqId, KnowledgeCategoryId};

/// Writes a question that is asked often, with its answer. It begins as a draft, at the end of its category.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "FaqCreateInput")]
pub struct FaqCreate {
    /// The question, on one line: 1 to 200 characters.
    pub question: String,
    /// The answer: 1 to 200,000 characters.
    pub answer: String,
    /// How the answer is written.
    #[graphql(default_with = "Format::Markdown")]
    #[serde(default = "markdown")]
    pub format: Format,
    /// For whom it is once published.
    #[graphql(default_with = "KnowledgeAudience::Public")]
    #[serde(default = "public")]
    pub audience: KnowledgeAudience,
    /// In which category.
    pub category_id: Option<KnowledgeCategoryId>,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key.
    pub options: CreateOptions,
}

impl Operation for FaqCreate {
    type Outcome = faq::Model;
    const NAME: &'static str = "faq.create";

    fn options(&self) -> WriteOptions {
        self.options.clone().into()
    }

    async fn run(&self, tx: &mut Tx) -> Result<faq::Model> {
        allow_writing(tx, Permission::FaqWrite, None)?;
        let mut faults = Faults::default();
        let (Some(question), Some(answer), Some(category)) = (
            faults.take(input::title("question", &self.question)),
            faults.take(input::body("answer", &self.answer)),
            faults.take(input::category(tx, self.category_id).await),
        ) else {
            return Err(faults.error());
        };
        let category_id = category.as_ref().map(|category| category.id);
        let position = last(tx.conn(), category_id).await? + 1;
        let row = faq::Model {
            id: FaqId::new(),
            question,
            answer,
            format: self.format,
            status: KnowledgeStatus::Draft,
            audience: self.audience,
            category_id,
            position,
            rank: faq::rank(category.as_ref(), position),
            version: 1,
            source: None,
            external_id: None,
            created_at: tx.now,
            updated_at: tx.now,
            published_at: None,
            view_count: 0,
            helpful_count: 0,
            not_helpful_count: 0,
        };
        faq::Entity::insert(row.clone().into_active_model()).exec_without_returning(tx.conn()).await?;
        let data = KnowledgeData {
            status: Some(row.status),
            audience: Some(row.audience),
            category: row.category_id,
            position: Some(position),
            ..KnowledgeData::default()
        };
        tx.append(&KnowledgeEvent::of(kind::FAQ_CREATED, &row, data))?;
        Ok(row)
    }
}

/// The last place that is taken in a category; 0 if it is empty. Two who write at once may get the same place: then the earlier id
/// comes first, and the next reordering sets it right.
pub(super) async fn last(conn: &impl ConnectionTrait, category: Option<KnowledgeCategoryId>) -> Result<i32, DbErr> {
    let last: Option<Option<i32>> = faq::Entity::find()
        .select_only()
        .column_as(faq::Column::Position.max(), "last")
        .filter(of(category))
        .into_tuple()
        .one(conn)
        .await?;
    Ok(last.flatten().unwrap_or(0))
}

/// The FAQs of a category, or those without one.
pub(super) fn of(category: Option<KnowledgeCategoryId>) -> sea_orm::sea_query::SimpleExpr {
    match category {
        Some(id) => faq::Column::CategoryId.eq(id),
        None => faq::Column::CategoryId.is_null(),
    }
}
