//! A client that speaks HTTP byte by byte, as no library would.

use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::Desk;

/// How long a test waits for an answer or a close before it fails.
const PATIENCE: Duration = Duration::from_secs(20);

/// A connection.
pub struct Raw(TcpStream);

/// What came back: the status and the body.
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The head, in lower case.
    pub head: String,
    /// The body as it came.
    pub body: Vec<u8>,
}

impl Reply {
    /// The code of the first error.
    pub fn code(&self) -> String {
        let body: Value = serde_json::from_slice(&self.body).unwrap_or_default();
        body["errors"][0]["extensions"]["code"].as_str().unwrap_or("none").to_owned()
    }
}

impl Desk {
    /// A connection to the desk.
    pub async fn raw(&self) -> Raw {
        let stream = TcpStream::connect(self.url.trim_start_matches("http://")).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Raw(stream)
    }
}

impl Raw {
    /// Sends bytes. That the server has gone already is for the answer to say.
    pub async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        let _ = self.0.write_all(bytes.as_ref()).await;
    }

    /// Says that nothing more comes, and goes on listening.
    pub async fn end(&mut self) {
        let _ = self.0.shutdown().await;
    }

    /// Everything until the server closes the connection.
    pub async fn rest(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let _ = tokio::time::timeout(PATIENCE, self.0.read_to_end(&mut bytes)).await.expect("a close in time");
        bytes
    }

    /// The one answer of a request that said `connection: close`, or that the server closes after.
    pub async fn reply(&mut self) -> Reply {
        let bytes = self.rest().await;
        let at = bytes.windows(4).position(|end| end == b"\r\n\r\n").unwrap_or(bytes.len());
        let head = String::from_utf8_lossy(&bytes[..at]).to_lowercase();
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        Reply { status, head, body: bytes.get(at + 4..).unwrap_or_default().to_vec() }
    }
}

/// The bytes of a POST to the API, with these further headers.
pub fn post(headers: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes = format!(
        "POST /graphql HTTP/1.1\r\nhost: desk.test\r\nconnection: close\r\ncontent-length: {}\r\n{headers}\r\n",
        body.len()
    )
    .into_bytes();
    bytes.extend_from_slice(body);
    bytes
}
