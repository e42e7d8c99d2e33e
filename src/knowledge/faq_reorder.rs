//! Moves an FAQ to another place in its category.

use async_graphql::InputObject;
use sea_orm::sea_query::LockType;
use sea_orm::{EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use serde::{Deserialize, Serialize};

use super::events::{KnowledgeData, KnowledgeEvent, kind};
use super::faq_create::of;
use super::{faq, find, input};
use crate::desk::{Operation, Tx, WriteOptions};
use crate::error::{Error, Result};
use crate::ids::FaqId;

/// Moves an FAQ to another place in its category; the others make room.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "FaqReorderInput")]
pub struct FaqReorder {
    /// Which FAQ.
    pub faq_id: FaqId,
    /// The new place in its category, from 1. Beyond the end means the end.
    pub position: i32,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key and expected version.
    pub options: WriteOptions,
}

impl Operation for FaqReorder {
    type Outcome = faq::Model;
    const NAME: &'static str = "faq.reorder";

    fn options(&self) -> WriteOptions {
        self.options.clone()
    }

    async fn run(&self, tx: &mut Tx) -> Result<faq::Model> {
        let row = find::lock_faq(tx, self.faq_id).await?;
        let Some(wish) = usize::try_from(self.position).ok().and_then(|position| position.checked_sub(1)) else {
            return Err(Error::invalid("position", "Places are counted from 1.").hint("Send 1 for the first place."));
        };
        let category = input::category(tx, row.category_id).await?;
        // By id, so that two who reorder the same category cannot lock each other out.
        let mut all = faq::Entity::find()
            .filter(of(row.category_id))
            .order_by_asc(faq::Column::Id)
            .lock(LockType::NoKeyUpdate)
            .all(tx.conn())
            .await?;
        all.sort_by_key(|faq| (faq.rank, faq.id));
        let Some(from) = all.iter().position(|faq| faq.id == row.id) else {
            // It was moved to another category between the two look-ups.
            return Err(Error::not_found("FAQ").at("faqId"));
        };
        let moved = all.remove(from);
        all.insert(wish.min(all.len()), moved);
        let mut outcome = row.clone();
        for (place, faq) in (1..).zip(&all) {
            let rank = faq::rank(category.as_ref(), place);
            if (faq.position, faq.rank) == (place, rank) {
                continue;
            }
            // Only the moved one gets a new version: whoever edits another meanwhile loses nothing.
            let is_moved = faq.id == row.id;
            let mut change =
                faq::ActiveModel { id: Set(faq.id), position: Set(place), rank: Set(rank), ..Default::default() };
            if is_moved {
                outcome.position = place;
                outcome.rank = rank;
                outcome.version += 1;
                outcome.updated_at = tx.now;
                change.version = Set(outcome.version);
                change.updated_at = Set(tx.now);
            }
            faq::Entity::update(change).exec_without_returning(tx.conn()).await?;
        }
        if outcome == row {
            tx.nothing_changed();
            return Ok(row);
        }
        let data =
            KnowledgeData { category: row.category_id, position: Some(outcome.position), ..KnowledgeData::default() };
        tx.append(&KnowledgeEvent::of(kind::FAQ_REORDERED, &outcome, data))?;
        Ok(outcome)
    }
}
