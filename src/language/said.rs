//! Something that is said to a client: a sentence of the code and its values, to be told in any language.

use std::borrow::Cow;
use std::fmt;

use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;
use async_graphql::{ContextSelectionSet, OutputType, Positioned, ServerResult, Value};
use serde::{Deserialize, Serialize};

use super::{Language, present};

/// A sentence, as the code has it, and its values by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Kept", into = "Kept")]
pub struct Said {
    sentence: Cow<'static, str>,
    with: Vec<(Cow<'static, str>, Word)>,
}

/// A value in a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Word {
    /// The same in every language.
    Text(String),
    /// Said in a language of its own: a noun, a part of a sentence.
    Said(Said),
}

/// How it is stored: notices are kept with the outcome of an idempotent request.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Kept {
    Plain(String),
    With { say: String, with: Vec<(String, Kept)> },
}

/// Something to be said, with values that stand in it by name: `say!("Send at most {max}.", max = LONGEST)`. A value that is itself
/// [`Said`] is told in the same language.
#[macro_export]
macro_rules! say {
    ($sentence:literal) => {
        $crate::language::Said::from($sentence)
    };
    ($sentence:literal, $($name:ident $(= $value:expr)?),+ $(,)?) => {
        $crate::language::Said::from($sentence)$(.with(stringify!($name), $crate::say!(@value $name $(= $value)?)))+
    };
    (@value $name:ident) => {
        &$name
    };
    (@value $name:ident = $value:expr) => {
        &$value
    };
}

impl Said {
    /// Puts a value into the sentence.
    pub fn with<'a, W: ?Sized>(mut self, name: &'static str, value: &'a W) -> Self
    where
        Word: From<&'a W>,
    {
        self.with.push((Cow::Borrowed(name), value.into()));
        self
    }

    /// It, in a language. What is not translated is told in English.
    pub fn in_language(&self, language: Language) -> String {
        let sentence = language.translation(&self.sentence).unwrap_or(&self.sentence);
        if self.with.is_empty() {
            return sentence.to_owned();
        }
        let mut told = String::with_capacity(sentence.len() + 32);
        let mut rest = sentence;
        while let Some((before, (name, after))) =
            rest.split_once('{').map(|(before, at)| (before, at.split_once('}').unwrap_or((at, ""))))
        {
            told.push_str(before);
            match self.with.iter().find(|(known, _)| known == name) {
                Some((_, Word::Text(text))) => told.push_str(text),
                Some((_, Word::Said(said))) => told.push_str(&said.in_language(language)),
                None => {
                    told.push('{');
                    told.push_str(name);
                    told.push('}');
                }
            }
            rest = after;
        }
        told.push_str(rest);
        told
    }

    /// It, in the language of the present request.
    pub fn here(&self) -> String {
        self.in_language(present())
    }
}

impl From<&'static str> for Said {
    fn from(sentence: &'static str) -> Self {
        Self { sentence: Cow::Borrowed(sentence), with: Vec::new() }
    }
}

/// English: for logs, the command line and whoever compares.
impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.in_language(Language::English))
    }
}

impl PartialEq<str> for Said {
    fn eq(&self, other: &str) -> bool {
        self.in_language(Language::English) == other
    }
}

impl PartialEq<&str> for Said {
    fn eq(&self, other: &&str) -> bool {
        self == *other
    }
}

impl From<&Said> for Word {
    fn from(said: &Said) -> Self {
        Self::Said(said.clone())
    }
}

macro_rules! same_everywhere {
    ($($kind:ty),*) => {$(
        impl From<&$kind> for Word {
            fn from(value: &$kind) -> Self {
                Self::Text(value.to_string())
            }
        }
    )*};
}

same_everywhere!(str, &str, &&str, String, &String, Cow<'_, str>, char, u8, i32, u32, i64, u64, u128, usize);

impl From<Kept> for Said {
    fn from(kept: Kept) -> Self {
        match kept {
            Kept::Plain(sentence) => Self { sentence: sentence.into(), with: Vec::new() },
            Kept::With { say, with } => {
                let word = |kept| match kept {
                    Kept::Plain(text) => Word::Text(text),
                    with => Word::Said(with.into()),
                };
                Self {
                    sentence: say.into(),
                    with: with.into_iter().map(|(name, kept)| (name.into(), word(kept))).collect(),
                }
            }
        }
    }
}

impl From<Said> for Kept {
    fn from(said: Said) -> Self {
        if said.with.is_empty() {
            return Self::Plain(said.sentence.into_owned());
        }
        let word = |word| match word {
            Word::Text(text) => Self::Plain(text),
            // Not as plain text, even without values: it is to be translated again.
            Word::Said(said) => match said.into() {
                Self::Plain(say) => Self::With { say, with: Vec::new() },
                with => with,
            },
        };
        let with = said.with.into_iter().map(|(name, value)| (name.into_owned(), word(value))).collect();
        Self::With { say: said.sentence.into_owned(), with }
    }
}

/// A text of the schema, told when it is sent.
impl OutputType for Said {
    fn type_name() -> Cow<'static, str> {
        <String as OutputType>::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        <String as OutputType>::create_type_info(registry)
    }

    async fn resolve(&self, _: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
        Ok(Value::String(self.here()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stand_where_they_belong_in_every_language_and_are_never_read_as_sentences() {
        let max = 3;
        let said = say!("Send at most {max}.", max);
        assert_eq!(said.to_string(), "Send at most 3.");
        assert_eq!(said.in_language(Language::German), "Senden Sie höchstens 3.");
        let tricky = say!("\"{got}\" is not one of: {allowed}.", got = "{allowed} {x", allowed = "a, b");
        assert_eq!(tricky.to_string(), "\"{allowed} {x\" is not one of: a, b.");
        let nested = say!("There is no such {noun}, or it is not yours to see.", noun = say!("person"));
        assert_eq!(nested.in_language(Language::German), "Das gibt es nicht, oder Sie dürfen es nicht sehen: Person.");
        assert_eq!(
            say!("Values stand in double braces: {{ ticket.number }}.").to_string(),
            "Values stand in double braces: {{ ticket.number }}."
        );
    }

    #[test]
    fn what_is_stored_is_told_in_another_language_later() {
        let nested = say!("There is no such {noun}, or it is not yours to see.", noun = say!("person"));
        for said in [nested, say!("Send at most {max}.", max = 3), say!("Send it again.")] {
            let text = serde_json::to_string(&said).unwrap();
            assert_eq!(serde_json::from_str::<Said>(&text).unwrap(), said, "{text}");
        }
        let old: Said = serde_json::from_str("\"A notice of an older version.\"").unwrap();
        assert_eq!(old.to_string(), "A notice of an older version.");
    }
}
