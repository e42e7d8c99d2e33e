//! A server in a process of its own, so that what it uses can be told from what the client uses.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context;

/// A running server.
pub struct Server {
    pub address: SocketAddr,
    /// Between the start of its process and the first time that it said it was ready.
    pub ready_ms: f64,
    child: Child,
    id: u32,
}

impl Server {
    /// Starts this program again as a server and waits until it is ready.
    pub async fn start(what: &str, folder: &Path, url: Option<&str>) -> anyhow::Result<Self> {
        let began = Instant::now();
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("--serve").arg(what).arg("--folder").arg(folder);
        if let Some(url) = url {
            command.arg("--url").arg(url);
        }
        let mut child = command.stdout(Stdio::piped()).stdin(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let mut lines = BufReader::new(child.stdout.take().context("no output")?).lines();
        let address = loop {
            let line = lines.next().with_context(|| format!("{what} did not start"))??;
            if let Some(address) = line.strip_prefix("listening ") {
                break address.parse()?;
            }
        };
        while !Self::is_ready(address).await {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let ready_ms = began.elapsed().as_secs_f64() * 1_000.0;
        tokio::time::sleep(Duration::from_millis(500)).await;
        let id = child.id();
        Ok(Self { address, ready_ms, child, id })
    }

    async fn is_ready(address: SocketAddr) -> bool {
        let Ok(mut connection) = super::client::Connection::open(address).await else { return false };
        let answer = connection.send(b"GET /ready HTTP/1.1\r\nhost: desk\r\n\r\n").await;
        answer.is_ok_and(|body| body.starts_with(b"{\"ready\":true"))
    }

    /// What it has used of the CPU, itself and for the system, in microseconds.
    pub fn cpu_us(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.id)).unwrap_or_default();
        // The name in brackets may hold anything; the numbers begin after it.
        let numbers: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let ticks = |nth: usize| numbers.get(nth).and_then(|text| text.parse::<f64>().ok()).unwrap_or_default();
        // A tick is 10 ms on every Linux that this runs on.
        (ticks(11) + ticks(12)) * 10_000.0
    }

    /// Its resident memory in MB: all of it, and the part that is not a mapped file, which the system could drop at any time.
    pub fn resident_mb(&self) -> (f64, f64) {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id)).unwrap_or_default();
        let of = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name)).unwrap_or_default();
            line.split_whitespace().nth(1).and_then(|text| text.parse::<f64>().ok()).unwrap_or_default() / 1_024.0
        };
        (of("VmRSS:"), of("RssAnon:"))
    }

    /// Ends it in good order: it stops when its input ends.
    pub async fn stop(mut self) {
        drop(self.child.stdin.take());
        for _ in 0..600 {
            match self.child.try_wait() {
                Ok(None) => tokio::time::sleep(Duration::from_millis(100)).await,
                _ => return,
            }
        }
        eprintln!("a server did not stop");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // After a failed check: nobody else would end it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Says where a server listens.
pub fn announce(address: SocketAddr) {
    println!("listening {address}");
}

/// Waits until the benchmark closes this process's input.
pub async fn told_to_stop() {
    let read = || std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
    // It ends one way or the other.
    let _ = tokio::task::spawn_blocking(read).await;
}
