//! Connections as Relay has them, with `nodes` beside `edges`, and a `totalCount` that is counted only if it is asked for.

use async_graphql::{Context, SimpleObject};

use crate::db::page::{Page, PageArgs};
use crate::error::{Code, Error};

/// Where a page stands in its list.
#[derive(Clone, Debug, Default, SimpleObject)]
#[graphql(crate = "crate::graphql::fields")]
pub struct PageInfo {
    /// Whether there is more after the last edge.
    pub has_next_page: bool,
    /// Whether there is more before the first edge.
    pub has_previous_page: bool,
    /// Send it as `before` for the page before this one.
    pub start_cursor: Option<String>,
    /// Send it as `after` for the page after this one.
    pub end_cursor: Option<String>,
}

impl PageInfo {
    /// Of a loaded page.
    pub fn of<M>(page: &Page<M>) -> Self {
        Self {
            has_next_page: page.has_next,
            has_previous_page: page.has_previous,
            start_cursor: page.rows.first().map(|(cursor, _)| cursor.clone()),
            end_cursor: page.rows.last().map(|(cursor, _)| cursor.clone()),
        }
    }
}

/// Whether the client asks how many there are in all.
pub fn wants_total(ctx: &Context<'_>) -> bool {
    ctx.look_ahead().field("totalCount").exists()
}

/// The paging arguments of a connection without offset.
pub fn args(first: Option<i32>, after: Option<String>, last: Option<i32>, before: Option<String>) -> PageArgs {
    PageArgs { first, after, last, before, offset: None }
}

/// A count as GraphQL's `Int`.
pub fn int(count: u64) -> Result<i32, Error> {
    i32::try_from(count).map_err(|_| Error::with(Code::InternalError, "There are too many to count."))
}

/// Defines a connection and its edge: `connection!(TicketConnection, TicketEdge, Ticket, "tickets")`.
#[macro_export]
macro_rules! connection {
    ($connection:ident, $edge:ident, $node:ty, $nouns:literal) => {
        #[doc = concat!("A page of a list of ", $nouns, ".")]
        pub struct $connection {
            edges: Vec<$edge>,
            page_info: $crate::graphql::connection::PageInfo,
            total: i32,
        }

        #[doc = concat!("An entry in a list of ", $nouns, ", with its cursor.")]
        #[derive(async_graphql::SimpleObject)]
        #[graphql(crate = "crate::graphql::fields")]
        pub struct $edge {
            /// Its place in the list: send it as `after` or `before`.
            pub cursor: String,
            /// The thing itself.
            pub node: $node,
        }

        #[doc = concat!("A page of a list of ", $nouns, ".")]
        #[async_graphql::Object(crate = "crate::graphql::fields")]
        impl $connection {
            /// The things with their cursors.
            async fn edges(&self) -> $crate::graphql::fields::Rows<&$edge> {
                self.edges.iter().collect()
            }

            /// The things without their cursors.
            async fn nodes(&self) -> $crate::graphql::fields::Rows<&$node> {
                self.edges.iter().map(|edge| &edge.node).collect()
            }

            /// Where the page stands in its list.
            async fn page_info(&self) -> &$crate::graphql::connection::PageInfo {
                &self.page_info
            }

            /// How many there are on all pages together. Counted only if you ask for it.
            async fn total_count(&self) -> i32 {
                self.total
            }
        }

        impl $connection {
            /// Dresses a loaded page; `total` is what nobody sees unless it was asked for.
            pub fn new<M>(page: $crate::db::page::Page<M>, total: i32, dress: impl Fn(M) -> $node) -> Self {
                let page_info = $crate::graphql::connection::PageInfo::of(&page);
                let edges = page.rows.into_iter().map(|(cursor, row)| $edge { cursor, node: dress(row) }).collect();
                Self { edges, page_info, total }
            }
        }
    };
}
