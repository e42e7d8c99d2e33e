//! Resolving the fields of an object without a heap allocation for each.
//!
//! The library boxes a future for every selected field and joins them, although most fields await nothing. Here a field's future is
//! polled once where it stands; if it is done, its place is used again for the next field. Only fields that really wait (loaders,
//! SQL) are kept and joined, so that loaders still see a whole level at once. Everything else is the library's: what a selection
//! means, the order of keys, merging, nulls and errors; `tests/api/conformance.rs` compares the two.
//!
//! An object takes part by one attribute, and is written as always:
//!
//! ```ignore
//! #[Object(crate = "crate::graphql::fields")]
//! ```
//!
//! The derive macros call `resolver_utils::resolve_container` below that path; this module is the library with that one function
//! replaced. It relies on hidden parts of the library, whose version is pinned. Absent: extensions that watch single fields; the desk's
//! schema has none.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{Field, Selection, SelectionSet};
pub use async_graphql::*;
use futures_util::future::{BoxFuture, try_join_all};

/// The library's module of this name, with its resolving of objects replaced.
pub mod resolver_utils {
    pub use super::resolve_container;
    pub use async_graphql::resolver_utils::{
        ContainerType, EnumItem, EnumType, Fields, ScalarType, resolve_container_serial,
    };
}

/// Resolves the fields that are selected of an object.
///
/// # Errors
/// Of the first field that fails and may not be null.
pub fn resolve_container<'a, T: ContainerType + ?Sized>(
    ctx: &'a ContextSelectionSet<'a>,
    object: &'a T,
) -> BoxFuture<'a, ServerResult<Value>> {
    // Types refer to each other in circles, so somewhere a future must be without its type: once an object.
    Box::pin(resolve(ctx, object))
}

async fn resolve<T: ContainerType + ?Sized>(ctx: &ContextSelectionSet<'_>, object: &T) -> ServerResult<Value> {
    let mut selected = Vec::with_capacity(ctx.item.node.items.len());
    if !collect(ctx, object, &ctx.item.node, &mut selected)? {
        // A directive of a field's own wraps its future: the library does that.
        return async_graphql::resolver_utils::resolve_container(ctx, object).await;
    }
    let mut lanes = Lanes::new(selected.len());
    for field in &selected {
        if field.node.name.node == "__typename" {
            lanes.done(Value::String(object.introspection_type_name().into_owned()));
        } else {
            lanes.put(resolve_field(ctx, field, object));
            lanes.run().await?;
        }
    }
    let values = lanes.finish().await?;
    let mut map = IndexMap::with_capacity(values.len());
    for (field, value) in selected.into_iter().zip(values) {
        insert(&mut map, field.node.response_key().node.clone(), value);
    }
    Ok(Value::Object(map))
}

async fn resolve_field<T: ContainerType + ?Sized>(
    ctx: &ContextSelectionSet<'_>,
    field: &Positioned<Field>,
    object: &T,
) -> ServerResult<Value> {
    let ctx = ctx.with_field(field);
    Ok(object.resolve_field(&ctx).await?.unwrap_or_default())
}

/// The selected fields in the order of the document, fragments taken apart. False if one has a directive of its own.
fn collect<'a, T: ContainerType + ?Sized>(
    ctx: &ContextSelectionSet<'a>,
    object: &T,
    selection: &'a SelectionSet,
    into: &mut Vec<&'a Positioned<Field>>,
) -> ServerResult<bool> {
    for item in &selection.items {
        let (condition, fragment) = match &item.node {
            Selection::Field(field) if field.node.directives.is_empty() => {
                into.push(field);
                continue;
            }
            Selection::Field(_) => return Ok(false),
            Selection::InlineFragment(fragment) => {
                (fragment.node.type_condition.as_ref(), &fragment.node.selection_set.node)
            }
            Selection::FragmentSpread(spread) => {
                let name = &spread.node.fragment_name.node;
                let Some(fragment) = ctx.query_env.fragments.get(name) else {
                    return Err(ServerError::new(format!("Unknown fragment \"{name}\"."), Some(spread.pos)));
                };
                (Some(&fragment.node.type_condition), &fragment.node.selection_set.node)
            }
        };
        let applies = condition.is_none_or(|condition| {
            let wanted = condition.node.on.node.as_str();
            let mine = object.introspection_type_name();
            let implemented = || ctx.schema_env.registry.implements.get(&*mine);
            *mine == *wanted || implemented().is_some_and(|interfaces| interfaces.contains(wanted))
        });
        if applies && !collect(ctx, object, fragment, into)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Fields with the same response key are one field: their selections come together.
fn insert(map: &mut IndexMap<Name, Value>, key: Name, value: Value) {
    match (map.get_mut(&key), value) {
        (None, value) => {
            map.insert(key, value);
        }
        (Some(Value::Object(into)), Value::Object(more)) => {
            for (key, value) in more {
                insert(into, key, value);
            }
        }
        (Some(Value::List(into)), Value::List(more)) => {
            for (into, more) in into.iter_mut().zip(more) {
                if let (Value::Object(into), Value::Object(more)) = (into, more) {
                    for (key, value) in more {
                        insert(into, key, value);
                    }
                }
            }
        }
        (Some(_), _) => {}
    }
}

/// A list whose items are resolved like the fields of an object: in place, and kept only while they wait.
pub struct Rows<T>(pub Vec<T>);

impl<T> FromIterator<T> for Rows<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self(items.into_iter().collect())
    }
}

impl<T: OutputType> OutputType for Rows<T> {
    fn type_name() -> std::borrow::Cow<'static, str> {
        <Vec<T> as OutputType>::type_name()
    }

    fn qualified_type_name() -> String {
        <Vec<T> as OutputType>::qualified_type_name()
    }

    fn create_type_info(registry: &mut registry::Registry) -> String {
        <Vec<T> as OutputType>::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        let mut lanes = Lanes::new(self.0.len());
        for (index, item) in self.0.iter().enumerate() {
            lanes.put(resolve_item(ctx, field, index, item));
            lanes.run().await?;
        }
        Ok(Value::List(lanes.finish().await?))
    }
}

async fn resolve_item<T: OutputType>(
    ctx: &ContextSelectionSet<'_>,
    field: &Positioned<Field>,
    index: usize,
    item: &T,
) -> ServerResult<Value> {
    let ctx = ctx.with_index(index);
    item.resolve(&ctx, field).await.map_err(|error| ctx.set_error_path(error))
}

/// A place for a future, kept on the heap so that it can wait there.
type Place<F> = Pin<Box<Option<F>>>;

/// Runs futures of one type, in order; those that do not finish at once go on together.
struct Lanes<F> {
    values: Vec<Value>,
    /// What was put and not yet polled, or a place that can be used again.
    free: Option<Place<F>>,
    waiting: Vec<Waiting<F>>,
}

struct Waiting<F> {
    nth: usize,
    place: Place<F>,
}

impl<F: Future<Output = ServerResult<Value>>> Lanes<F> {
    fn new(capacity: usize) -> Self {
        Self { values: Vec::with_capacity(capacity), free: None, waiting: Vec::new() }
    }

    fn done(&mut self, value: Value) {
        self.values.push(value);
    }

    /// Puts a future where it is polled. By itself, so that nobody who awaits holds a second copy of it, which may be kilobytes.
    #[inline]
    fn put(&mut self, future: F) {
        match &mut self.free {
            Some(place) => place.set(Some(future)),
            None => self.free = Some(Box::pin(Some(future))),
        }
    }

    /// Polls once what was put: its place is free again if it is done.
    async fn run(&mut self) -> ServerResult<()> {
        let Some(mut place) = self.free.take() else { return Ok(()) };
        match poll_fn(|task| Poll::Ready(poll(&mut place, task))).await {
            Poll::Ready(value) => {
                place.set(None);
                self.free = Some(place);
                self.values.push(value?);
            }
            Poll::Pending => {
                self.waiting.push(Waiting { nth: self.values.len(), place });
                self.values.push(Value::Null);
            }
        }
        Ok(())
    }

    async fn finish(mut self) -> ServerResult<Vec<Value>> {
        if !self.waiting.is_empty() {
            // They were polled in this very turn. Polled again now, they would go on before the rest of their level was asked.
            let mut asked = false;
            poll_fn(|_| if std::mem::replace(&mut asked, true) { Poll::Ready(()) } else { Poll::Pending }).await;
            for (nth, value) in try_join_all(self.waiting).await? {
                self.values[nth] = value;
            }
        }
        Ok(self.values)
    }
}

fn poll<F: Future<Output = ServerResult<Value>>>(
    place: &mut Place<F>,
    task: &mut TaskContext<'_>,
) -> Poll<ServerResult<Value>> {
    // Empty places are never polled.
    place.as_mut().as_pin_mut().map_or(Poll::Pending, |future| future.poll(task))
}

impl<F: Future<Output = ServerResult<Value>>> Future for Waiting<F> {
    type Output = ServerResult<(usize, Value)>;

    fn poll(mut self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<Self::Output> {
        let nth = self.nth;
        poll(&mut self.place, task).map(|value| value.map(|value| (nth, value)))
    }
}

#[cfg(test)]
mod tests;
