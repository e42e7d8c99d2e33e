//! The knowledge base: articles and FAQs in categories, from draft to published, for everybody, for customers or for staff.
//!
//! Whoever may read a text is decided in `access`, in three views of one rule. Answers for the search index are in `documents`.
//!
//! What articles and FAQs have in common stands once, over the trait of `entry`. Views are counted in memory (`views`): a query never
//! writes.
//!
//! Deliberately absent for now: translations, schedules.

pub mod access;
pub mod article;
pub mod category;
pub mod documents;
pub mod entry;
pub mod events;
pub mod faq;
pub mod feedback;
pub mod filter;
pub mod find;
pub mod input;
pub mod loaders;
pub mod popular;
pub mod revisions;
pub mod slug;
pub mod views;
pub mod workflow;

pub mod article_archive;
pub mod article_create;
pub mod article_delete;
pub mod article_feedback;
pub mod article_publish;
pub mod article_restore_revision;
pub mod article_unpublish;
pub mod article_update;
pub mod category_create;
pub mod category_delete;
pub mod category_update;
pub mod faq_create;
pub mod faq_delete;
pub mod faq_feedback;
pub mod faq_publish;
pub mod faq_reorder;
pub mod faq_unpublish;
pub mod faq_update;

#[cfg(test)]
pub(crate) mod tests;

pub use access::{Articles, Faqs, KnowledgeFacts};
