//! One article of a file, checked. Every name a field may have:
//!
//! ```json
//! {"id": "360016466340", "title": "…", "body_markdown": "…", "category": "Software Support", "section": "Upload",
//!  "tags": ["ide"], "slug": "fix-upload", "status": "published", "audience": "public", "meta_description": "…",
//!  "created_at": "2024-01-31T09:30:00Z", "updated_at": "…", "published_at": "…"}
//! ```
//!
//! Needed: `id`, `title`, and `body` or `body_markdown`. Without `status` an article is published, without `audience` it is for
//! everybody. `url_path` gives the slug by its last part. A section becomes a tag. `locale` is read over: articles have no
//! translations yet.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Taken;
use super::fields::{Fields, long, short};
use super::run::Checked;
use crate::clock::Timestamp;
use crate::comments::comment::Format;
use crate::knowledge::access::{KnowledgeAudience, KnowledgeStatus};
use crate::knowledge::input::{BODY_MAX, DESCRIPTION_MAX, TITLE_MAX};
use crate::profile::Profile;
use crate::tickets::input;

/// An article, checked.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ArticleRow {
    /// Where it is in the file.
    pub place: String,
    /// Its id in the other system.
    pub external_id: String,
    /// On one line.
    pub title: String,
    /// The text.
    pub body: String,
    /// How it is written.
    pub format: Format,
    /// The slug that it should have if it is free, or the text to make one of.
    pub slug: Option<String>,
    /// What search engines show.
    pub meta_description: Option<String>,
    /// How far it is.
    pub status: KnowledgeStatus,
    /// For whom it is.
    pub audience: KnowledgeAudience,
    /// The name of its category.
    pub category: Option<String>,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// When it was written, if the file says so.
    pub created_at: Option<Timestamp>,
    /// When it last changed, if the file says so.
    pub updated_at: Option<Timestamp>,
    /// When it was published, if the file says so.
    pub published_at: Option<Timestamp>,
}

impl Checked for ArticleRow {
    fn place(&self) -> &str {
        &self.place
    }
    fn external_id(&self) -> &str {
        &self.external_id
    }
    fn weight(&self) -> usize {
        // Each takes a few statements of its own, and up to a megabyte.
        5 + self.body.len() / 4_000
    }
}

/// Checks one row.
pub fn check(profile: &Profile, now: Timestamp, place: String, map: &Map<String, Value>) -> Taken<ArticleRow> {
    let fields = Fields::new(map, now);
    let external_id = fields.id()?;
    let title = fields.text(&["title", "name"])?.ok_or("title is missing")?;
    let title = short("title", &title.split_whitespace().collect::<Vec<_>>().join(" "), TITLE_MAX)?;
    let body = fields.text(&["body_markdown", "body", "content"])?.ok_or("body is missing")?;
    let format = match fields.text(&["format"])?.map(|format| format.to_lowercase()).as_deref() {
        Some("markdown") | None => Format::Markdown,
        Some("plain") => Format::Plain,
        Some(_) => return Err("format is not known: MARKDOWN, PLAIN are".to_owned()),
    };
    let status = match fields.text(&["status"])?.map(|status| status.trim().to_lowercase()).as_deref() {
        Some("draft") => KnowledgeStatus::Draft,
        Some("published") => KnowledgeStatus::Published,
        Some("archived") => KnowledgeStatus::Archived,
        Some(other) => return Err(format!("status \"{}\" is not known: draft, published, archived are", cut(other))),
        None if fields.flag(&["draft"])? == Some(true) => KnowledgeStatus::Draft,
        None => KnowledgeStatus::Published,
    };
    let audience = match fields.text(&["audience"])?.map(|audience| audience.trim().to_lowercase()).as_deref() {
        Some("public") | None => KnowledgeAudience::Public,
        Some("customers") => KnowledgeAudience::Customers,
        Some("staff") => KnowledgeAudience::Staff,
        Some(other) => return Err(format!("audience \"{}\" is not known: public, customers, staff are", cut(other))),
    };
    let category = match fields.text(&["category"])? {
        Some(name) => Some(short("category", name.trim(), TITLE_MAX)?),
        None => None,
    };
    let mut tags = fields.list(&["tags", "labels"])?;
    tags.extend(fields.text(&["section"])?);
    let tags = input::tags(profile, "tags", &tags);
    let tags = tags.map_err(|error| format!("tags: {} {}", error.message(), error.way_out()))?;
    let slug = match fields.text(&["slug"])? {
        Some(slug) => Some(slug),
        None => fields
            .text(&["url_path", "permalink", "url"])?
            .and_then(|path| path.trim_end_matches('/').rsplit('/').next().map(str::to_owned)),
    };
    let meta_description = match fields.text(&["meta_description", "description"])? {
        Some(text) => {
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            Some(short("meta_description", &text, DESCRIPTION_MAX)?)
        }
        None => None,
    };
    Ok(ArticleRow {
        place,
        external_id,
        title,
        body: long("body", &body, BODY_MAX)?,
        format,
        slug,
        meta_description,
        status,
        audience,
        category,
        tags,
        created_at: fields.time(&["created_at", "date"])?,
        updated_at: fields.time(&["updated_at", "updated", "lastmod"])?,
        published_at: fields.time(&["published_at"])?,
    })
}

fn cut(text: &str) -> String {
    text.chars().take(64).collect()
}
