//! Checks of what people write into the knowledge base.

use crate::desk::Tx;
use crate::error::{Error, Result};
use crate::ids::{KnowledgeCategoryId, RevisionId};
use crate::knowledge::{category, find};
use crate::say;
use crate::text;
use crate::tickets::{input, revision};

/// The longest title of an article, question of an FAQ, and name of a category.
pub const TITLE_MAX: usize = 200;
/// The longest body of an article and answer of an FAQ.
pub const BODY_MAX: usize = 200_000;
/// The longest meta description and description of a category.
pub const DESCRIPTION_MAX: usize = 500;

/// A title, question or name: one line of 1 to [`TITLE_MAX`] characters.
pub fn title(field: &str, title: &str) -> Result<String> {
    line(field, title, TITLE_MAX)
}

/// A body or answer: 1 to [`BODY_MAX`] characters.
pub fn body(field: &str, body: &str) -> Result<String> {
    input::text(field, body, 1, BODY_MAX)
}

/// A short description on one line; an empty one is none.
pub fn description(field: &str, text: Option<&str>) -> Result<Option<String>> {
    match text.map(str::trim).filter(|text| !text.is_empty()) {
        Some(text) => line(field, text, DESCRIPTION_MAX).map(Some),
        None => Ok(None),
    }
}

fn line(field: &str, text: &str, max: usize) -> Result<String> {
    let text = input::text(field, text, 1, max)?;
    match text.contains(['\n', '\r']) {
        true => Err(Error::invalid(field, "This is one line.").hint("Leave the line breaks out.")),
        false => Ok(text),
    }
}

/// A slug as somebody wishes it.
///
/// # Errors
/// `INVALID_VALUE` at `slug` with the nearest slug there is.
pub fn slug(wish: &str) -> Result<String> {
    let near = text::slug(wish);
    if !near.is_empty() && near == wish {
        return Ok(near);
    }
    let example = if near.is_empty() { "reset-my-password" } else { &near };
    Err(Error::invalid(
        "slug",
        say!(
            "A slug has lower-case letters and digits, joined by hyphens, at most {max} characters.",
            max = text::SLUG_MAX
        ),
    )
    .hint(say!("Send \"{example}\".", example)))
}

/// The category with this id.
///
/// # Errors
/// `NOT_FOUND` at `categoryId`.
pub async fn category(tx: &Tx, id: Option<KnowledgeCategoryId>) -> Result<Option<category::Model>> {
    let Some(id) = id else { return Ok(None) };
    let found = find::category(tx.conn(), id).await?;
    found.map(Some).ok_or_else(|| Error::not_found("knowledge category").at("categoryId"))
}

/// Which fields an update changed, and the texts it replaced.
#[derive(Default)]
pub struct Changes {
    /// The fields, as the API names them.
    pub fields: Vec<String>,
    /// The texts before and after.
    pub revisions: Vec<RevisionId>,
}

impl Changes {
    /// Sets `field` to `wish` if it differs.
    pub fn set<T: PartialEq>(&mut self, field: &str, present: &mut T, wish: T) {
        if *present != wish {
            *present = wish;
            self.fields.push(field.to_owned());
        }
    }

    /// Sets a text to `wish` if it differs, and keeps the one before.
    pub async fn set_text(
        &mut self,
        tx: &Tx,
        subject: (&str, uuid::Uuid),
        field: &str,
        present: &mut String,
        wish: String,
    ) -> Result<()> {
        if *present != wish {
            self.revisions.push(revision::keep(tx, subject, field, Some(present), Some(&wish)).await?);
            self.set(field, present, wish);
        }
        Ok(())
    }
}
