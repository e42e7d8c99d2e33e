//! The command line of Deskgraph.

// What can go wrong is an error that says so: nothing in the product gives up by panicking.
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::unreachable, clippy::todo)
)]

use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use deskgraph::app::{self, App};
use deskgraph::clock::Clock;
use deskgraph::config::Config;
use deskgraph::profile::Profile;
use deskgraph::sessions::Sessions;
use deskgraph::{graphql, import, logging};
use tokio::signal::unix::{SignalKind, signal};

/// The system's allocator has threads wait for each other where rows are read on one thread and dropped on another.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A support desk as a graph: tickets, comments, people and knowledge behind one GraphQL schema.
///
/// Without a command it serves the desk. It needs no configuration: the database, the indexes and the files are kept under ./data.
#[derive(Parser)]
#[command(version, about, max_term_width = 100)]
struct Arguments {
    /// The configuration file. Default: ./deskgraph.toml, if there is one.
    #[arg(long, global = true, env = "DESKGRAPH_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// What differs between desks: the name of a built-in profile, or the path of a TOML file. Beats the configuration.
    #[arg(long, global = true, value_name = "NAME|FILE")]
    profile: Option<String>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serves the desk (the default).
    Serve,
    /// Brings the database up to date and ends.
    Migrate,
    /// Writes the GraphQL schema to standard output.
    Schema {
        /// Writes schema.graphql, errors.md and events.md into this folder instead.
        #[arg(long, value_name = "FOLDER")]
        write: Option<PathBuf>,
    },
    /// Imports existing data. What is here already is left as it is, so that it can be run again at any time.
    Import {
        #[command(subcommand)]
        what: What,
    },
    /// Checks profiles, and shows the built-in ones: what differs between desks.
    Profile {
        #[command(subcommand)]
        what: ProfileCommand,
    },
    /// Helps somebody who cannot help themselves: it works beside a running desk.
    User {
        #[command(subcommand)]
        what: User,
    },
    /// Measures how well search ranks the labelled questions of a folder of data sets, and how well labels are predicted.
    Eval {
        /// The folder with one folder for each set.
        folder: PathBuf,
    },
}

#[derive(Subcommand)]
enum What {
    /// Articles: JSONL, or a folder of Markdown whose front matter has the same fields. With --help: which fields.
    ///
    /// A line of JSONL, of which id, title and body (or body_markdown) are needed:
    ///
    ///   {"id": "360016466340", "title": "…", "body_markdown": "…", "category": "Software Support",
    ///    "section": "Upload", "tags": ["ide"], "slug": "fix-upload", "status": "published",
    ///    "audience": "public", "meta_description": "…", "created_at": "2024-01-31T09:30:00Z",
    ///    "updated_at": "…", "published_at": "…"}
    ///
    /// Without status an article is published, without audience it is for everybody. A section becomes a tag.
    #[command(verbatim_doc_comment)]
    Articles(Source),
    /// Tickets: JSONL or CSV with a header. With --help: which fields.
    ///
    /// A line of JSONL, of which id and title are needed. A CSV has the same names as columns,
    /// requester_email, requester_name and assignee_email for people, and no comments:
    ///
    ///   {"id": "4711", "title": "…", "description": "…", "status": "closed", "priority": "high",
    ///    "category": "billing", "channel": "email", "tags": ["refund"],
    ///    "requester": {"id": "u1", "email": "ann@example.com", "name": "Ann"},
    ///    "assignee": {"email": "bob@example.com", "name": "Bob"}, "created_at": "2024-01-31T09:30:00Z",
    ///    "updated_at": "…", "resolved_at": "…", "closed_at": "…", "close_reason": "duplicate",
    ///    "comments": [{"id": "1", "author": {"email": "…", "name": "…", "role": "agent"}, "body": "…",
    ///                  "format": "MARKDOWN", "internal": false, "created_at": "…"}]}
    ///
    /// Status, priority, category, channel and close_reason are keys or names of the desk's profile
    /// (query `workflow`): others are an error, absent ones get the profile's default. A requester
    /// who is not named is "Unknown". Other fields are not read.
    ///
    /// A table with ticket_type and urgency is read as that of an IT service desk: urgency 0 is the
    /// highest priority, and the codes in ticket_type, category, sub_category1 and business_service
    /// become tags, such as category-4.
    #[command(verbatim_doc_comment)]
    Tickets(Source),
}

#[derive(Subcommand)]
enum ProfileCommand {
    /// Checks a profile. What is wrong is named with its line, and the command fails.
    Check {
        /// A TOML file, or the name of a built-in profile.
        file: String,
    },
    /// Prints a built-in profile, to begin one's own from: deskgraph profile show isp > mine.toml
    Show {
        /// Which; without it their names are listed.
        name: Option<String>,
    },
}

#[derive(Subcommand)]
enum User {
    /// Gives somebody a one-time password, prints it once, and ends their sessions.
    Password {
        /// The e-mail address that they sign in with.
        email: String,
    },
}

#[derive(clap::Args)]
struct Source {
    /// The file or folder.
    file: PathBuf,
    /// The name of the system it comes from: ids are unique within it. Default: the file's name.
    #[arg(long)]
    source: Option<String>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let run = || -> Result<()> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let result = runtime.block_on(run(arguments));
        // What still runs is either done or cannot be waited for: a slow disk must not keep the process.
        runtime.shutdown_timeout(std::time::Duration::from_secs(2));
        result
    };
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The reader of this line may be gone: nothing to be done about that.
            let _ = writeln!(std::io::stderr(), "deskgraph: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<()> {
    let load = || {
        let mut config = Config::load(arguments.config.as_deref(), environment())?;
        if let Some(profile) = arguments.profile.clone() {
            config.profile = profile;
        }
        anyhow::Ok(config)
    };
    match arguments.command.unwrap_or(Command::Serve) {
        Command::Schema { write: None } => print(&graphql::served().sdl),
        Command::Schema { write: Some(folder) } => {
            for (name, text) in graphql::reference::files() {
                let path = folder.join(name);
                std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
            }
            Ok(())
        }
        Command::Eval { folder } => {
            let scratch = std::env::temp_dir().join(format!("deskgraph-eval-{}", std::process::id()));
            let ranking = deskgraph_index::eval::table(&folder, &scratch).map_err(anyhow::Error::from);
            let tables = ranking.and_then(|ranking| {
                let labels = deskgraph::search::eval::table(&folder, &scratch)?;
                Ok(format!("{ranking}\nPredicted labels:\n\n{labels}"))
            });
            let _ = std::fs::remove_dir_all(&scratch);
            print(&tables.with_context(|| format!("the sets in {} cannot be measured", folder.display()))?)
        }
        Command::Profile { what: ProfileCommand::Show { name: Some(name) } } => print(Profile::text_of(&name)?),
        Command::Profile { what: ProfileCommand::Show { name: None } } => {
            Profile::built_in().try_for_each(|name| print(&format!("{name}\n")))
        }
        Command::Profile { what: ProfileCommand::Check { file } } => {
            let (profile, _) = app::profile(&file)?;
            let Profile { name, statuses, transitions, priorities, .. } = &profile;
            print(&format!(
                "{file}: {name} is in order: {} statuses, {} transitions, {} priorities\n",
                statuses.len(),
                transitions.len(),
                priorities.len()
            ))
        }
        Command::Import { what } => {
            let config = load()?;
            logging::init(&config.log)?;
            import(&config, what).await
        }
        Command::User { what: User::Password { email } } => {
            let config = load()?;
            logging::init(&config.log)?;
            app::data_folder(&config)?;
            let desk = app::open(&config, Clock::system()).await?;
            let given =
                Sessions::new(desk.clone(), &config.sessions, &config.limits).await?.one_time_password(&email).await;
            desk.db.close().await;
            let (email, password) =
                given.map_err(|error| anyhow::anyhow!("{} {}", error.message(), error.way_out()))?;
            print(&format!(
                "One-time password of {email}: {password}\nIt is shown this once. Sign in and change it. All sessions have ended.\n"
            ))
        }
        Command::Migrate => {
            let config = load()?;
            logging::init(&config.log)?;
            app::open(&config, Clock::system()).await?.db.close().await;
            Ok(())
        }
        Command::Serve => {
            let config = load()?;
            logging::init(&config.log)?;
            serve(config).await
        }
    }
}

/// The variables that can be read as text.
fn environment() -> impl Iterator<Item = (String, String)> {
    let text = |(name, value): (OsString, OsString)| Some((name.into_string().ok()?, value.into_string().ok()?));
    std::env::vars_os().filter_map(text)
}

async fn serve(config: Config) -> Result<()> {
    app::data_folder(&config)?;
    // Before anything starts: a signal during the start must not be lost.
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let app = App::start(config, Clock::system()).await?;
    announce(&app)?;
    tokio::select! {
        _ = terminate.recv() => tracing::info!("told to stop"),
        _ = interrupt.recv() => tracing::info!("interrupted"),
    }
    app.stop();
    app.stopped().await?;
    tracing::info!("stopped in good order");
    Ok(())
}

async fn import(config: &Config, what: What) -> Result<()> {
    let (What::Articles(Source { file, source }) | What::Tickets(Source { file, source })) = &what;
    let options = import::Options { path: file.clone(), source: source.clone() };
    app::data_folder(config)?;
    let desk = app::open(config, Clock::system()).await?;
    let mut progress = import::progress::for_stderr();
    let summary = match what {
        What::Articles(_) => import::articles(&desk, &options, &mut *progress).await,
        What::Tickets(_) => import::tickets(&desk, &options, &mut *progress).await,
    };
    desk.db.close().await;
    let summary = summary?;
    print(&format!("{summary}\n"))?;
    anyhow::ensure!(
        summary.is_complete(),
        "{} rows were not taken: mend them and run it again",
        summary.rejected.len()
    );
    Ok(())
}

fn announce(app: &App) -> Result<()> {
    let mut out = std::io::stdout().lock();
    for address in &app.addresses {
        writeln!(out, "Deskgraph answers at http://{address}/")?;
    }
    if let Some(first) = &app.first_administrator {
        writeln!(out, "First administrator: {}", first.email)?;
        if let Some(password) = &first.password {
            writeln!(out, "One-time password:   {password}")?;
            writeln!(out, "It is shown this once. Sign in and change it.")?;
        }
    }
    if out.is_terminal() {
        writeln!(out, "Stop with Ctrl-C.")?;
    }
    Ok(out.flush()?)
}

fn print(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}
