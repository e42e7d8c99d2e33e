//! What every type of the schema keeps to, read from the schema's own text as a client reads it.

use async_graphql::Positioned;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{FieldDefinition, ServiceDocument, TypeDefinition, TypeKind, TypeSystemDefinition};

fn document() -> ServiceDocument {
    parse_schema(&deskgraph::graphql::served().sdl).unwrap()
}

fn types(document: &ServiceDocument) -> impl Iterator<Item = &TypeDefinition> {
    document.definitions.iter().filter_map(|definition| match definition {
        TypeSystemDefinition::Type(definition) => Some(&definition.node),
        _ => None,
    })
}

fn fields(definition: &TypeDefinition) -> &[Positioned<FieldDefinition>] {
    match &definition.kind {
        TypeKind::Object(object) => &object.fields,
        TypeKind::Interface(interface) => &interface.fields,
        _ => &[],
    }
}

fn field<'a>(definition: &'a TypeDefinition, name: &str) -> Option<&'a FieldDefinition> {
    fields(definition).iter().map(|field| &field.node).find(|field| field.name.node == name)
}

fn is_root(definition: &TypeDefinition) -> bool {
    matches!(definition.name.node.as_str(), "Query" | "Mutation" | "Subscription")
}

/// Asserts that there are no faults, and names those there are.
fn none(faults: &[String]) {
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn said(description: &Option<Positioned<String>>) -> bool {
    description.as_ref().is_some_and(|text| text.node.trim().len() >= 4)
}

#[test]
fn everything_has_a_description() {
    let document = document();
    let mut faults = Vec::new();
    let mut demand = |described: bool, name: String| {
        if !described {
            faults.push(format!("{name} has no description"));
        }
    };
    for definition in types(&document) {
        let name = &definition.name.node;
        demand(is_root(definition) || said(&definition.description), name.to_string());
        for field in fields(definition) {
            let path = format!("{name}.{}", field.node.name.node);
            for argument in &field.node.arguments {
                // A mutation's one argument is its input, whose type says it all.
                let input = name == "Mutation" && argument.node.name.node == "input";
                demand(input || said(&argument.node.description), format!("{path}({}:)", argument.node.name.node));
            }
            demand(said(&field.node.description), path);
        }
        match &definition.kind {
            TypeKind::Enum(items) => {
                for item in &items.values {
                    demand(said(&item.node.description), format!("{name}.{}", item.node.value.node));
                }
            }
            TypeKind::InputObject(input) => {
                for field in &input.fields {
                    demand(said(&field.node.description), format!("{name}.{}", field.node.name.node));
                }
            }
            _ => {}
        }
    }
    none(&faults);
}

#[test]
fn every_scalar_of_our_own_says_where_it_is_specified() {
    let document = document();
    let scalars: Vec<_> = types(&document)
        .filter(|definition| matches!(definition.kind, TypeKind::Scalar))
        .filter(|definition| !matches!(definition.name.node.as_str(), "ID" | "Int" | "Float" | "String" | "Boolean"))
        .collect();
    assert!(scalars.len() >= 2);
    let specified = |definition: &TypeDefinition| {
        definition.directives.iter().any(|directive| directive.node.name.node == "specifiedBy")
    };
    let faults: Vec<_> =
        scalars.iter().filter(|scalar| !specified(scalar)).map(|scalar| scalar.name.node.to_string()).collect();
    none(&faults);
}

#[test]
fn lists_of_nodes_are_connections_of_one_shape() {
    let document = document();
    let mut faults = Vec::new();
    for definition in types(&document) {
        let name = definition.name.node.as_str();
        if let Some(noun) = name.strip_suffix("Connection") {
            let kind = |field_name: &str| field(definition, field_name).map(|field| field.ty.node.to_string());
            // A search answers hits, which carry their own cursors and what was found in them.
            let items = if noun == "Search" { vec!["hits"] } else { vec!["edges", "nodes"] };
            for items in items {
                if !kind(items).is_some_and(|kind| kind.starts_with('[') && kind.ends_with("!]!")) {
                    faults.push(format!("{name}.{items} is not a list without nulls"));
                }
            }
            if kind("pageInfo").as_deref() != Some("PageInfo!") || kind("totalCount").as_deref() != Some("Int!") {
                faults.push(format!("{name} lacks pageInfo or totalCount"));
            }
        }
        for field in fields(definition) {
            let field = &field.node;
            if field.ty.node.to_string().ends_with("Connection!") {
                let arguments: Vec<_> =
                    field.arguments.iter().map(|argument| argument.node.name.node.as_str()).collect();
                if !arguments.contains(&"first") || !arguments.contains(&"after") {
                    faults.push(format!("{name}.{} cannot be paged", field.name.node));
                }
            }
        }
    }
    none(&faults);
}

#[test]
fn mutations_take_one_input_and_answer_a_payload_of_one_shape() {
    let document = document();
    let mut faults = Vec::new();
    let all: Vec<_> = types(&document).collect();
    let mutation = all.iter().find(|definition| definition.name.node == "Mutation").unwrap();
    for field in fields(mutation).iter().map(|field| &field.node) {
        let name = field.name.node.as_str();
        let upper = format!("{}{}", name[..1].to_uppercase(), &name[1..]);
        let arguments: Vec<_> = field.arguments.iter().map(|argument| argument.node.ty.node.to_string()).collect();
        if !(arguments.is_empty() || arguments == [format!("{upper}Input!")]) {
            faults.push(format!("{name} takes {arguments:?}"));
        }
        if field.ty.node.to_string() != format!("{upper}Payload!") {
            faults.push(format!("{name} answers {}", field.ty.node));
            continue;
        }
        let payload = all.iter().find(|definition| definition.name.node == format!("{upper}Payload")).unwrap();
        let kind = |field_name: &str| self::field(payload, field_name).map(|field| field.ty.node.to_string());
        if kind("userErrors").as_deref() != Some("[UserError!]!") {
            faults.push(format!("{name} has no userErrors"));
        }
        for field in fields(payload).iter().map(|field| &field.node) {
            let plain = ["userErrors", "notices", "replayed", "accepted"].contains(&field.name.node.as_str());
            if !plain && !field.ty.node.nullable {
                faults
                    .push(format!("{}.{} cannot be null, but a refusal has none", payload.name.node, field.name.node));
            }
        }
    }
    none(&faults);
}

#[test]
fn names_are_written_as_names_are() {
    let document = document();
    let mut faults = Vec::new();
    for definition in types(&document) {
        let name = definition.name.node.as_str();
        if !name.starts_with(|first: char| first.is_ascii_uppercase()) || name.contains('_') {
            faults.push(name.to_owned());
        }
        for field in fields(definition).iter().map(|field| &field.node) {
            let field_name = field.name.node.as_str();
            if !field_name.starts_with(|first: char| first.is_ascii_lowercase()) || field_name.contains('_') {
                faults.push(format!("{name}.{field_name}"));
            }
            let kind = field.ty.node.to_string();
            // A time is a DateTime and called `…At`, and nothing else is (a rank, a name and a place in a text are not).
            if (kind.trim_end_matches('!') == "DateTime") != field_name.ends_with("At") && field_name != "deadline" {
                faults.push(format!("{name}.{field_name}: {kind}"));
            }
        }
    }
    none(&faults);
}

#[test]
fn every_mutation_has_its_row_in_the_table_of_permissions() {
    crate::access::permissions::every_mutation_has_a_row();
}
