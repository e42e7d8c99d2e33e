//! The real binary as a process of its own: to be killed, and to be measured.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use super::PASSWORD;

/// A running desk.
pub struct Process {
    /// Where it answers.
    pub url: String,
    child: Child,
    // Held: whoever closes it takes the process its standard output.
    _out: BufReader<ChildStdout>,
}

impl Process {
    /// Starts it on the data in this folder; returns when it has said where it listens.
    pub async fn start(data: &Path, database_url: Option<&str>, settings: &[(&str, &str)]) -> Self {
        Self::start_writing(data, database_url, settings, Stdio::inherit()).await
    }

    /// The same, with its log going here.
    pub async fn start_writing(
        data: &Path,
        database_url: Option<&str>,
        settings: &[(&str, &str)],
        log: impl Into<Stdio>,
    ) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_deskgraph"));
        command
            .env_clear()
            .env("DESKGRAPH_LISTEN", "127.0.0.1:0")
            .env("DESKGRAPH_DATA", data)
            .env("DESKGRAPH_ADMIN_EMAIL", "ada@desk.test")
            .env("DESKGRAPH_ADMIN_PASSWORD", PASSWORD)
            .env("DESKGRAPH_LIMITS_PRICE_PER_MINUTE", "1000000000")
            .env("DESKGRAPH_LOG_LEVEL", "error")
            .stdout(Stdio::piped())
            .stderr(log);
        if let Some(url) = database_url {
            command.env("DESKGRAPH_DATABASE_URL", url).env("DESKGRAPH_DATABASE_POOL", "4");
        }
        command.envs(settings.iter().map(|(key, value)| (format!("DESKGRAPH_{key}"), value.to_string())));
        let start = move || {
            let mut child = command.spawn().unwrap();
            let mut out = BufReader::new(child.stdout.take().unwrap());
            let mut line = String::new();
            out.read_line(&mut line).unwrap();
            let url = line.trim().strip_prefix("Deskgraph answers at ").expect("its address").trim_end_matches('/');
            Self { url: url.to_owned(), child, _out: out }
        };
        tokio::task::spawn_blocking(start).await.unwrap()
    }

    /// Takes its life: it has no chance to finish anything. Answers the signal that it died of, which is another one if it was dead already.
    pub fn kill(mut self) -> Option<i32> {
        self.child.kill().unwrap();
        std::os::unix::process::ExitStatusExt::signal(&self.child.wait().unwrap())
    }

    /// Asks it to stop, and waits until it has.
    pub async fn stop(mut self) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        let status = tokio::task::spawn_blocking(move || self.child.wait()).await.unwrap().unwrap();
        assert!(status.success(), "{status}");
    }

    /// How much memory it holds, in megabytes; none where the system does not tell.
    pub fn memory_mb(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        Some(line.trim().trim_end_matches(" kB").parse::<u64>().ok()? / 1024)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
