//! The loaders of the knowledge base: what many articles, FAQs and categories of one answer ask for, in one statement each.

use std::collections::HashMap;
use std::hash::Hash;

use sea_orm::{DatabaseConnection, DbErr};
use uuid::Uuid;

use crate::graphql::loaders::Loader;
use crate::ids::{ArticleId, KnowledgeCategoryId, PersonId};
use crate::knowledge::access::Reader;
use crate::knowledge::feedback::{self, KnowledgeFeedback};
use crate::knowledge::{article, category, faq, loaders};

/// The first rows of a category: which one, for whom, how many.
type First = (KnowledgeCategoryId, Reader, u64);

/// All loaders of the knowledge base.
pub struct KnowledgeLoaders {
    /// Categories by id.
    pub categories: Loader<KnowledgeCategoryId, category::Model>,
    /// The tags of articles.
    pub tags: Loader<ArticleId, Vec<String>>,
    /// What people said about articles and FAQs.
    pub feedback: Loader<(PersonId, Uuid), KnowledgeFeedback>,
    /// The first articles of categories.
    pub articles: Loader<First, Vec<article::Model>>,
    /// The first FAQs of categories.
    pub faqs: Loader<First, Vec<faq::Model>>,
    /// How many articles and FAQs of a category somebody reads.
    pub counts: Loader<(KnowledgeCategoryId, Reader), (i64, i64)>,
}

impl KnowledgeLoaders {
    /// Loaders that have nothing loaded yet.
    pub fn new(db: &DatabaseConnection) -> Self {
        Self {
            categories: Loader::new(db, |db, ids| async move { loaders::categories(&db, &ids).await }),
            tags: Loader::new(db, |db, ids| async move { loaders::tags(&db, &ids).await }),
            feedback: Loader::new(db, |db, pairs| async move { feedback::of(&db, &pairs).await }),
            articles: Loader::new(db, |db, keys: Vec<First>| async move {
                let mut found = HashMap::new();
                for ((reader, limit), ids) in groups(keys, |(id, reader, limit)| ((reader, limit), id)) {
                    let rows = loaders::first_articles(&db, &ids, reader, limit).await?;
                    found.extend(rows.into_iter().map(|(id, rows)| ((id, reader, limit), rows)));
                }
                Ok::<_, DbErr>(found)
            }),
            faqs: Loader::new(db, |db, keys: Vec<First>| async move {
                let mut found = HashMap::new();
                for ((reader, limit), ids) in groups(keys, |(id, reader, limit)| ((reader, limit), id)) {
                    let rows = loaders::first_faqs(&db, &ids, reader, limit).await?;
                    found.extend(rows.into_iter().map(|(id, rows)| ((id, reader, limit), rows)));
                }
                Ok::<_, DbErr>(found)
            }),
            counts: Loader::new(db, |db, keys: Vec<(KnowledgeCategoryId, Reader)>| async move {
                let mut found = HashMap::new();
                for (reader, ids) in groups(keys, |(id, reader)| (reader, id)) {
                    let counts = loaders::counts(&db, &ids, reader).await?;
                    found.extend(counts.into_iter().map(|(id, counts)| ((id, reader), counts)));
                }
                Ok::<_, DbErr>(found)
            }),
        }
    }
}

/// One group, and so one statement, unless a document asks for several sizes.
fn groups<K, G: Eq + Hash>(
    keys: Vec<K>,
    split: impl Fn(K) -> (G, KnowledgeCategoryId),
) -> HashMap<G, Vec<KnowledgeCategoryId>> {
    let mut groups: HashMap<G, Vec<KnowledgeCategoryId>> = HashMap::new();
    for (group, id) in keys.into_iter().map(split) {
        groups.entry(group).or_default().push(id);
    }
    groups
}
