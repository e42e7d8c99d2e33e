//! How far a text is: draft → published → archived, and back to draft.

use super::access::KnowledgeStatus::{self, Archived, Draft, Published};
use super::entry::Entry;
use super::events::{KnowledgeData, KnowledgeEvent};
use super::input::Changes;
use crate::desk::Tx;
use crate::error::{Code, Detail, Error, Result};
use crate::language::Said;
use crate::say;

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

/// Moves an entry to another status, saves it and records it as `kind`. One that is there already stays as it is.
///
/// # Errors
/// `INVALID_TRANSITION` with the statuses that it can move to.
pub async fn move_to<E: Entry>(tx: &mut Tx, row: &mut E, to: KnowledgeStatus, kind: &'static str) -> Result<()> {
    let from = row.facts().status;
    if from == to {
        tx.nothing_changed();
        return Ok(());
    }
    let allowed = E::moves(from);
    if !allowed.contains(&to) {
        let names: Vec<&str> = allowed.iter().map(|status| key(*status)).collect();
        let message = say!(
            "{noun} that is {from} cannot become {to}.",
            noun = Said::from(E::NOUN),
            from = key(from),
            to = key(to)
        );
        let choices = allowed.iter().map(|status| (key(*status).to_owned(), name(*status).to_owned())).collect();
        return Err(Error::with(Code::InvalidTransition, message)
            .at(E::FIELD)
            .hint(say!("It can become: {allowed}.", allowed = names.join(", ")))
            .detail(Detail::Transitions(choices)));
    }
    let marks = row.marks();
    *marks.status = to;
    if to == Published {
        *marks.published_at = Some(tx.now);
    }
    save(tx, row).await?;
    let data = KnowledgeData {
        status_before: Some(from),
        status: Some(to),
        category: row.category(),
        ..KnowledgeData::default()
    };
    tx.append(&KnowledgeEvent::of(kind, row, data))
}

/// Saves a changed entry as its next version.
pub async fn save<E: Entry>(tx: &Tx, row: &mut E) -> Result<()> {
    let marks = row.marks();
    *marks.version += 1;
    *marks.updated_at = Ord::max(*marks.updated_at, tx.now);
    row.store(tx).await
}

/// Saves what an update changed and records it as `kind`; an update that changed nothing writes nothing. Readers who could read it
/// until now (`was_public`) hear of the change, too.
pub async fn save_changes<E: Entry>(
    tx: &mut Tx,
    row: &mut E,
    changes: Changes,
    was_public: bool,
    kind: &'static str,
) -> Result<()> {
    if changes.fields.is_empty() {
        tx.nothing_changed();
        return Ok(());
    }
    save(tx, row).await?;
    let data = KnowledgeData {
        audience: Some(row.facts().audience),
        category: row.category(),
        fields: changes.fields,
        revisions: changes.revisions,
        ..KnowledgeData::default()
    };
    tx.append(&KnowledgeEvent::of(kind, row, data).or_public(was_public))
}
