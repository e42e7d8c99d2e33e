//! Documents and what they cost; documents that must not cost anything to refuse.

use std::fmt::Write;
use std::time::{Duration, Instant};

use async_graphql::{Value, Variables, value};
use proptest::prelude::*;

use super::budget::{Budgets, Payer};
use super::lexer::tokens;
use super::{Gate, Passed};
use crate::clock::Clock;
use crate::config::Limits;
use crate::graphql::error::{Telling, shape};

fn gate() -> Gate {
    Gate::new(&Limits::default(), true)
}

fn pass(query: &str, variables: Value) -> Result<Passed, (String, String)> {
    pass_named(query, None, variables)
}

fn pass_named(query: &str, name: Option<&str>, variables: Value) -> Result<Passed, (String, String)> {
    gate().pass(query, name, &mut Variables::from_value(variables)).map_err(|error| {
        let mut response = async_graphql::Response::from_errors(vec![*error]);
        let code = shape(&mut response, "test", &Telling::default()).unwrap();
        (code.name().to_owned(), response.errors.remove(0).message)
    })
}

#[test]
fn documents_have_the_price_of_what_they_could_answer() {
    let none = value!({});
    let table = [
        ("{ __typename }", none.clone(), 0, 1),
        ("{ viewer { name } }", none.clone(), 1, 2),
        ("{ tickets { totalCount } }", none.clone(), 1, 2),
        ("{ tickets { nodes { id } } }", none.clone(), 25, 3),
        ("{ tickets(first: 10) { nodes { id } } }", none.clone(), 10, 3),
        ("{ tickets(last: 10) { edges { cursor node { id } } pageInfo { endCursor } } }", none.clone(), 10, 4),
        ("{ tickets(first: 10) { nodes { requester { name } } } }", none.clone(), 20, 4),
        ("{ tickets(first: 10) { nodes { comments(first: 5) { nodes { author { name } } } } } }", none.clone(), 110, 6),
        ("query($n: Int) { tickets(first: $n) { nodes { id } } }", none.clone(), 100, 3),
        ("query($n: Int) { tickets(first: $n) { nodes { id } } }", value!({"n": 7}), 7, 3),
        ("query($n: Int) { tickets(first: $n) { nodes { id } } }", value!({"n": null}), 25, 3),
        ("query($n: Int = 9) { tickets(first: $n) { nodes { id } } }", none.clone(), 9, 3),
        ("{ nodes(ids: [\"a\", \"b\", \"c\"]) { id } }", none.clone(), 3, 2),
        ("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", value!({"ids": ["a", "b"]}), 2, 2),
        ("{ node(id: \"a\") { id } }", none.clone(), 1, 2),
        (
            "{ tickets(first: 10) { ...P } } fragment P on C { nodes { ...T } } fragment T on Ticket { team { name } }",
            none.clone(),
            20,
            4,
        ),
        ("{ tickets { ...P } } fragment P on C { nodes { id } }", none.clone(), 25, 3),
        ("{ a: viewer { name } b: viewer { name } }", none.clone(), 2, 2),
        ("{ __schema { types { name } } }", none.clone(), 100, 1),
        ("{ tickets(first: -5) { nodes { id } } }", none.clone(), 1, 3),
    ];
    for (query, variables, nodes, depth) in table {
        let passed = pass(query, variables).unwrap_or_else(|error| panic!("{query}: {error:?}"));
        assert_eq!((passed.weight.nodes, passed.weight.depth), (nodes, depth), "{query}");
        assert_eq!(passed.price, nodes.max(1));
    }
    assert_eq!(pass("mutation { a { id } b { id } }", value!({})).unwrap().price, 22);
}

#[test]
fn each_limit_is_named_with_the_value_and_the_allowance() {
    let deep = |levels: usize| "{ a ".repeat(levels) + &"}".repeat(levels);
    let aliases = |count: usize| {
        (0..count).fold(String::new(), |mut text, n| {
            let _ = write!(text, " a{n}: x");
            text
        })
    };
    let roots = |count: usize| {
        (0..count).fold(String::new(), |mut text, n| {
            let _ = write!(text, " r{n}");
            text
        })
    };
    let refused = [
        (deep(16), "16 levels of fields; at most 15"),
        (format!("{{ {} }}", roots(21)), "21 root fields; at most 20"),
        (format!("mutation {{ {} }}", roots(11)), "11 root fields of a mutation; at most 10"),
        ("subscription { a b }".to_owned(), "2 root fields of a subscription; at most 1"),
        ("{ a(first: 100) { nodes { b(first: 100) { nodes { id } } } } }".to_owned(), "10100 nodes; at most 10000"),
        (format!("{{ a {{ {} }} }}", "b ".repeat(2_000)), "2001 tokens; at most 2000"),
        (format!("{{ a(x: {}{}) }}", "[".repeat(900), "]".repeat(900)), "65 nested brackets; at most 64"),
        ("{ a { id } ".repeat(64), "65 nested brackets; at most 64"),
        (
            format!("{{ __type(name: \"a\") {{ {} name {} }} }}", "ofType { ".repeat(26), "}".repeat(26)),
            "27 levels of introspection; at most 25",
        ),
        (
            "{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }"
                .to_owned(),
            "4 lists of introspection",
        ),
    ];
    for (query, expected) in refused {
        let (code, message) = pass(&query, value!({})).map(|passed| passed.weight).unwrap_err();
        assert_eq!(code, "QUERY_TOO_COMPLEX", "{message}");
        assert!(message.contains(expected), "{message}");
    }
    assert!(pass(&deep(15), value!({})).is_ok());
    assert!(pass(&format!("{{ a {{ {} }} }}", aliases(30)), value!({})).is_ok());
    let (_, message) =
        pass(&format!("{{ a {{ {} }} }}", aliases(31)), value!({})).map(|passed| passed.weight).unwrap_err();
    assert!(message.contains("31 aliases; at most 30"), "{message}");
    let (code, _) = pass(&" ".repeat(102_401), value!({})).map(|passed| passed.weight).unwrap_err();
    assert_eq!(code, "PAYLOAD_TOO_LARGE");
}

#[test]
fn the_introspection_query_of_tools_passes() {
    let query = "query IntrospectionQuery { __schema { queryType { name } mutationType { name } subscriptionType { name }
        types { ...FullType } directives { name description locations args { ...InputValue } } } }
        fragment FullType on __Type { kind name description
          fields(includeDeprecated: true) { name description args { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason }
          inputFields { ...InputValue } interfaces { ...TypeRef } enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
          possibleTypes { ...TypeRef } }
        fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue }
        fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name
          ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } } } }";
    assert_eq!(pass(query, value!({})).unwrap().price, 100);
    let closed = Gate::new(&Limits::default(), false);
    let error = closed.pass(query, None, &mut Variables::default()).unwrap_err();
    assert!(error.message.contains("Introspection is off"), "{}", error.message);
    assert!(closed.pass("{ __typename }", None, &mut Variables::default()).is_ok());
}

/// A fragment that spreads the next one twice, thirty times over.
fn bomb(leaf: &str, levels: usize) -> String {
    let mut text = "{ ...F0 }".to_owned();
    for level in 0..levels {
        let _ = write!(text, "fragment F{level} on Q{{...F{0} ...F{0}}}", level + 1);
    }
    let _ = write!(text, "fragment F{levels} on Q{{{leaf}}}");
    text
}

/// Tells work in line with the document from work that doubles with each level, which would take hours. It measures no speed.
const LINEAR: Duration = Duration::from_secs(20);

#[test]
fn a_bomb_is_weighed_before_it_goes_off() {
    let wide = format!("{{{}}}", "a { id } ".repeat(5));
    let bombs = [
        bomb("__typename", 30),
        bomb("a { b { c } }", 30),
        bomb("x: y", 60),
        bomb("tickets(first: 100) { nodes { id } }", 30),
        // The bomb is in an operation that is not chosen, but that validation would walk.
        format!("query A {} query B {{ __typename }}", bomb("__typename", 30)),
        bomb("__typename", 30)
            .replace("{...", "{ ... on Q { ...")
            .replace("}fragment", "}}fragment")
            .replace("{ ...F0 }", &wide),
    ];
    for query in bombs {
        let began = Instant::now();
        let result = pass_named(&query, query.starts_with("query A").then_some("B"), value!({}));
        let took = began.elapsed();
        assert!(took < LINEAR, "{took:?} for {} bytes", query.len());
        if query.contains("{ ...F0 }") {
            assert_eq!(result.map(|passed| passed.weight).unwrap_err().0, "QUERY_TOO_COMPLEX", "{query}");
        }
    }
}

#[test]
fn fragments_that_contain_themselves_are_refused() {
    for query in [
        "{ ...A } fragment A on Q { a { ...A } }",
        "{ ...A } fragment A on Q { ...B } fragment B on Q { ... on Q { ...A } }",
    ] {
        let (code, message) = pass(query, value!({})).map(|passed| passed.weight).unwrap_err();
        assert_eq!(code, "GRAPHQL_VALIDATION_FAILED");
        assert!(message.contains("contains itself"), "{message}");
    }
    let mut chain = "{ ...F0 }".to_owned();
    for level in 0..200 {
        let _ = write!(chain, "fragment F{level} on Q{{...F{}}}", level + 1);
    }
    chain.push_str("fragment F200 on Q{a}");
    assert_eq!(pass(&chain, value!({})).map(|passed| passed.weight).unwrap_err().0, "QUERY_TOO_COMPLEX");
}

#[test]
fn variables_are_settled_before_anything_runs() {
    let table = [
        ("query($a: Int!) { x(a: $a) }", value!({}), "was not provided"),
        ("query($a: Int!) { x(a: $a) }", value!({"a": null}), "must not be null"),
        ("query($a: Int) { x(a: $a) }", value!({"a": "1"}), "not of type \"Int\""),
        ("query($a: Int) { x(a: $a) }", value!({"a": 3_000_000_000i64}), "not of type \"Int\""),
        ("query($a: [ID!]) { x(a: $a) }", value!({"a": ["b", null]}), "not of type \"[ID!]\""),
        ("query($a: Boolean!) { x @include(if: $a) }", value!({}), "was not provided"),
    ];
    for (query, variables, expected) in table {
        let (code, message) = pass(query, variables).map(|passed| passed.weight).unwrap_err();
        assert!(code == "BAD_USER_INPUT" && message.contains(expected), "{query}: {message}");
    }
    for (query, variables) in [
        ("query($a: [Int!]) { x(a: $a) }", value!({"a": 1})),
        ("query($a: Float, $b: ID) { x(a: $a, b: $b) }", value!({"a": 1, "b": 2})),
        ("query($a: Own!) { x(a: $a) }", value!({"a": {"b": 1}})),
    ] {
        assert!(pass(query, variables).is_ok(), "{query}");
    }
    let mut variables = Variables::default();
    gate().pass("query($s: Boolean = true) { a @skip(if: $s) }", None, &mut variables).unwrap();
    assert_eq!(variables.into_value(), value!({"s": true}));
}

#[test]
fn what_looks_into_the_index_costs_what_it_may_answer() {
    let price = |query: &str| pass(query, value!({})).map(|passed| passed.price).unwrap();
    assert_eq!(price("{ search(query: \"a\") { hits { node { id } } } }"), 25 + 25);
    assert_eq!(price("{ search(query: \"a\", first: 10) { hits { node { id } } } }"), 10 + 10);
    assert!(price("{ suggest(draft: {}) { articles { id } faqs { id } } }") >= 60);
    assert_eq!(price("{ complete(prefix: \"a\") { text } }"), 8);
    assert_eq!(price("{ tickets(first: 10) { nodes { similar { id } } } }"), 10 + 10 * 5);
}

#[test]
fn a_syntax_error_is_told_in_one_line_with_its_place() {
    let (code, message) = pass("{ a(", value!({})).map(|passed| passed.weight).unwrap_err();
    assert_eq!(code, "GRAPHQL_PARSE_FAILED");
    assert!(message.starts_with("Syntax error at line 1, column ") && !message.contains('\n'), "{message}");
}

#[test]
fn budgets_are_each_actors_own_and_come_back() {
    let clock = Clock::system();
    let budgets = Budgets::new(100, clock.clone());
    let one = Payer::address("2001:db8::1".parse().unwrap());
    let same = Payer::address("2001:db8::2".parse().unwrap());
    let other = Payer::address("192.0.2.1".parse().unwrap());
    assert_eq!(one, same);
    assert_eq!(budgets.take(one, 60).0.remaining, 40);
    let (left, refused) = budgets.take(same, 41);
    assert!(left.remaining == 40 && refused.is_err() && left.reset_ms > 0);
    assert!(budgets.take(same, 40).1.is_ok() && budgets.take(other, 100).1.is_ok());
    clock.advance_real(Duration::from_secs(60));
    assert_eq!(budgets.take(one, 1).0.remaining, 99);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_text_is_lexed_within_its_bounds(text in "\\PC{0,200}") {
        let mut end = 0;
        for token in tokens(&text) {
            prop_assert!(token.at >= end && !token.text.is_empty());
            end = token.at + token.text.len();
        }
        prop_assert!(end <= text.len());
        super::lexer::without_strings(&text);
    }

    #[test]
    fn any_document_is_weighed_or_refused_at_once(
        parts in prop::collection::vec(prop::sample::select(vec![
            "{", "}", "(", ")", "[", "]", "...", "...F0", "...F1", "...F2", "a", "nodes", "edges", "x: y", "first: 100",
            "tickets(first: 100)", "{ a }", "{ ...F0 ...F1 }", "fragment F0 on Q", "fragment F1 on Q", "fragment F2 on Q",
            "query A", "mutation", "($n: Int = 1)", "$n", "\"", "\"\"\"", "@skip(if: $n)", "on Q", "__schema", "__type", "é", "#",
        ]), 0..120),
    ) {
        let query = parts.join(" ");
        let began = Instant::now();
        let _ = pass(&query, value!({}));
        prop_assert!(began.elapsed() < LINEAR);
    }

    #[test]
    fn any_fragments_are_weighed_at_once(edges in prop::collection::vec((0..12usize, 0..12usize, 0..5u8), 0..60)) {
        let mut bodies = vec![String::from("a "); 12];
        for (from, to, kind) in edges {
            let spread = match kind {
                0 => format!("...F{to} "),
                1 => format!("b {{ ...F{to} }} "),
                2 => format!("t(first: 50) {{ nodes {{ ...F{to} }} }} "),
                3 => format!("... on Q {{ ...F{to} }} "),
                _ => format!("x: y {{ ...F{to} ...F{to} }} "),
            };
            bodies[from].push_str(&spread);
        }
        let mut query = String::from("{ ...F0 }");
        for (index, body) in bodies.iter().enumerate() {
            let _ = write!(query, " fragment F{index} on Q {{ {body} }}");
        }
        let began = Instant::now();
        let _ = pass(&query, value!({}));
        prop_assert!(began.elapsed() < LINEAR);
    }
}
