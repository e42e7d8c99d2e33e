//! A desk to test, and a cast of people who use it from outside.

mod database;
mod files;
mod letters;
mod log;
mod mail;
mod person;
mod process;
mod raw;
mod socket;

use std::sync::Arc;
use std::time::Duration;

use deskgraph::app::App;
use deskgraph::clock::Clock;
use deskgraph::config::{Config, Secret};
use serde_json::{Value, json};

pub use database::Database;
pub use files::{PDF, PNG, docx};
pub use mail::{MailServer, SmsGateway};
pub use person::{Person, errors, mutation, user_errors};
pub use process::Process;
pub use raw::post;
pub use socket::Socket;

/// The password of everybody in the cast.
pub const PASSWORD: &str = "correct horse battery";

/// The password that an administrator gives, to be changed before anything else.
pub const FIRST_PASSWORD: &str = "given by an administrator";

/// A running desk. Its clock moves only when a test moves it.
pub struct Desk {
    pub url: String,
    pub clock: Clock,
    pub config: Config,
    app: Option<App>,
    database: Option<database::Database>,
    folder: Arc<tempfile::TempDir>,
    http: reqwest::Client,
}

/// Writes a test twice: on SQLite, and on PostgreSQL where `DESKGRAPH_TEST_POSTGRES` names a server. The desk is a help desk, or
/// has the profile that is named after `on`.
#[macro_export]
macro_rules! desk_test {
    ($(#[$meta:meta])* async fn $name:ident($desk:ident: &Desk) on $profile:literal $body:block) => {
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            $(#[$meta])*
            async fn on($desk: &$crate::harness::Desk) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                let desk = $crate::harness::Desk::with(|config| config.profile = $profile.to_owned()).await;
                on(&desk).await;
                desk.stop().await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                if let Some(desk) = $crate::harness::Desk::postgres_with(|config| config.profile = $profile.to_owned()).await {
                    on(&desk).await;
                    desk.stop().await;
                }
            }
        }
    };
    ($(#[$meta:meta])* async fn $name:ident($desk:ident: &Desk) $body:block) => {
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            $(#[$meta])*
            async fn on($desk: &$crate::harness::Desk) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                let desk = $crate::harness::Desk::sqlite().await;
                on(&desk).await;
                desk.stop().await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                if let Some(desk) = $crate::harness::Desk::postgres().await {
                    on(&desk).await;
                    desk.stop().await;
                }
            }
        }
    };
}

impl Desk {
    /// A new desk on SQLite.
    pub async fn sqlite() -> Self {
        Self::with(|_| {}).await
    }

    /// A new desk on SQLite with a configuration of its own.
    pub async fn with(configure: impl FnOnce(&mut Config)) -> Self {
        Self::start(None, configure).await
    }

    /// A new desk on PostgreSQL, in a database of its own; none if no server is named.
    pub async fn postgres() -> Option<Self> {
        Self::postgres_with(|_| {}).await
    }

    /// A new desk on PostgreSQL with a configuration of its own; none if no server is named.
    pub async fn postgres_with(configure: impl FnOnce(&mut Config)) -> Option<Self> {
        Some(Self::start(Some(database::Database::create().await?), configure).await)
    }

    async fn start(database: Option<database::Database>, configure: impl FnOnce(&mut Config)) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let listen = vec!["127.0.0.1:0".parse().unwrap()];
        let mut config = Config { listen, data: folder.path().to_owned(), ..Config::default() };
        config.admin.email = "ada@desk.test".to_owned();
        config.admin.password = Some(Secret::new(PASSWORD.to_owned()));
        config.limits.sign_in_per_address = 1_000;
        config.limits.price_per_minute = 1_000_000_000;
        // Hashing at full strength would be a fifth of what all tests do.
        config.sessions.password_memory_kib = 64;
        config.search.commit_interval_ms = 1;
        if let Some(database) = &database {
            config.database_url = Some(Secret::new(database.url.clone()));
            config.database.pool = 4;
        }
        configure(&mut config);
        let clock = Clock::system();
        let app = App::start(config.clone(), clock.clone()).await.unwrap();
        let url = format!("http://{}", app.addresses[0]);
        Self { url, clock, config, app: Some(app), database, folder, http: reqwest::Client::new() }
    }

    /// The running application, for what cannot be seen from outside.
    pub fn app(&self) -> &App {
        self.app.as_ref().unwrap()
    }

    /// Stops the desk in good order and removes what it kept.
    pub async fn stop(mut self) {
        if let Some(app) = self.app.take() {
            app.stop();
            tokio::time::timeout(Duration::from_secs(20), app.stopped()).await.expect("the desk stops").unwrap();
        }
        if let Some(database) = self.database.take() {
            database.remove().await;
        }
    }

    /// Stops the desk and starts it again on the same data.
    pub async fn restart(&mut self) {
        self.restart_after(async |_: &std::path::Path| {}).await;
    }

    /// Stops the desk, does something to the folder with its data, and starts it again.
    pub async fn restart_after(&mut self, meanwhile: impl AsyncFnOnce(&std::path::Path)) {
        let app = self.app.take().unwrap();
        app.stop();
        app.stopped().await.unwrap();
        meanwhile(self.folder.path()).await;
        let app = App::start(self.config.clone(), self.clock.clone()).await.unwrap();
        self.url = format!("http://{}", app.addresses[0]);
        self.app = Some(app);
    }

    /// The folder with the desk's data.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Somebody who is not signed in.
    pub fn stranger(&self) -> Person {
        Person::new(self.http.clone(), &self.url, None)
    }

    /// Ada, who runs the desk.
    pub async fn administrator(&self) -> Person {
        self.sign_in("ada@desk.test", PASSWORD).await
    }

    /// An agent of this name.
    pub async fn agent(&self, name: &str) -> Person {
        self.cast(name, "AGENT").await
    }

    /// A customer of this name.
    pub async fn customer(&self, name: &str) -> Person {
        self.cast(name, "CUSTOMER").await
    }

    /// Another system with a key that may do this.
    pub async fn service(&self, name: &str, scopes: &[&str]) -> Person {
        let ada = self.administrator().await;
        let made = ada.do_it("serviceAccountCreate", json!({"name": name}), "serviceAccount { id }").await;
        let account = &made["serviceAccount"]["id"];
        let input = json!({"serviceAccountId": account, "name": "main", "scopes": scopes});
        let key = ada.do_it("apiKeyCreate", input, "apiKey { id } secret").await;
        let mut service = self.stranger();
        service.token = key["secret"].as_str().map(str::to_owned);
        service.id = account.as_str().unwrap().to_owned();
        service
    }

    /// Somebody of this name and role.
    pub async fn cast(&self, name: &str, role: &str) -> Person {
        let email = format!("{}@desk.test", name.to_lowercase());
        let ada = self.administrator().await;
        let made = ada
            .run(
                "mutation($input: PersonCreateInput!) { personCreate(input: $input) { person { id } userErrors { code message } } }",
                json!({"input": {"name": name, "email": email, "role": role, "password": FIRST_PASSWORD}}),
            )
            .await;
        assert_eq!(made["personCreate"]["userErrors"], json!([]), "{made}");
        let person = self.sign_in(&email, FIRST_PASSWORD).await;
        person.make_password_own().await;
        person
    }

    /// Signs somebody in.
    pub async fn sign_in(&self, email: &str, password: &str) -> Person {
        let answer = self.stranger().run(SIGN_IN, json!({"input": {"email": email, "password": password}})).await;
        assert_eq!(answer["signIn"]["userErrors"], json!([]), "{answer}");
        let answer = &answer["signIn"];
        let mut person = Person::new(self.http.clone(), &self.url, answer["accessToken"].as_str().map(str::to_owned));
        person.id = answer["person"]["id"].as_str().unwrap().to_owned();
        person.refresh_token = answer["refreshToken"].as_str().map(str::to_owned);
        person
    }

    /// Moves the desk's time forward: service levels, reopening.
    pub fn advance(&self, hours: f64) {
        self.clock.advance(Duration::from_secs_f64(hours * 3600.0));
    }
}

/// The path of a profile like the help desk, with lines of it replaced: each must be there.
pub fn profile(folder: &std::path::Path, replace: &[(&str, &str)]) -> String {
    let mut text = include_str!("../../../src/profile/builtin/helpdesk.toml").to_owned();
    for (line, with) in replace {
        assert!(text.contains(line), "{line}");
        text = text.replacen(line, with, 1);
    }
    let path = folder.join("profile.toml");
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

/// The sign-in that everybody uses.
pub const SIGN_IN: &str = "mutation($input: SignInInput!) { signIn(input: $input) \
    { accessToken refreshToken person { id } userErrors { code message } } }";

/// Waits until `condition` holds; fails after 20 seconds.
pub async fn eventually(what: &str, mut condition: impl AsyncFnMut() -> bool) {
    let began = std::time::Instant::now();
    while !condition().await {
        assert!(began.elapsed() < Duration::from_secs(20), "not in time: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// The number of an event cursor.
pub fn seq(cursor: &Value) -> i64 {
    cursor.as_str().unwrap().split_once('-').unwrap().1.parse().unwrap()
}

/// The ids in a list of nodes.
pub fn ids(nodes: &Value) -> Vec<String> {
    nodes.as_array().unwrap().iter().map(|node| node["id"].as_str().unwrap().to_owned()).collect()
}
