//! The words of the schema that a client may have meant: the fields of every input object and the values of every enum.
//!
//! The library's validation names what is wrong but not what would be right. Its registry cannot be asked from outside, so the
//! schema's own text is read once at the start.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{TypeKind, TypeSystemDefinition};

/// What is read in the schema's text. Empty if it does not parse, and then errors say less.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    /// Words by type.
    words: HashMap<String, Vec<String>>,
    /// The interfaces and unions.
    abstract_types: Arc<HashSet<String>>,
}

impl Vocabulary {
    /// Reads the schema language.
    pub fn of(sdl: &str) -> Self {
        let (mut words, mut abstract_types) = (HashMap::new(), HashSet::new());
        for definition in parse_schema(sdl).map(|document| document.definitions).unwrap_or_default() {
            let TypeSystemDefinition::Type(definition) = definition else { continue };
            let name = definition.node.name.node.to_string();
            let of_type: Vec<String> = match definition.node.kind {
                TypeKind::InputObject(input) => input.fields.iter().map(|field| field.node.name.to_string()).collect(),
                TypeKind::Enum(items) => items.values.iter().map(|item| item.node.value.to_string()).collect(),
                TypeKind::Interface(_) | TypeKind::Union(_) => {
                    abstract_types.insert(name);
                    continue;
                }
                _ => continue,
            };
            words.insert(name, of_type);
        }
        Self { words, abstract_types: Arc::new(abstract_types) }
    }

    /// The interfaces and unions of the schema.
    pub fn abstract_types(&self) -> Arc<HashSet<String>> {
        self.abstract_types.clone()
    }

    /// What a message of the library's validation could have allowed: it says `unknown field "x" of type "T"`, or `enumeration
    /// type "T" does not contain the value "x"`.
    pub fn allowed(&self, message: &str) -> Option<&[String]> {
        let name = if message.contains("unknown field \"") {
            // What the client wrote stands before it, and may itself look like this: the last one counts.
            message.strip_suffix('"')?.rsplit_once("\" of type \"")?.1
        } else {
            let (_, rest) = message.split_once("enumeration type \"")?;
            rest.split_once("\" does not contain the value \"")?.0
        };
        self.words.get(name).map(Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_have_been_right_is_known_from_the_message() {
        let words =
            Vocabulary::of("input Cat { name: String, age: Int } enum Colour { RED BLACK } type Query { a: Int }");
        let allowed = |message: &str| words.allowed(message).map(<[String]>::to_vec);
        assert_eq!(
            allowed(r#"Invalid value for argument "input", unknown field "x" of type "y" of type "Cat""#),
            Some(vec!["name".to_owned(), "age".to_owned()])
        );
        assert_eq!(
            allowed(r#"Invalid value for argument "c.0", enumeration type "Colour" does not contain the value "RED ""#),
            Some(vec!["RED".to_owned(), "BLACK".to_owned()])
        );
        assert_eq!(allowed("Unknown field \"x\" on type \"Query\"."), None);
        assert_eq!(allowed(""), None);
    }
}
