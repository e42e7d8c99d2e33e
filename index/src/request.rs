//! What can be asked, and what is answered.
//!
//! There is no query syntax here: a request holds words and a filter tree. Parsing what people type is the caller's
//! job, so no text of theirs is ever read as an operator.

use crate::document::Position;

/// One search. Start from [`Request::new`] and change what differs.
#[derive(Clone, Debug)]
pub struct Request {
    /// Words to look for; any of them may match, better matches rank higher. Empty or blank: the filter alone
    /// selects, newest `updated_at` first.
    pub text: String,
    /// Only documents of these kinds; empty: all kinds.
    pub kinds: Vec<String>,
    /// Only documents the filter admits. It restricts inside the query: totals and ranks never show others.
    pub filter: Filter,
    /// Whether `internal` texts may be searched, shown and used for spelling.
    pub internal: bool,
    /// Whether unknown words are replaced by close words of this index before searching.
    pub spelling: bool,
    /// Whether the last word of `text` is still being typed: words it begins count as well.
    pub unfinished: bool,
    /// Whether to count all matches. Counting visits every match; leave it out when nobody looks.
    pub total: bool,
    /// Fields whose values are to be counted among all matches. As costly as visiting every match.
    pub facets: Vec<String>,
    /// How many of the best hits to skip. Offset and limit together are at most [`Request::MAX_WINDOW`].
    pub offset: usize,
    /// How many hits to return.
    pub limit: usize,
    /// Whether to mark the words found. Without it, titles and snippets come as one unmarked fragment.
    pub highlight: bool,
    /// How long snippets are, in characters, about. 0: no snippets.
    pub snippet_chars: usize,
}

impl Request {
    /// The deepest hit that can be asked for. Deeper paging costs memory per request; narrow the filter instead.
    pub const MAX_WINDOW: usize = 10_000;

    /// The ten best matches of `text` with highlights, spelling, total and snippets of 160 characters.
    pub fn new(text: impl Into<String>) -> Self {
        Request {
            text: text.into(),
            kinds: Vec::new(),
            filter: Filter::All,
            internal: false,
            spelling: true,
            unfinished: false,
            total: true,
            facets: Vec::new(),
            offset: 0,
            limit: 10,
            highlight: true,
            snippet_chars: 160,
        }
    }
}

/// Which documents may be found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Filter {
    /// Every document.
    #[default]
    All,
    /// No document.
    Nothing,
    /// Documents with this (field, value) among their terms.
    Term(String, String),
    /// Documents with at least one of these values in the field. No value: no document.
    AnyOf(String, Vec<String>),
    /// Created at or after the first and before the second, in milliseconds since 1970; `None` is open.
    Created(Option<i64>, Option<i64>),
    /// Updated at or after the first and before the second, in milliseconds since 1970; `None` is open.
    Updated(Option<i64>, Option<i64>),
    /// Documents with one of these ids.
    Ids(Vec<u128>),
    /// All of these. Empty: every document.
    And(Vec<Filter>),
    /// Any of these. Empty: no document.
    Or(Vec<Filter>),
    /// Documents the inner filter does not admit.
    Not(Box<Filter>),
}

impl Filter {
    /// Documents with this value in the field.
    pub fn term(field: impl Into<String>, value: impl Into<String>) -> Self {
        Filter::Term(field.into(), value.into())
    }
}

/// The answer to one [`Request`].
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The hits asked for, best first.
    pub hits: Vec<Hit>,
    /// How many documents match under the filter, exactly; `None` if [`Request::total`] was off.
    pub total: Option<usize>,
    /// For each of [`Request::facets`] its values with how many matches have them, the most frequent first. Values without a match
    /// are missing. Empty if nothing can match.
    pub facets: Vec<(String, Vec<(String, usize)>)>,
    /// The text that was really searched, if spelling replaced a word.
    pub corrected: Option<String>,
    /// The log position of what was searched.
    pub position: Position,
}

/// One document found.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// The document's id.
    pub id: u128,
    /// The document's kind.
    pub kind: String,
    /// How well it matches. Only comparable within one answer; 0 when nothing was searched for.
    pub score: f32,
    /// The title, words found marked.
    pub title: Vec<Fragment>,
    /// The passage that matches best, words found marked; the beginning of the text if none matches there.
    pub snippet: Vec<Fragment>,
    /// Whether the snippet is from the `internal` text. Never without [`Request::internal`].
    pub snippet_is_internal: bool,
}

/// A piece of a title or snippet. Pieces put together are the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fragment {
    /// Plain text, not escaped for any markup.
    pub text: String,
    /// Whether this is a word that was searched for.
    pub matched: bool,
}
