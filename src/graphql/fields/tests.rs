//! The same types resolved by the library and by [`super`]: every document must have the same answer, to the order of its keys.

use async_graphql::{EmptyMutation, EmptySubscription, Request, Schema, Variables};
use serde_json::json;

macro_rules! schema {
    ($module:ident, $crate_path:tt, $rows:ident) => {
        mod $module {
            use async_graphql::{Interface, Object, SimpleObject, Union};

            #[allow(unused_imports)]
            use super::{Listed, Rows};

            #[derive(Clone)]
            pub struct Thing(pub u32);

            /// Comes after others that were asked later.
            async fn later(times: u32) {
                for _ in 0..times {
                    tokio::task::yield_now().await;
                }
            }

            #[Object(crate = $crate_path)]
            impl Thing {
                async fn id(&self) -> u32 {
                    self.0
                }
                async fn slow(&self) -> u32 {
                    later(5 - self.0 % 5).await;
                    self.0 * 10
                }
                async fn next(&self) -> Thing {
                    Thing(self.0 + 1)
                }
                async fn slow_next(&self) -> Option<Thing> {
                    later(self.0 % 3 + 1).await;
                    (self.0 < 8).then_some(Thing(self.0 + 1))
                }
                async fn fails(&self) -> Option<async_graphql::Result<u32>> {
                    Some(Err("may be null".into()))
                }
                async fn fails_slowly(&self) -> Option<async_graphql::Result<Thing>> {
                    later(2).await;
                    Some(Err("may be null".into()))
                }
                async fn must_not_fail(&self) -> async_graphql::Result<u32> {
                    if self.0 % 4 == 3 { Err(format!("{} fails", self.0).into()) } else { Ok(self.0) }
                }
                async fn must_not_fail_slowly(&self) -> async_graphql::Result<u32> {
                    later(1).await;
                    if self.0 % 4 == 3 { Err(format!("{} fails", self.0).into()) } else { Ok(self.0) }
                }
                async fn things(&self, count: u32) -> $rows<Thing> {
                    (0..count).map(Thing).collect()
                }
                async fn maybe(&self, count: u32) -> $rows<Option<Thing>> {
                    (0..count).map(|nth| (nth % 2 == 0).then_some(Thing(nth))).collect()
                }
                async fn plain(&self) -> Plain {
                    Plain { name: "plain".to_owned(), of: Thing(self.0) }
                }
                async fn named(&self) -> Named {
                    Named::Thing(Thing(self.0))
                }
                async fn either(&self) -> Vec<Either> {
                    vec![Either::Thing(Thing(self.0)), Either::Plain(self.plain_one())]
                }
            }

            impl Thing {
                fn plain_one(&self) -> Plain {
                    Plain { name: "one".to_owned(), of: Thing(self.0) }
                }
            }

            #[derive(SimpleObject)]
            #[graphql(crate = $crate_path)]
            pub struct Plain {
                name: String,
                of: Thing,
            }

            #[derive(Interface)]
            #[graphql(field(name = "id", ty = "u32"), field(name = "slow", ty = "u32"))]
            pub enum Named {
                Thing(Thing),
            }

            #[derive(Union)]
            pub enum Either {
                Thing(Thing),
                Plain(Plain),
            }

            pub struct Query;

            #[Object]
            impl Query {
                async fn thing(&self) -> Option<Thing> {
                    Some(Thing(1))
                }
            }
        }
    };
}

use super::Rows;

type Listed<T> = Vec<T>;

schema!(library, "async_graphql", Listed);
schema!(ours, "crate::graphql::fields", Rows);

const DOCUMENTS: [&str; 22] = [
    "{ thing { id slow __typename next { id } } }",
    "{ thing { slow id first: slow second: id third: __typename } }",
    "{ thing { slowNext { id slowNext { slow id slowNext { id } } } next { slowNext { slow } } id } }",
    "{ thing { things(count: 3) { id slow } maybe(count: 4) { slow id } } }",
    "{ thing { things(count: 40) { slow slowNext { id slow } id } } }",
    "{ thing { next { id } slow next { slow next { id } } next { id } } }",
    "{ thing { things(count: 3) { id } id things(count: 3) { slow next { id } } } }",
    "{ thing { slowNext { id } slowNext { slow } slowNext { next { id } } } }",
    "{ thing { ...A id ...B } } fragment A on Thing { slow ...C } fragment B on Thing { next { ...C } } fragment C on Thing { id }",
    "{ thing { ... { id } ... on Thing { slow } ... on Named { id slow } ... on Plain { name } ... on Either { __typename } } }",
    "{ thing { named { id __typename ... on Thing { next { id } } ... on Named { slow } } } }",
    "{ thing { either { __typename ... on Thing { slow next { id } } ... on Plain { name of { id slow } } } } }",
    "{ thing { plain { of { slow id } name } } }",
    "{ thing { id fails slow failsSlowly { id } next { fails id } } }",
    "{ thing { id next { next { id mustNotFail } } } }",
    "{ thing { slow slowNext { slow slowNext { mustNotFailSlowly slow } id } } }",
    "{ thing { slow mustNotFail fails maybe(count: 5) { id mustNotFailSlowly } } }",
    "{ thing { things(count: 5) { id mustNotFail } slow } }",
    "query($no: Boolean!) { thing { id @skip(if: true) slow @include(if: $no) next @skip(if: $no) { id slow @skip(if: $no) } } }",
    "query($no: Boolean!) { thing { ...A @include(if: $no) ... @skip(if: $no) { slow id } } } fragment A on Thing { next { id } }",
    "{ thing { nothing } }",
    "{ __schema { queryType { name } } thing { id } __type(name: \"Thing\") { fields { name type { name kind ofType { name } } } } }",
];

#[tokio::test]
async fn every_document_has_the_answer_of_the_library() {
    let library = Schema::new(library::Query, EmptyMutation, EmptySubscription);
    let ours = Schema::new(ours::Query, EmptyMutation, EmptySubscription);
    for document in DOCUMENTS {
        let request = || Request::new(document).variables(Variables::from_json(json!({"no": false})));
        let (expected, answer) = (library.execute(request()).await, ours.execute(request()).await);
        let text = |response: &async_graphql::Response| serde_json::to_string(response).unwrap();
        assert_eq!(text(&expected), text(&answer), "{document}");
    }
    assert_eq!(library.sdl(), ours.sdl());
}

#[tokio::test]
async fn fields_of_one_level_wait_together() {
    // Whoever waits is not alone: a field that comes later in the document has been asked too.
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    struct Meeting(Arc<AtomicU32>);
    #[super::Object(crate = "crate::graphql::fields")]
    impl Meeting {
        async fn waits(&self) -> u32 {
            self.0.fetch_add(1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            self.0.load(Ordering::SeqCst)
        }
    }
    struct Query;
    #[super::Object(crate = "crate::graphql::fields")]
    impl Query {
        async fn meeting(&self) -> Meeting {
            Meeting(Arc::default())
        }
        async fn meetings(&self, count: usize) -> Rows<Meeting> {
            let all = Arc::default();
            (0..count).map(|_| Meeting(Arc::clone(&all))).collect()
        }
    }
    let schema = Schema::new(Query, EmptyMutation, EmptySubscription);
    let answer = schema.execute("{ meeting { a: waits b: waits c: waits } }").await;
    assert_eq!(serde_json::to_value(&answer.data).unwrap(), json!({"meeting": {"a": 3, "b": 3, "c": 3}}));
    for count in [1, 20, 50] {
        let answer = schema.execute(format!("{{ meetings(count: {count}) {{ a: waits b: waits }} }}")).await;
        let all = vec![json!({"a": 2 * count, "b": 2 * count}); count];
        assert_eq!(serde_json::to_value(&answer.data).unwrap(), json!({"meetings": all}));
    }
}
