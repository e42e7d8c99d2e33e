//! The files of `schema/`: the schema in its own language, every error code, every kind of event. They are written from the code by
//! `deskgraph schema --write schema`, so that they cannot say anything else than the code does; a test holds them to it.

use std::fmt::Write;

use crate::error::{Class, Code, Retry};

/// The files with their contents.
pub fn files() -> [(&'static str, String); 3] {
    [("schema.graphql", super::served().sdl.to_string()), ("errors.md", errors()), ("events.md", events())]
}

/// What stands above a file that is written from the code.
const WRITTEN: &str = "<!-- Written from the code: deskgraph schema --write schema -->";

/// `schema/errors.md`.
fn errors() -> String {
    let mut page = format!(
        "{WRITTEN}\n\n# Error codes\n\n\
         The list is closed: a client may switch on it. Codes stand in `extensions.code` of top-level errors and in `code` of \
         `userErrors`. A message may say more than the one given here, and is for people; so is the hint.\n"
    );
    let sections = [
        (
            Class::Request,
            "In the top-level `errors`",
            "Identity, limits, malformed requests, and our own faults. Each carries `requestId`.",
        ),
        (
            Class::User,
            "In `userErrors` of a mutation",
            "Whatever depends on the input or on what is stored: nothing was written. Where a query meets one, it is a top-level \
             error, and `INVALID_VALUE` is called `BAD_USER_INPUT` there.",
        ),
    ];
    for (class, title, about) in sections {
        // Writing into a text cannot fail.
        let _ = write!(page, "\n## {title}\n\n{about}\n\n| code | says | way out | again? |\n|---|---|---|---|\n");
        for code in Code::ALL.iter().filter(|code| code.row().class == class) {
            let row = code.row();
            let again = match row.retry {
                Retry::Never => "not unchanged",
                Retry::Later => "after `retryAfterMs`",
                Retry::Now => "at once",
            };
            let _ = writeln!(page, "| `{}` | {} | {} | {again} |", code.name(), row.message, row.hint);
        }
    }
    page
}

/// Every kind of event, room by room.
pub const EVENTS: &[(&str, &[(&str, &str)])] = &[
    ("Tickets", crate::tickets::events::kind::KINDS),
    ("Service levels", crate::sla::events::KINDS),
    ("Comments", crate::comments::events::KINDS),
    ("Attachments", crate::files::events::KINDS),
    ("People, teams, organizations", crate::people::events::kind::KINDS),
    ("References", crate::references::events::kind::KINDS),
    ("Notifications", crate::notifications::events::KINDS),
    ("Rewards", crate::rewards::events::KINDS),
    ("Jobs", crate::bulk::events::KINDS),
    ("Sessions", crate::sessions::events::KINDS),
    ("Knowledge", crate::knowledge::events::kind::KINDS),
    ("Templates", crate::templates::events::kind::KINDS),
];

/// `schema/events.md`.
fn events() -> String {
    let mut page = format!(
        "{WRITTEN}\n\n# Events\n\n\
         Everything that changes is in the log, in commit order and without gaps. A record holds ids, keys, numbers, times and \
         flags, never free text or personal data. What happens to tickets and comments can be followed with `ticketEvents`, \
         and read with `events`.\n"
    );
    for (room, kinds) in EVENTS {
        let _ = write!(page, "\n## {room}\n\n| kind | says |\n|---|---|\n");
        for (kind, says) in *kinds {
            let _ = writeln!(page, "| `{kind}` | {} |", says.trim());
        }
    }
    page
}
