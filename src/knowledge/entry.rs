//! What articles and FAQs have in common, so that whatever both can do stands in one place.

use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};

use super::access::{KnowledgeAudience, KnowledgeFacts, KnowledgeStatus};
use super::{article, documents, faq, slug, workflow};
use crate::clock::Timestamp;
use crate::desk::{Outcome, Tx};
use crate::error::Result;
use crate::ids::KnowledgeCategoryId;

/// An article or an FAQ.
pub trait Entry: Outcome + Clone + Sync {
    /// The noun in the log, in the index and among the kept texts.
    const KIND: &'static str;
    /// The noun for people, at the beginning of a sentence.
    const NOUN: &'static str;
    /// The input field that names one.
    const FIELD: &'static str;

    /// What it may become from this status.
    fn moves(from: KnowledgeStatus) -> &'static [KnowledgeStatus];
    /// Who reads it.
    fn facts(&self) -> KnowledgeFacts;
    /// In which category.
    fn category(&self) -> Option<KnowledgeCategoryId>;
    /// What every change touches.
    fn marks(&mut self) -> Marks<'_>;
    /// Writes the whole row.
    fn store(&self, tx: &Tx) -> impl Future<Output = Result<()>> + Send;

    /// Whether readers, not only staff, can read it.
    fn is_public(&self) -> bool {
        let facts = self.facts();
        facts.status == KnowledgeStatus::Published && facts.audience != KnowledgeAudience::Staff
    }
}

/// The columns that every change of an entry touches.
pub struct Marks<'a> {
    /// How far it is.
    pub status: &'a mut KnowledgeStatus,
    /// Counts its changes.
    pub version: &'a mut i32,
    /// When it last changed.
    pub updated_at: &'a mut Timestamp,
    /// When it was last published.
    pub published_at: &'a mut Option<Timestamp>,
    /// How many people found it helpful.
    pub helpful: &'a mut i32,
    /// How many did not.
    pub not_helpful: &'a mut i32,
}

macro_rules! entry {
    ($row:path, $entity:ty, $kind:expr, $noun:literal, $field:literal, $moves:expr) => {
        impl Entry for $row {
            const KIND: &'static str = $kind;
            const NOUN: &'static str = $noun;
            const FIELD: &'static str = $field;

            fn moves(from: KnowledgeStatus) -> &'static [KnowledgeStatus] {
                $moves(from)
            }
            fn facts(&self) -> KnowledgeFacts {
                self.into()
            }
            fn category(&self) -> Option<KnowledgeCategoryId> {
                self.category_id
            }
            fn marks(&mut self) -> Marks<'_> {
                Marks {
                    status: &mut self.status,
                    version: &mut self.version,
                    updated_at: &mut self.updated_at,
                    published_at: &mut self.published_at,
                    helpful: &mut self.helpful_count,
                    not_helpful: &mut self.not_helpful_count,
                }
            }
            async fn store(&self, tx: &Tx) -> Result<()> {
                // The row was read under its lock, so that no view counted meanwhile is lost.
                let saved = self.clone().into_active_model().reset_all();
                <$entity>::update(saved).exec_without_returning(tx.conn()).await.map_err(slug::taken_meanwhile)?;
                Ok(())
            }
        }
    };
}

entry!(article::Model, article::Entity, documents::ARTICLE, "An article", "articleId", workflow::of_article);
entry!(faq::Model, faq::Entity, documents::FAQ, "An FAQ", "faqId", workflow::of_faq);
