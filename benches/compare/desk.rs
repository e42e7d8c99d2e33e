//! The desk itself, started as its own binary starts it.

use std::path::Path;

use deskgraph::app::App;
use deskgraph::clock::Clock;
use deskgraph::config::{Config, Secret};

use super::client::{EMAIL, PASSWORD};
use super::{process, profiles};

/// The configuration: the defaults with the profile in the folder, if there is one, but for the budgets of one actor, who is a thousand here.
pub fn config(folder: &Path, url: Option<String>) -> Config {
    let mut config = Config { listen: vec![([127, 0, 0, 1], 0).into()], data: folder.to_owned(), ..Config::default() };
    config.database_url = url.map(Secret::new);
    config.admin.email = EMAIL.to_owned();
    config.admin.password = Some(Secret::new(PASSWORD));
    config.sessions.access_minutes = 1_000;
    let profile = profiles::of(folder);
    if profile.exists() {
        config.profile = profile.display().to_string();
    }
    config.limits.price_per_minute = 1_000_000_000_000;
    config
}

/// Serves until it is told to stop.
pub async fn serve(folder: &Path, url: Option<String>) -> anyhow::Result<()> {
    let config = config(folder, url);
    // Logging costs what it costs in production: one line a write, to a pipe that nobody waits for.
    deskgraph::logging::init(&config.log)?;
    let app = App::start(config, Clock::system()).await?;
    process::announce(app.addresses[0]);
    process::told_to_stop().await;
    app.stop();
    app.stopped().await
}
