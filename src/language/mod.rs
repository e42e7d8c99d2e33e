//! The languages that people are answered in.
//!
//! The code says what it has to say in English: a literal, or [`say!`](crate::say) with named values. That sentence is its own key:
//! `german.toml` has it again with its translation, and a test holds that none is missing there and none is left over. A [`Said`] keeps
//! sentence and values apart until it is told, so that the same refusal, or a notice that was stored, can be told in any language.
//!
//! Which language a request is answered in is negotiated at the transport and carried with the work, as its counter of statements
//! is. Logs, reasons of closed sockets, descriptions of the schema and what the GraphQL library says of a document stay English; what
//! a profile says stays as the desk wrote it.

mod negotiate;
mod said;

use std::collections::HashMap;
use std::future::Future;
use std::sync::LazyLock;

pub use negotiate::negotiate;
pub use said::{Said, Word};

/// A language that everything is said in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// What the code is written in.
    #[default]
    English,
    /// Translated in `german.toml`.
    German,
}

impl Language {
    /// Every language.
    pub const ALL: &'static [Self] = &[Self::English, Self::German];

    /// Its tag, as HTTP has it.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    /// What a sentence of the code is in this language, if it is known.
    pub fn translation(self, sentence: &str) -> Option<&'static str> {
        match self {
            Self::English => None,
            Self::German => GERMAN.get(sentence).map(String::as_str),
        }
    }

    /// Every sentence that is translated into this language.
    pub fn sentences(self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let catalogue = match self {
            Self::English => None,
            Self::German => Some(&*GERMAN),
        };
        catalogue.into_iter().flatten().map(|(sentence, translation)| (sentence.as_str(), translation.as_str()))
    }
}

// A file that does not read leaves everything English; a test holds that it reads.
static GERMAN: LazyLock<HashMap<String, String>> =
    LazyLock::new(|| toml::from_str(include_str!("german.toml")).unwrap_or_default());

tokio::task_local! {
    static PRESENT: Language;
}

/// Does `work` in a language: what it tells is told in that.
pub async fn speaking<F: Future>(language: Language, work: F) -> F::Output {
    PRESENT.scope(language, work).await
}

/// The same for work that waits for nothing.
pub fn spoken<R>(language: Language, work: impl FnOnce() -> R) -> R {
    PRESENT.sync_scope(language, work)
}

/// The language of the present request, to be carried into a task it starts. Outside any request it is English.
pub fn present() -> Language {
    PRESENT.try_with(|language| *language).unwrap_or_default()
}
