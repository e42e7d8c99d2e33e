//! Variables that were not sent, left out where the document uses them.
//!
//! An argument or an input field whose variable has no value counts as not given: so the specification has it, and clients build
//! on it when they write one mutation for several forms. async-graphql puts null there instead, which is another thing in an
//! update (clear it!), and does not validate the rest of such an argument at all: an unknown key beside it would go unnoticed.
//! So both are taken out of the document, after it was weighed and before the library sees it.

use std::collections::HashSet;

use async_graphql::parser::types::{Directive, DocumentOperations, ExecutableDocument, Selection, SelectionSet};
use async_graphql::{Name, Positioned};
use async_graphql_value::Value;

/// Takes the variables in `absent` out of the document. Answers those that must be null instead, because they stand in a list or
/// in a directive.
pub fn leave_out(document: &mut ExecutableDocument, absent: &HashSet<Name>) -> HashSet<Name> {
    if absent.is_empty() {
        return HashSet::new();
    }
    let mut walk = Walk { absent, left_out: HashSet::new(), kept: HashSet::new() };
    for fragment in document.fragments.values_mut() {
        walk.set(&mut fragment.node.selection_set.node);
    }
    let operations = match &mut document.operations {
        DocumentOperations::Single(operation) => vec![operation],
        DocumentOperations::Multiple(operations) => operations.values_mut().collect(),
    };
    let mut definitions = Vec::with_capacity(operations.len());
    for operation in operations {
        walk.set(&mut operation.node.selection_set.node);
        definitions.push(&mut operation.node.variable_definitions);
    }
    let Walk { left_out, kept, .. } = walk;
    // A variable that nothing uses any more would be refused as unused; one that nothing ever used still is.
    for definitions in definitions {
        definitions.retain(|definition| {
            let name = &definition.node.name.node;
            kept.contains(name) || !left_out.contains(name)
        });
    }
    kept
}

struct Walk<'a> {
    absent: &'a HashSet<Name>,
    left_out: HashSet<Name>,
    kept: HashSet<Name>,
}

impl Walk<'_> {
    fn set(&mut self, set: &mut SelectionSet) {
        for selection in &mut set.items {
            match &mut selection.node {
                Selection::Field(field) => {
                    self.arguments(&mut field.node.arguments);
                    self.directives(&field.node.directives);
                    self.set(&mut field.node.selection_set.node);
                }
                Selection::InlineFragment(fragment) => {
                    self.directives(&fragment.node.directives);
                    self.set(&mut fragment.node.selection_set.node);
                }
                Selection::FragmentSpread(spread) => self.directives(&spread.node.directives),
            }
        }
    }

    fn arguments(&mut self, arguments: &mut Vec<(Positioned<Name>, Positioned<Value>)>) {
        arguments.retain_mut(|(_, value)| self.keeps(&mut value.node));
    }

    /// Whether the value stays; what is inside it and absent does not.
    fn keeps(&mut self, value: &mut Value) -> bool {
        match value {
            Value::Variable(name) if self.absent.contains(name) => {
                self.left_out.insert(name.clone());
                false
            }
            Value::Object(fields) => {
                fields.retain(|_, field| self.keeps(field));
                true
            }
            Value::List(items) => {
                for item in items {
                    match item {
                        Value::Variable(name) if self.absent.contains(name) => drop(self.kept.insert(name.clone())),
                        item => drop(self.keeps(item)),
                    }
                }
                true
            }
            _ => true,
        }
    }

    fn directives(&mut self, directives: &[Positioned<Directive>]) {
        for (_, value) in directives.iter().flat_map(|directive| &directive.node.arguments) {
            if let Value::Variable(name) = &value.node
                && self.absent.contains(name)
            {
                self.kept.insert(name.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::parser::parse_query;

    #[test]
    fn what_was_not_sent_is_not_given() {
        let query = "query($a: Int, $b: Int, $c: Int, $d: Boolean, $e: Int) { \
            f(x: $a, y: {a: $a, b: 1, l: [$c, $a]}) { ...G g(z: $b) @include(if: $d) } } fragment G on T { h(a: $a, i: {e: $e}) }";
        let mut document = parse_query(query).unwrap();
        let absent = ["a", "c", "d", "e"].map(Name::new).into_iter().collect();
        let kept = leave_out(&mut document, &absent);
        assert_eq!(kept, ["a", "c", "d"].map(Name::new).into_iter().collect());
        let text = format!("{document:?}");
        assert_eq!(text.matches("Variable(Name(\"a\"))").count(), 1, "only in the list: {text}");
        assert!(!text.contains("Name(\"e\")") || !text.contains("Variable(Name(\"e\"))"), "{text}");
        let DocumentOperations::Single(operation) = &document.operations else { panic!() };
        let names: Vec<&str> =
            operation.node.variable_definitions.iter().map(|definition| definition.node.name.node.as_str()).collect();
        assert_eq!(names, ["a", "b", "c", "d"]);
    }
}
