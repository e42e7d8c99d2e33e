//! The index against a model that is obviously right: a map of documents and a loop.

use std::collections::BTreeMap;

use deskgraph_index::{Change, Document, Filter, Request};
use proptest::prelude::*;

use crate::harness::*;

const WORDS: [&str; 6] = ["printer", "paper", "tray", "network", "the", "slow"];

fn document() -> impl Strategy<Value = Document> {
    let words = prop::collection::vec(prop::sample::select(&WORDS[..]), 0..5);
    (0u128..12, words.clone(), words, 0usize..3, 0i64..10).prop_map(|(id, title, body, status, at)| Document {
        created_at: at,
        updated_at: at,
        ..with_terms(doc(id, &title.join(" "), &body.join(" ")), &[("status", ["open", "closed", "new"][status])])
    })
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![4 => document().prop_map(Change::Put), 1 => (0u128..12).prop_map(Change::Delete)]
}

fn filter() -> impl Strategy<Value = Filter> {
    let status = prop::sample::select(vec!["open", "closed", "new", "none"]);
    let leaf = prop_oneof![
        Just(Filter::All),
        Just(Filter::Nothing),
        status.clone().prop_map(|s| Filter::term("status", s)),
        prop::collection::vec(status, 0..3)
            .prop_map(|s| Filter::AnyOf("status".into(), s.into_iter().map(str::to_owned).collect())),
        (prop::option::of(0i64..10), prop::option::of(0i64..10)).prop_map(|(a, b)| Filter::Created(a, b)),
        (prop::option::of(0i64..10), prop::option::of(0i64..10)).prop_map(|(a, b)| Filter::Updated(a, b)),
        prop::collection::vec(0u128..12, 0..3).prop_map(Filter::Ids),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Filter::And),
            prop::collection::vec(inner.clone(), 0..3).prop_map(Filter::Or),
            inner.prop_map(|f| Filter::Not(Box::new(f))),
        ]
    })
}

fn admits(filter: &Filter, d: &Document) -> bool {
    let has = |field: &str, value: &str| d.terms.iter().any(|(f, v)| f == field && v == value);
    let within =
        |at: i64, from: &Option<i64>, to: &Option<i64>| from.is_none_or(|f| at >= f) && to.is_none_or(|t| at < t);
    match filter {
        Filter::All => true,
        Filter::Nothing => false,
        Filter::Term(field, value) => has(field, value),
        Filter::AnyOf(field, values) => values.iter().any(|value| has(field, value)),
        Filter::Created(from, to) => within(d.created_at, from, to),
        Filter::Updated(from, to) => within(d.updated_at, from, to),
        Filter::Ids(ids) => ids.contains(&d.id),
        Filter::And(parts) => parts.iter().all(|part| admits(part, d)),
        Filter::Or(parts) => parts.iter().any(|part| admits(part, d)),
        Filter::Not(inner) => !admits(inner, d),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn the_index_finds_what_a_loop_over_the_documents_finds(
        batches in prop::collection::vec(prop::collection::vec(change(), 0..6), 1..6),
        filters in prop::collection::vec(filter(), 8),
        words in prop::collection::vec(prop::sample::select(&WORDS[..]), 0..3),
    ) {
        let (dir, mut index) = empty();
        let mut model: BTreeMap<u128, Document> = BTreeMap::new();
        for (seq, batch) in (1..).zip(batches) {
            for change in &batch {
                match change {
                    Change::Put(d) => drop(model.insert(d.id, d.clone())),
                    Change::Delete(id) => drop(model.remove(id)),
                }
            }
            index.apply(batch, at(seq)).unwrap();
        }
        for reopened in [false, true] {
            if reopened {
                drop(index);
                index = reopen(&dir);
            }
            let mut ids_now = index.ids().unwrap();
            ids_now.sort_unstable();
            prop_assert_eq!(&ids_now, &model.keys().copied().collect::<Vec<_>>());
            for filter in &filters {
                let content: Vec<&str> = words.iter().copied().filter(|w| *w != "the").collect();
                let sought = if content.is_empty() { &words } else { &content };
                let matches = |d: &&Document| {
                    admits(filter, d)
                        && (words.is_empty()
                            || sought.iter().any(|w| d.title.split(' ').chain(d.body.split(' ')).any(|x| x == *w)))
                };
                let expected: Vec<u128> = model.values().filter(matches).map(|d| d.id).collect();
                let request = Request { filter: filter.clone(), limit: 50, ..exactly(&words.join(" ")) };
                let found = index.search(&request).unwrap();
                let mut got = ids(&found);
                got.sort_unstable();
                prop_assert_eq!(found.total, Some(expected.len()));
                prop_assert_eq!(got, expected, "{:?} {:?}", words, filter);
            }
        }
    }
}
