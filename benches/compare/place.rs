//! Where the rows are: an original for the desk, a copy for the handlers written by hand.

use std::path::{Path, PathBuf};

use anyhow::Context;
use sea_orm::{ConnectionTrait, Database};

use super::fill;

/// Which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

const SERVER: &str = "DESKGRAPH_TEST_POSTGRES";

impl Kind {
    /// Those that were asked for and are there.
    pub fn chosen(names: &str) -> Vec<Self> {
        let mut chosen = Vec::new();
        if matches!(names, "sqlite" | "both") {
            chosen.push(Self::Sqlite);
        }
        if matches!(names, "postgres" | "both") {
            match std::env::var(SERVER) {
                Ok(_) => chosen.push(Self::Postgres),
                Err(_) => println!("skipped: PostgreSQL; name a server in {SERVER}"),
            }
        }
        chosen
    }
}

/// A filled database with its copy.
pub struct Place {
    pub kind: Kind,
    pub folder: PathBuf,
    pub url: Option<String>,
    pub copy: PathBuf,
    pub copy_url: Option<String>,
}

impl Place {
    /// The database in `folder`, filled now unless it was before.
    pub async fn filled(kind: Kind, folder: &Path, tickets: u64) -> anyhow::Result<Self> {
        let name = format!("{kind:?}_{tickets}").to_lowercase();
        let (original, copy) = (folder.join(&name), folder.join(format!("{name}_copy")));
        std::fs::create_dir_all(&original)?;
        std::fs::create_dir_all(&copy)?;
        let url = |suffix: &str| match kind {
            Kind::Sqlite => None,
            Kind::Postgres => {
                std::env::var(SERVER).ok().map(|server| format!("{server}/deskgraph_bench_{tickets}{suffix}"))
            }
        };
        let place = Self { kind, url: url(""), copy_url: url("_copy"), folder: original, copy };
        let marker = place.folder.join("filled");
        if !marker.exists() {
            place.make(tickets).await?;
            std::fs::write(marker, "")?;
        }
        Ok(place)
    }

    async fn make(&self, tickets: u64) -> anyhow::Result<()> {
        if self.kind == Kind::Postgres {
            self.drop_all().await?;
            server(&format!("CREATE DATABASE {}", name(&self.url))).await?;
        }
        let began = std::time::Instant::now();
        fill::fill(&self.folder, self.url.clone(), tickets).await?;
        println!("filled in {:.0} s", began.elapsed().as_secs_f64());
        match self.kind {
            Kind::Sqlite => {
                std::fs::copy(self.folder.join("desk.db"), self.copy.join("desk.db"))?;
            }
            Kind::Postgres => {
                server(&format!("CREATE DATABASE {} TEMPLATE {}", name(&self.copy_url), name(&self.url))).await?;
            }
        }
        Ok(())
    }

    /// The database that the handlers written by hand use.
    pub fn copy_database(&self) -> String {
        self.copy_url.clone().unwrap_or_else(|| format!("sqlite:{}", self.copy.join("desk.db").display()))
    }

    /// Removes both databases; the folder goes with its owner.
    pub async fn remove(&self) -> anyhow::Result<()> {
        if self.kind == Kind::Postgres { self.drop_all().await } else { Ok(()) }
    }

    async fn drop_all(&self) -> anyhow::Result<()> {
        for url in [&self.url, &self.copy_url] {
            server(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", name(url))).await?;
        }
        Ok(())
    }
}

fn name(url: &Option<String>) -> &str {
    url.as_deref().and_then(|url| url.rsplit('/').next()).unwrap_or_default()
}

async fn server(sql: &str) -> anyhow::Result<()> {
    let server = std::env::var(SERVER).context(SERVER)?;
    let connection = Database::connect(format!("{server}/postgres")).await?;
    connection.execute_unprepared(sql).await?;
    Ok(connection.close().await?)
}
