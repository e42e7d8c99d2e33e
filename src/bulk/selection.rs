//! Which tickets: named one by one, or by a filter.

use async_graphql::OneofObject;
use sea_orm::{EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};

use crate::access::Actor;
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::ids::TicketId;
use crate::say;
use crate::tickets::filter::TicketFilter;
use crate::tickets::{find, ticket};

/// Which tickets: named one by one, or by a filter.
#[derive(Clone, Debug, OneofObject, Serialize, Deserialize)]
#[graphql(name = "TicketSelectionInput")]
#[serde(rename_all = "camelCase")]
#[allow(clippy::large_enum_variant, reason = "there is one of it in a request")]
pub enum Selection {
    /// These. One that does not exist, or is not yours to see, has the result `NOT_FOUND`; each counts once.
    Ids(Vec<TicketId>),
    /// Those that fit now and that you can see, as `tickets(filter:)` lists them. Which they are is decided once, when it is accepted.
    Filter(TicketFilter),
}

impl Selection {
    /// The ids, each once, in their order.
    ///
    /// # Errors
    /// `INVALID_VALUE` at `selection` if there are more than `most`, or none is named.
    pub(super) async fn resolve(&self, desk: &Desk, actor: &Actor, most: usize) -> Result<Vec<TicketId>> {
        let (field, ids) = match self {
            Self::Ids(ids) if ids.is_empty() => {
                return Err(Error::invalid("ids", "No ticket is named.").hint("Name at least one.").at("selection"));
            }
            Self::Ids(ids) => {
                let mut ids = ids.clone();
                ids.sort_unstable();
                ids.dedup();
                ("ids", ids)
            }
            Self::Filter(filter) => {
                let wanted = filter.condition(desk, actor);
                let wanted = wanted.map_err(|error| error.at("filter").at("selection"))?;
                let ids = ticket::Entity::find()
                    .select_only()
                    .column(ticket::Column::Id)
                    .filter(find::visible(desk, actor))
                    .filter(wanted)
                    .order_by_asc(ticket::Column::Id)
                    .limit(most as u64 + 1)
                    .into_tuple()
                    .all(&desk.db.read)
                    .await?;
                ("filter", ids)
            }
        };
        if ids.len() > most {
            let message = say!("These are more than {max} tickets.", max = most);
            return Err(Error::invalid(field, message).hint("Select fewer, in several jobs.").at("selection"));
        }
        Ok(ids)
    }
}
