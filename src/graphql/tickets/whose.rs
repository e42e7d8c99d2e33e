//! The tickets of people, organizations, teams and references, and what they come to, however many of those a list has.

use std::sync::Arc;

use async_graphql::{Context, SimpleObject};

use super::{Ticket, TicketConnection, TicketOrder};
use crate::access::Actor;
use crate::clock::Timestamp;
use crate::db::page::PageArgs;
use crate::error::{Code, Error, Result};
use crate::graphql::connection::{int, wants_total};
use crate::graphql::context::{Refuse, Request, Rooms};
use crate::graphql::loaders::{Loader, carried};
use crate::metrics::history::{self, History};
use crate::profile::Stage;
use crate::tickets::filter::TicketFilter;
use crate::tickets::whose::{self, Listed, Wanted, Whose};

/// Every stage, in the order of a ticket's life.
const STAGES: [Stage; 5] = [Stage::New, Stage::Active, Stage::Waiting, Stage::Resolved, Stage::Closed];

/// The loaders of what belongs to whom.
pub struct WhoseLoaders {
    pages: Loader<(Whose, Arc<Wanted>), Listed>,
    histories: Loader<Whose, History>,
}

impl WhoseLoaders {
    /// Loaders that have nothing loaded yet.
    pub fn new(rooms: &Arc<Rooms>, actor: &Arc<Actor>) -> Self {
        let (pages, histories) = ((rooms.clone(), actor.clone()), (rooms.clone(), actor.clone()));
        Self {
            pages: Loader::over(Arc::new(move |keys| {
                let (rooms, actor) = pages.clone();
                Box::pin(async move { whose::pages(&rooms.desk, &actor, keys).await.map_err(carried) })
            })),
            histories: Loader::over(Arc::new(move |keys| {
                let (rooms, actor) = histories.clone();
                Box::pin(async move { history::of(&rooms.desk, &actor, &keys).await.map_err(carried) })
            })),
        }
    }
}

/// A page of the tickets of one among many, as the present field answers it.
///
/// # Errors
/// `BAD_USER_INPUT` for filter and paging.
pub async fn of(
    ctx: &Context<'_>,
    whose: Whose,
    filter: Option<TicketFilter>,
    order_by: Option<TicketOrder>,
    args: PageArgs,
) -> async_graphql::Result<TicketConnection> {
    let request = Request::of(ctx);
    let (field, descending) = TicketOrder::or_newest_first(order_by);
    let wanted = Wanted { filter: filter.unwrap_or_default(), field, descending, args, total: wants_total(ctx) };
    page(request, whose, wanted).await.refuse(request)
}

async fn page(request: &Request, whose: Whose, wanted: Wanted) -> Result<TicketConnection> {
    request.signed_in()?;
    // Asked here, where a refusal can still say what is wrong.
    wanted.condition(&request.desk, &request.actor())?;
    wanted.page(&request.actor(), whose)?;
    let listed = request.loaders().whose.pages.load((whose, Arc::new(wanted))).await?;
    let listed = listed.ok_or_else(|| Error::with(Code::InternalError, "A list was not loaded."))?;
    let (page, total) = &*listed;
    Ok(TicketConnection::new(page.clone(), int(*total)?, Ticket::from))
}

/// What somebody's tickets come to, as far as you see them.
#[derive(SimpleObject)]
pub struct CustomerHistory {
    /// How many tickets there are. Those that were merged into another are among them, as they are in `tickets`.
    total: i32,
    /// How many of them are neither resolved nor closed.
    open: i32,
    /// How many there are at each stage, in the order of a ticket's life.
    stages: Vec<StageCount>,
    /// When the first was opened.
    first_contact_at: Option<Timestamp>,
    /// When the last was opened, or something that the requester can read was last said on any of them, by whichever side.
    last_contact_at: Option<Timestamp>,
}

/// How many tickets there are at a stage.
#[derive(SimpleObject)]
pub struct StageCount {
    /// The stage.
    stage: Stage,
    /// How many.
    count: i32,
}

/// The history of one among many.
///
/// # Errors
/// `UNAUTHENTICATED` for strangers; the database's.
pub async fn history_of(ctx: &Context<'_>, whose: Whose) -> async_graphql::Result<CustomerHistory> {
    let request = Request::of(ctx);
    let load = async {
        request.signed_in()?;
        let history = request.loaders().whose.histories.load(whose).await?;
        summed(&history.map_or_else(History::default, |history| (*history).clone()))
    };
    load.await.refuse(request)
}

fn summed(history: &History) -> Result<CustomerHistory> {
    let count = |stage: &Stage| history.stages.get(&(*stage as i32)).map_or(0, |count| count.unsigned_abs());
    let is_open = |stage: &&Stage| !matches!(stage, Stage::Resolved | Stage::Closed);
    Ok(CustomerHistory {
        total: int(STAGES.iter().map(count).sum())?,
        open: int(STAGES.iter().filter(is_open).map(count).sum())?,
        stages: STAGES
            .iter()
            .map(|stage| Ok(StageCount { stage: *stage, count: int(count(stage))? }))
            .collect::<Result<_>>()?,
        first_contact_at: history.first,
        last_contact_at: history.last,
    })
}
