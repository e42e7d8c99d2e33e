//! Texts that people write: Markdown to safe HTML, Markdown to plain text, and slugs.
//!
//! Whatever comes in, [`html`] answers only what a browser may show inside a page of ours: no script, no style, no form, links and
//! images over http, https and mailto. It is made anew at each reading, so that a stricter rule reaches old texts too.
//!
//! Deliberately absent: storing HTML, and any format other than Markdown and plain text.

mod blank;
mod html;
mod plain;
mod slug;

pub use blank::is_blank;
pub use html::{html, html_of_plain};
pub use plain::plain;
pub use slug::{SLUG_MAX, is_slug, slug};

use pulldown_cmark::Options;

/// The Markdown that people may write: CommonMark with tables, strikethrough, task lists and alerts.
fn dialect() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS | Options::ENABLE_GFM
}
