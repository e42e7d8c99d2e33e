//! Every number that `metrics` offers, found by walking the types of the schema: what is added next year is asked for the day it is added.

use std::collections::{BTreeMap, BTreeSet};

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{BaseType, FieldDefinition, Type, TypeDefinition, TypeKind, TypeSystemDefinition};

/// The types by name.
pub struct Schema(BTreeMap<String, TypeDefinition>);

/// What is asked of things that are not numbers.
const LEAVES: [(&str, &str); 4] = [
    ("Person", "{ id }"),
    ("Team", "{ id }"),
    ("Choice", "{ key }"),
    ("TicketConnection", "{ totalCount nodes { id } }"),
];

/// Tickets behind a number that are asked for: more than the world has.
const TICKETS: &str = "(first: 50)";

/// The name under lists and marks of non-null.
fn named(ty: &Type) -> &str {
    match &ty.base {
        BaseType::Named(name) => name.as_str(),
        BaseType::List(inner) => named(inner),
    }
}

fn enumerated(schema: &Schema, ty: &Type) -> Option<Vec<String>> {
    match &schema.0.get(named(ty))?.kind {
        TypeKind::Enum(items) => Some(items.values.iter().map(|item| item.node.value.node.to_string()).collect()),
        _ => None,
    }
}

impl Schema {
    /// The schema that we serve.
    pub fn read() -> Self {
        let document = parse_schema(&deskgraph::graphql::served().sdl).unwrap();
        let types = document.definitions.into_iter().filter_map(|definition| match definition {
            TypeSystemDefinition::Type(definition) => Some((definition.node.name.node.to_string(), definition.node)),
            _ => None,
        });
        Self(types.collect())
    }

    /// The fields of an object, with the name of each one's type; none for a scalar or an enum.
    pub fn fields(&self, name: &str) -> Vec<(&FieldDefinition, &str)> {
        let Some(definition) = self.0.get(name) else { return Vec::new() };
        let TypeKind::Object(object) = &definition.kind else { return Vec::new() };
        object.fields.iter().map(|field| (&field.node, named(&field.node.ty.node))).collect()
    }

    /// Whether a type is a number: it says its definition, and as of when.
    pub fn is_number(&self, name: &str) -> bool {
        let has = |field: &str| self.fields(name).iter().any(|(known, _)| known.name.node == field);
        has("definition") && has("asOf")
    }

    /// Whether a type is read no further.
    pub fn is_leaf(name: &str) -> bool {
        LEAVES.iter().any(|(leaf, _)| *leaf == name)
    }

    /// The paths of all numbers below a type. A bare number that is part of no such type is a fault, but for those that say what a row is.
    pub fn numbers(&self, name: &str, path: &str, found: &mut BTreeSet<String>) {
        if self.is_number(name) {
            found.insert(path.to_owned());
        }
        for (field, ty) in self.fields(name) {
            let below =
                if path.is_empty() { field.name.node.to_string() } else { format!("{path}.{}", field.name.node) };
            let bare = matches!(ty, "Int" | "Float") && !self.is_number(name) && field.name.node != "score";
            assert!(!bare, "{below} is a number without a definition");
            if !Self::is_leaf(ty) {
                self.numbers(ty, &below, found);
            }
        }
    }

    /// How many documents it takes until every value of every enum argument below a field was sent.
    pub fn variants(&self, field: &FieldDefinition, ty: &str) -> usize {
        let own = field.arguments.iter().filter_map(|argument| enumerated(self, &argument.node.ty.node));
        let below = self.fields(ty).into_iter().filter(|(_, ty)| !Self::is_leaf(ty));
        let below = below.map(|(field, ty)| self.variants(field, ty));
        own.map(|values| values.len()).chain(below).max().unwrap_or(1).max(1)
    }

    /// The selection of everything below a type, with the `nth` value of each enum argument; which values those are goes to `sent`.
    pub fn selection(&self, name: &str, nth: usize, sent: &mut BTreeMap<String, String>) -> String {
        if let Some((_, selection)) = LEAVES.iter().find(|(leaf, _)| *leaf == name) {
            return (*selection).to_owned();
        }
        let fields: Vec<String> =
            self.fields(name).into_iter().map(|(field, ty)| self.field(field, ty, nth, sent)).collect();
        if fields.is_empty() { String::new() } else { format!("{{ {} }}", fields.join(" ")) }
    }

    /// One field with its arguments and everything below.
    pub fn field(&self, field: &FieldDefinition, ty: &str, nth: usize, sent: &mut BTreeMap<String, String>) -> String {
        let mut arguments = Vec::new();
        for argument in &field.arguments {
            let (name, wanted) = (argument.node.name.node.as_str(), &argument.node.ty.node);
            if let Some(values) = enumerated(self, wanted) {
                let value = &values[nth % values.len()];
                sent.insert(name.to_owned(), value.clone());
                arguments.push(format!("{name}: {value}"));
            } else {
                let optional = wanted.nullable || argument.node.default_value.is_some();
                assert!(optional, "teach the walk to send {name} to {}", field.name.node);
            }
        }
        let arguments = match (ty, arguments.is_empty()) {
            ("TicketConnection", _) => TICKETS.to_owned(),
            (_, true) => String::new(),
            _ => format!("({})", arguments.join(", ")),
        };
        format!("{}{arguments} {}", field.name.node, self.selection(ty, nth, sent))
    }
}
