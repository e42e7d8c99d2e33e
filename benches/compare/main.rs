//! Measures the desk against programs written by hand for one request each, on the same rows, in the same run.
//!
//! ```text
//! DESKGRAPH_TEST_POSTGRES=postgres://user@host:5432 cargo bench --bench compare -- --database both --tickets 100000
//! ```
//!
//! A database is filled and copied. One child process serves the desk from the original, another serves axum handlers with SQL by
//! hand from the copy; both answer the same JSON, which is checked first. Then the same connections ask one and the other in turn. The
//! desk tells nobody anything there, for the handlers do not; `--whole` and `--bulk` are measured with everything it tells.
//! With `--bulk` it measures jobs instead: tickets a second, and how long somebody else's write takes before and meanwhile.
//!
//! What matters is the ratio: of time, and of the CPU that the server's process used, which a busy machine disturbs less.
//!
//! With `--whole` it measures one thing: opening a ticket with everything that can come with it, beside the disk's own time.
//!
//! Before the comparison, the desk alone is asked for what people wait for: the dashboard of staff, and what helps while somebody types.

mod bulk;
mod client;
mod desk;
mod fill;
mod hand;
mod hand_answers;
mod hand_search;
mod hand_write;
mod latency;
mod place;
mod process;
mod profiles;
mod report;
mod requests;
mod whole;

use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;

use place::{Kind, Place};
use process::Server;
use report::Line;
use requests::Case;

/// As in the desk's own program; the handlers written by hand have it as well.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What to measure.
#[derive(Clone, Debug, Parser)]
pub struct Arguments {
    /// How many tickets there are.
    #[arg(long, default_value_t = 100_000)]
    tickets: u64,
    /// sqlite, postgres or both. PostgreSQL is skipped unless DESKGRAPH_TEST_POSTGRES names a server.
    #[arg(long, default_value = "sqlite")]
    database: String,
    /// Connections of the client.
    #[arg(long, default_value_t = 8)]
    connections: usize,
    /// How often each side is asked, in turn.
    #[arg(long, default_value_t = 4)]
    rounds: usize,
    /// Seconds of one round.
    #[arg(long, default_value_t = 2.0)]
    seconds: f64,
    /// Only these cases: create, page, detail, search; of the desk alone dashboard, trends, suggest, complete.
    #[arg(long, value_delimiter = ',')]
    cases: Vec<String>,
    /// Where the rows are kept; filled once, and used again.
    #[arg(long)]
    folder: Option<PathBuf>,
    /// Measure jobs that do the same to many tickets instead: how fast they are, and how long others wait meanwhile.
    #[arg(long)]
    bulk: bool,
    /// Measure opening a ticket with reference, routing, reward and messages instead, beside the disk.
    #[arg(long)]
    whole: bool,
    /// What this process serves: set by the benchmark itself.
    #[arg(long, hide = true)]
    serve: Option<String>,
    /// Which database this process serves.
    #[arg(long, hide = true)]
    url: Option<String>,
    /// Cargo says this to every benchmark.
    #[arg(long, hide = true)]
    bench: bool,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    match (arguments.serve.as_deref(), arguments.folder.clone()) {
        (Some("desk"), Some(folder)) => return desk::serve(&folder, arguments.url).await,
        (Some("hand"), Some(folder)) => return hand::serve(&folder, arguments.url).await,
        _ => {}
    }
    let scratch = tempfile::tempdir()?;
    let folder = arguments.folder.clone().unwrap_or_else(|| scratch.path().to_owned());
    for kind in Kind::chosen(&arguments.database) {
        let place = Place::filled(kind, &folder, arguments.tickets).await?;
        let length = Duration::from_secs_f64(arguments.seconds);
        if arguments.bulk {
            bulk::measure(&place, length).await?;
        } else if arguments.whole {
            whole::measure(&place, arguments.rounds, length).await?;
        } else {
            measure(&arguments, &place).await?;
        }
        if arguments.folder.is_none() {
            place.remove().await?;
        }
    }
    Ok(())
}

async fn measure(arguments: &Arguments, place: &Place) -> anyhow::Result<()> {
    println!("\n{:?}, {} tickets, {} connections", place.kind, arguments.tickets, arguments.connections);
    std::fs::write(profiles::of(&place.folder), profiles::without_messages()?)?;
    // The first start builds the indexes; what is measured is a start like any other.
    Server::start("desk", &place.folder, place.url.as_deref()).await?.stop().await;
    let desk = Server::start("desk", &place.folder, place.url.as_deref()).await?;
    let (all, own) = desk.resident_mb();
    println!("ready after {:.0} ms; {all:.0} MB resident when idle, {own:.0} of it not files", desk.ready_ms);
    let hand = Server::start("hand", &place.copy, place.copy_url.as_deref()).await?;

    let token = client::sign_in(desk.address).await?;
    let cases = requests::cases(place).await?;
    let wanted = |case: &&Case| arguments.cases.is_empty() || arguments.cases.iter().any(|name| name == case.name);
    latency::measure(arguments, &desk, &token, place).await?;
    println!("{}", Line::HEAD);
    for case in cases.iter().filter(wanted) {
        let statements = requests::check(case, desk.address, hand.address, &token).await?;
        let length = Duration::from_secs_f64(arguments.seconds);
        let (mut ours, mut theirs) = (Line::default(), Line::default());
        for round in 0..=arguments.rounds {
            for (server, body, line) in [(&desk, &case.document, &mut ours), (&hand, &case.by_hand, &mut theirs)] {
                let cpu = server.cpu_us();
                let path = if std::ptr::eq(server, &desk) { "/graphql" } else { case.path };
                let times = client::drive(server.address, path, &token, body, arguments.connections, length).await?;
                // Pools, caches and files are warm after the first.
                if round > 0 {
                    line.add(times, server.cpu_us() - cpu);
                }
            }
        }
        ours.print(case.name, &theirs, statements, case.goal(place.kind));
    }
    let (all, own) = desk.resident_mb();
    println!("{all:.0} MB resident afterwards, {own:.0} of it not files");
    desk.stop().await;
    hand.stop().await;
    Ok(())
}
