//! A client that costs little: it shares the machine with the servers.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The address and password that the desk is started with.
pub const EMAIL: &str = "bench@desk.test";
pub const PASSWORD: &str = "correct horse battery";

/// One connection that is kept open.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    pub async fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(128 << 10) })
    }

    /// Sends a request as it is and answers the body.
    pub async fn send(&mut self, request: &[u8]) -> anyhow::Result<&[u8]> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let mut needed = None;
        loop {
            let read = self.stream.read_buf(&mut self.buffer).await?;
            ensure!(read > 0, "the connection was closed");
            if needed.is_none()
                && let Some(end) = find(&self.buffer, b"\r\n\r\n")
            {
                let head = std::str::from_utf8(&self.buffer[..end])?.to_ascii_lowercase();
                let length = head.split("content-length:").nth(1).context("no content-length")?;
                let length: usize = length.split("\r\n").next().unwrap_or_default().trim().parse()?;
                needed = Some((end + 4, end + 4 + length));
            }
            if let Some((start, end)) = needed
                && self.buffer.len() >= end
            {
                return Ok(&self.buffer[start..end]);
            }
        }
    }
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|window| window == what)
}

/// A request's bytes.
pub fn request(path: &str, token: &str, body: &Value) -> Vec<u8> {
    let body = body.to_string();
    let mut text = format!(
        "POST {path} HTTP/1.1\r\nhost: desk\r\ncontent-type: application/json\r\ncontent-length: {}\r\n",
        body.len()
    );
    if !token.is_empty() {
        text.push_str(&format!("authorization: Bearer {token}\r\n"));
    }
    format!("{text}\r\n{body}").into_bytes()
}

/// Asks once.
pub async fn ask(address: SocketAddr, path: &str, token: &str, body: &Value) -> anyhow::Result<Value> {
    let mut connection = Connection::open(address).await?;
    Ok(serde_json::from_slice(connection.send(&request(path, token, body)).await?)?)
}

/// An access token of the administrator.
pub async fn sign_in(address: SocketAddr) -> anyhow::Result<String> {
    let document = "mutation($input: SignInInput!) { signIn(input: $input) { accessToken userErrors { message } } }";
    let body = json!({"query": document, "variables": {"input": {"email": EMAIL, "password": PASSWORD}}});
    let answer = ask(address, "/graphql", "", &body).await?;
    let token = answer["data"]["signIn"]["accessToken"].as_str();
    Ok(token.with_context(|| format!("no token: {answer}"))?.to_owned())
}

/// Asks the same over many connections for some time; answers how long each took.
pub async fn drive(
    address: SocketAddr,
    path: &str,
    token: &str,
    body: &Value,
    connections: usize,
    length: Duration,
) -> anyhow::Result<(Duration, Vec<Duration>)> {
    let request = std::sync::Arc::new(request(path, token, body));
    let began = Instant::now();
    let mut tasks = Vec::new();
    for _ in 0..connections {
        let request = request.clone();
        tasks.push(tokio::spawn(async move {
            let mut connection = Connection::open(address).await?;
            let mut times = Vec::with_capacity(8192);
            while began.elapsed() < length {
                let sent = Instant::now();
                connection.send(&request).await?;
                times.push(sent.elapsed());
            }
            anyhow::Ok(times)
        }));
    }
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await??);
    }
    Ok((began.elapsed(), times))
}
