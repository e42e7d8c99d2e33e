//! A client of the WebSocket, as graphql-transport-ws has it.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::client::Request;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// A socket.
pub struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

/// How long a test waits for a message before it fails.
const PATIENCE: Duration = Duration::from_secs(20);

impl Socket {
    /// Connects, and is acknowledged.
    pub async fn open(url: &str, token: Option<&str>) -> Self {
        let mut socket = Self::connect(url).await;
        let payload = token.map_or(json!({}), |token| json!({"Authorization": format!("Bearer {token}")}));
        socket.send(json!({"type": "connection_init", "payload": payload})).await;
        assert_eq!(socket.receive().await["type"], "connection_ack");
        socket
    }

    /// Connects, and is acknowledged; none if the desk is away.
    pub async fn try_open(url: &str, token: Option<&str>) -> Option<Self> {
        let (stream, _) = connect_async(request(url)).await.ok()?;
        let mut socket = Self { stream };
        let payload = token.map_or(json!({}), |token| json!({"Authorization": format!("Bearer {token}")}));
        let init = json!({"type": "connection_init", "payload": payload});
        socket.stream.send(Message::text(init.to_string())).await.ok()?;
        (socket.try_receive().await?["type"] == "connection_ack").then_some(socket)
    }

    /// Connects, and says nothing.
    pub async fn connect(url: &str) -> Self {
        let (stream, _) = connect_async(request(url)).await.unwrap();
        Self { stream }
    }

    /// Sends a message.
    pub async fn send(&mut self, message: Value) {
        self.stream.send(Message::text(message.to_string())).await.unwrap();
    }

    /// Sends a message, which the server may refuse to hear.
    pub async fn send_or_be_closed(&mut self, message: Value) {
        let _ = self.stream.send(Message::text(message.to_string())).await;
    }

    /// Starts an operation.
    pub async fn subscribe(&mut self, id: &str, document: &str, variables: Value) {
        self.send(json!({"type": "subscribe", "id": id, "payload": {"query": document, "variables": variables}})).await;
    }

    /// Starts an operation; answers whether the desk is still there.
    pub async fn try_subscribe(&mut self, id: &str, document: &str, variables: Value) -> bool {
        let message = json!({"type": "subscribe", "id": id, "payload": {"query": document, "variables": variables}});
        self.stream.send(Message::text(message.to_string())).await.is_ok()
    }

    /// The next message that is not a ping.
    pub async fn receive(&mut self) -> Value {
        loop {
            let message = tokio::time::timeout(PATIENCE, self.stream.next()).await.expect("a message in time");
            match message.expect("an open socket").unwrap() {
                Message::Text(text) => {
                    let message: Value = serde_json::from_str(&text).unwrap();
                    if message["type"] != "ping" {
                        return message;
                    }
                    self.send(json!({"type": "pong"})).await;
                }
                Message::Close(frame) => panic!("closed: {frame:?}"),
                _ => {}
            }
        }
    }

    /// The next message that is not a ping; none if the desk has gone away.
    pub async fn try_receive(&mut self) -> Option<Value> {
        loop {
            match tokio::time::timeout(PATIENCE, self.stream.next()).await.expect("a message in time")?.ok()? {
                Message::Text(text) => return serde_json::from_str(&text).ok(),
                Message::Close(_) => return None,
                _ => {}
            }
        }
    }

    /// The next message, or the code and reason of the close; none if the connection broke.
    pub async fn try_event(&mut self) -> Option<Result<Value, (u16, String)>> {
        loop {
            match tokio::time::timeout(PATIENCE, self.stream.next()).await.expect("a message in time")?.ok()? {
                Message::Text(text) => return Some(Ok(serde_json::from_str(&text).ok()?)),
                Message::Close(frame) => {
                    let frame = frame?;
                    return Some(Err((frame.code.into(), frame.reason.to_string())));
                }
                _ => {}
            }
        }
    }

    /// The data of the next `next` message.
    pub async fn next(&mut self) -> Value {
        let mut message = self.receive().await;
        assert_eq!(message["type"], "next", "{message:#}");
        assert!(message["payload"].get("errors").is_none(), "{message:#}");
        message["payload"]["data"].take()
    }

    /// The code and reason that the server closes the socket with.
    pub async fn closed(&mut self) -> (u16, String) {
        loop {
            match tokio::time::timeout(PATIENCE, self.stream.next()).await.expect("a close in time") {
                Some(Ok(Message::Close(Some(frame)))) => return (frame.code.into(), frame.reason.to_string()),
                Some(Ok(_)) => {}
                other => panic!("no close frame: {other:?}"),
            }
        }
    }
}

fn request(url: &str) -> Request {
    let mut request = format!("{}/graphql", url.replace("http://", "ws://")).into_client_request().unwrap();
    request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse().unwrap());
    request
}
