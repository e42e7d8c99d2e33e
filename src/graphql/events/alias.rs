//! What a desk calls an event.

use serde::Deserialize;

use super::TicketEventKind;
use crate::event_log::Record;
use crate::profile::Profile;
use crate::tickets::status;

/// The stage that the ticket is in after the event, for those that say it.
#[derive(Deserialize)]
struct After {
    stage: Option<i32>,
}

/// The profile's name of a recorded event. Losing sight of a ticket is no event of the log, and has none.
pub fn of(profile: &Profile, record: &Record, kind: TicketEventKind) -> Option<String> {
    if kind == TicketEventKind::Hidden || profile.aliases.events.is_empty() {
        return None;
    }
    let stage = record.read::<After>().ok().and_then(|after| after.stage).map(status::stage);
    profile.aliases.event(&record.kind, stage).map(str::to_owned)
}
