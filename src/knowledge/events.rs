//! What happens to articles, FAQs and their categories.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::access::{KnowledgeAudience, KnowledgeFacts, KnowledgeStatus};
use super::category;
use super::entry::Entry;
use crate::event_log::{Audience, Event, Subject};
use crate::ids::{KnowledgeCategoryId, RevisionId};

/// The kinds by name, as the log and clients' filters write them.
pub mod kind {
    crate::event_log::kinds! {
        /// It was written.
        ARTICLE_CREATED = "article.created";
        /// Texts, category, tags, slug or audience changed.
        ARTICLE_UPDATED = "article.updated";
        /// It can be read by its audience from now on.
        ARTICLE_PUBLISHED = "article.published";
        /// It is a draft again.
        ARTICLE_UNPUBLISHED = "article.unpublished";
        /// It is no longer valid.
        ARTICLE_ARCHIVED = "article.archived";
        /// Somebody said whether it helped, or changed their mind.
        ARTICLE_RATED = "article.rated";
        /// It is gone.
        ARTICLE_DELETED = "article.deleted";
        /// It was written.
        FAQ_CREATED = "faq.created";
        /// Texts, category or audience changed.
        FAQ_UPDATED = "faq.updated";
        /// It can be read by its audience from now on.
        FAQ_PUBLISHED = "faq.published";
        /// It is a draft again.
        FAQ_UNPUBLISHED = "faq.unpublished";
        /// It has another place in its category.
        FAQ_REORDERED = "faq.reordered";
        /// Somebody said whether it helped, or changed their mind.
        FAQ_RATED = "faq.rated";
        /// It is gone.
        FAQ_DELETED = "faq.deleted";
        /// There is a new category.
        CATEGORY_CREATED = "knowledge_category.created";
        /// Name, slug, description or place changed.
        CATEGORY_UPDATED = "knowledge_category.updated";
        /// It is gone.
        CATEGORY_DELETED = "knowledge_category.deleted";
    }
}

/// What the log keeps of a change: ids, keys, numbers. Texts before and after are in `revisions`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnowledgeData {
    /// How far the text was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_before: Option<KnowledgeStatus>,
    /// How far the text is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<KnowledgeStatus>,
    /// For whom the text is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audience: Option<KnowledgeAudience>,
    /// In which category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<KnowledgeCategoryId>,
    /// At which place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<i32>,
    /// Whether somebody found it helpful.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub helpful: Option<bool>,
    /// Which fields changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
    /// The texts before and after.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub revisions: Vec<RevisionId>,
}

/// Something happened to a text or a category.
#[derive(Clone, Debug, Serialize)]
pub struct KnowledgeEvent {
    #[serde(skip)]
    kind: &'static str,
    #[serde(skip)]
    subject: (&'static str, Uuid),
    #[serde(skip)]
    audience: Audience,
    #[serde(flatten)]
    data: KnowledgeData,
}

impl KnowledgeEvent {
    /// Something of `kind` happened to an article or an FAQ.
    pub fn of<E: Entry>(kind: &'static str, row: &E, data: KnowledgeData) -> Self {
        Self { kind, subject: (E::KIND, row.key()), audience: audience(&row.facts(), &data), data }
    }

    /// Only staff hear of it.
    pub fn for_staff(mut self) -> Self {
        self.audience = Audience::Staff;
        self
    }

    /// Readers hear of it as well if `public`: they could read it until now.
    pub fn or_public(mut self, public: bool) -> Self {
        if public {
            self.audience = Audience::Public;
        }
        self
    }

    /// Something of `kind` happened to a category. Everybody sees categories.
    pub fn category(kind: &'static str, row: &category::Model, data: KnowledgeData) -> Self {
        Self { kind, subject: ("knowledge_category", row.id.0), audience: Audience::Public, data }
    }
}

/// Readers hear of what they can read, and of what they could read until now; drafts are none of their business.
fn audience(facts: &KnowledgeFacts, data: &KnowledgeData) -> Audience {
    let was_or_is = |status| status == KnowledgeStatus::Published;
    let published = was_or_is(facts.status) || data.status_before.is_some_and(was_or_is);
    match published && facts.audience != KnowledgeAudience::Staff {
        true => Audience::Public,
        false => Audience::Staff,
    }
}

impl Event for KnowledgeEvent {
    fn kind(&self) -> &'static str {
        self.kind
    }
    fn subject(&self) -> Subject {
        Subject { kind: self.subject.0, id: self.subject.1, ticket: None }
    }
    fn audience(&self) -> Audience {
        self.audience
    }
}
