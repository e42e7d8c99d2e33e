//! How far a text is: draft → published → archived, and back to draft.

use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};

use super::access::KnowledgeStatus::{self, Archived, Draft, Published};
use super::events::{KnowledgeData, KnowledgeEvent};
use super::{article, faq};
use crate::desk::Tx;
use crate::error::{Code, Detail, Error, Result};

/// What an article in this status may become.
pub const fn of_article(from: KnowledgeStatus) -> &'static [KnowledgeStatus] {
    match from {
        Draft => &[Published],
        Published => &[Draft, Archived],
        Archived => &[Draft],
    }
}

/// What an FAQ in this status may become. FAQs are not archived.
pub const fn of_faq(from: KnowledgeStatus) -> &'static [KnowledgeStatus] {
    match from {
        Draft => &[Published],
        Published | Archived => &[Draft],
    }
}

/// The name for people.
pub const fn name(status: KnowledgeStatus) -> &'static str {
    match status {
        Draft => "Draft",
        Published => "Published",
        Archived => "Archived",
    }
}

/// The key for programs, as the API writes it.
pub const fn key(status: KnowledgeStatus) -> &'static str {
    match status {
        Draft => "DRAFT",
        Published => "PUBLISHED",
        Archived => "ARCHIVED",
    }
}

/// Checks a move.
///
/// # Errors
/// `INVALID_TRANSITION` with the statuses that the text can move to.
pub fn check(
    allowed: &[KnowledgeStatus],
    noun: &str,
    field: &str,
    from: KnowledgeStatus,
    to: KnowledgeStatus,
) -> Result<()> {
    if allowed.contains(&to) {
        return Ok(());
    }
    let names: Vec<&str> = allowed.iter().map(|status| key(*status)).collect();
    Err(Error::with(Code::InvalidTransition, format!("{noun} that is {} cannot become {}.", key(from), key(to)))
        .at(field)
        .hint(format!("It can become: {}.", names.join(", ")))
        .detail(Detail::Transitions(
            allowed.iter().map(|status| (key(*status).to_owned(), name(*status).to_owned())).collect(),
        )))
}

/// Moves an article to another status, saves it and records it as `kind`. One that is there already stays as it is.
pub async fn move_article(
    tx: &mut Tx,
    row: &mut article::Model,
    to: KnowledgeStatus,
    kind: &'static str,
) -> Result<()> {
    if row.status == to {
        tx.nothing_changed();
        return Ok(());
    }
    check(of_article(row.status), "An article", "articleId", row.status, to)?;
    let status_before = std::mem::replace(&mut row.status, to);
    if to == Published {
        row.published_at = Some(tx.now);
    }
    save_article(tx, row).await?;
    let data = KnowledgeData { category: row.category_id, ..moved(status_before, to) };
    tx.append(&KnowledgeEvent::article(kind, row, data))
}

/// Moves an FAQ to another status, saves it and records it as `kind`. One that is there already stays as it is.
pub async fn move_faq(tx: &mut Tx, row: &mut faq::Model, to: KnowledgeStatus, kind: &'static str) -> Result<()> {
    if row.status == to {
        tx.nothing_changed();
        return Ok(());
    }
    check(of_faq(row.status), "An FAQ", "faqId", row.status, to)?;
    let status_before = std::mem::replace(&mut row.status, to);
    if to == Published {
        row.published_at = Some(tx.now);
    }
    save_faq(tx, row).await?;
    let data = KnowledgeData { category: row.category_id, ..moved(status_before, to) };
    tx.append(&KnowledgeEvent::faq(kind, row, data))
}

fn moved(before: KnowledgeStatus, after: KnowledgeStatus) -> KnowledgeData {
    KnowledgeData { status_before: Some(before), status: Some(after), ..KnowledgeData::default() }
}

/// Saves a changed article as its next version.
pub async fn save_article(tx: &Tx, row: &mut article::Model) -> Result<()> {
    row.version += 1;
    row.updated_at = Ord::max(row.updated_at, tx.now);
    let saved = row.clone().into_active_model().reset_all();
    article::Entity::update(saved).exec_without_returning(tx.conn()).await.map_err(super::slug::taken_meanwhile)?;
    Ok(())
}

/// Saves a changed FAQ as its next version.
pub async fn save_faq(tx: &Tx, row: &mut faq::Model) -> Result<()> {
    row.version += 1;
    row.updated_at = Ord::max(row.updated_at, tx.now);
    let saved = row.clone().into_active_model().reset_all();
    faq::Entity::update(saved).exec_without_returning(tx.conn()).await?;
    Ok(())
}
