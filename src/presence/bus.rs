//! Between nodes: what each knows goes to all others through PostgreSQL's NOTIFY, and comes back through LISTEN.

use std::time::Duration;

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde::Serialize;
use sqlx::postgres::PgListener;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use super::Presence;
use crate::db::{Db, Kind};

/// The channel of the database.
const CHANNEL: &str = "deskgraph_presence";
/// How often it is looked what is over.
const LOOK: Duration = Duration::from_millis(250);
/// How often a node repeats what it knows.
const REPEAT: Duration = Duration::from_secs(10);
/// How long to wait before listening again after the connection broke.
const PATIENCE: Duration = Duration::from_secs(1);

/// Keeps presence true on this node until `stop`.
pub async fn follow(
    presence: Presence,
    db: Db,
    url: String,
    out: UnboundedReceiver<impl Serialize + Send + 'static>,
    stop: CancellationToken,
) {
    let expire = async {
        let mut look = tokio::time::interval(LOOK);
        look.set_missed_tick_behavior(MissedTickBehavior::Skip);
        loop {
            look.tick().await;
            presence.expire();
        }
    };
    let talk = async {
        match db.kind {
            Kind::Sqlite => drop_all(out).await,
            Kind::Postgres => {
                tokio::join!(speak(&presence, &db, out), listen(&presence, &db, &url));
            }
        }
    };
    tokio::select! {
        () = stop.cancelled() => {}
        () = expire => {}
        () = talk => {}
    }
}

/// There is one node: nobody is to be told.
async fn drop_all(mut out: UnboundedReceiver<impl Serialize>) {
    while out.recv().await.is_some() {}
}

async fn speak(presence: &Presence, db: &Db, mut out: UnboundedReceiver<impl Serialize>) {
    let mut repeat = tokio::time::interval(REPEAT);
    repeat.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        tokio::select! {
            said = out.recv() => match said {
                Some(said) => say(db, &said).await,
                None => return,
            },
            _ = repeat.tick() => presence.repeat(),
        }
    }
}

async fn say(db: &Db, said: &impl Serialize) {
    let Ok(text) = serde_json::to_string(said) else { return };
    let sql = "SELECT pg_notify($1, $2)";
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, [CHANNEL.into(), text.into()]);
    if let Err(error) = db.writer().execute_raw(statement).await {
        // Said again in a few seconds.
        tracing::debug!(%error, "the other nodes could not be told who is at a ticket");
    }
}

async fn listen(presence: &Presence, db: &Db, url: &str) {
    loop {
        if let Err(error) = hear(presence, db, url).await {
            tracing::warn!(%error, "the other nodes cannot be heard; it is tried again");
        }
        tokio::time::sleep(PATIENCE).await;
    }
}

async fn hear(presence: &Presence, db: &Db, url: &str) -> Result<(), sqlx::Error> {
    let mut listener = PgListener::connect(url).await?;
    listener.listen(CHANNEL).await?;
    // What was said before one listened: ask, and say one's own.
    say(db, &presence.question()).await;
    presence.repeat();
    loop {
        // None: the connection broke and was made again; in between something may have been missed.
        match listener.try_recv().await? {
            Some(heard) => match serde_json::from_str(heard.payload()) {
                Ok(said) => presence.hear(said),
                Err(error) => tracing::debug!(%error, "another node says what this one does not understand"),
            },
            None => say(db, &presence.question()).await,
        }
    }
}
