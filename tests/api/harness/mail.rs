//! A mail server and a gateway of text messages, as far as tests need them.

use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A mail that was taken.
#[derive(Clone, Debug)]
pub struct Mail {
    /// The address that it was for.
    pub to: String,
    /// All of it.
    pub text: String,
}

impl Mail {
    /// The value of a header; empty if it has none.
    pub fn header(&self, name: &str) -> &str {
        let found = self.text.lines().take_while(|line| !line.is_empty()).find_map(|line| {
            let (found, value) = line.split_once(": ")?;
            found.eq_ignore_ascii_case(name).then_some(value)
        });
        found.unwrap_or_default()
    }
}

/// A mail server. What it does with a mail is said by its recipient: `nobody…` is unknown, `later…` is taken at the second attempt,
/// `slow…` gets no answer.
#[derive(Clone, Default)]
pub struct MailServer {
    taken: Arc<Mutex<Vec<Mail>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl MailServer {
    /// Starts one; answers it and its address.
    pub async fn start() -> (Self, String) {
        let server = Self::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let here = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let server = here.clone();
                // A client that hangs up is no fault of the server.
                tokio::spawn(async move { drop(server.serve(stream).await) });
            }
        });
        (server, url)
    }

    /// What was taken, in order.
    pub fn taken(&self) -> Vec<Mail> {
        self.taken.lock().unwrap().clone()
    }

    /// How often a mail for this address was offered.
    pub fn attempts(&self, address: &str) -> usize {
        self.asked.lock().unwrap().iter().filter(|asked| *asked == address).count()
    }

    async fn serve(&self, mut stream: TcpStream) -> std::io::Result<()> {
        let (read, mut write) = stream.split();
        let mut lines = BufReader::new(read).lines();
        let mut to = String::new();
        write.write_all(b"220 here\r\n").await?;
        while let Some(line) = lines.next_line().await? {
            let answer = match line.split([' ', ':']).next().unwrap_or_default() {
                "RCPT" => {
                    to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                    self.asked.lock().unwrap().push(to.clone());
                    match to.as_str() {
                        to if to.starts_with("nobody") => "550 5.1.1 there is nobody of this name",
                        to if to.starts_with("later") && self.attempts(to) < 2 => "451 4.3.0 come back later",
                        to if to.starts_with("slow") => std::future::pending().await,
                        _ => "250 fine",
                    }
                }
                "DATA" => {
                    write.write_all(b"354 go on\r\n").await?;
                    let mut text = String::new();
                    while let Some(line) = lines.next_line().await?.filter(|line| line != ".") {
                        text.push_str(line.strip_prefix('.').unwrap_or(&line));
                        text.push('\n');
                    }
                    self.taken.lock().unwrap().push(Mail { to: to.clone(), text });
                    "250 taken"
                }
                "QUIT" => "221 bye",
                _ => "250 fine",
            };
            write.write_all(format!("{answer}\r\n").as_bytes()).await?;
        }
        Ok(())
    }
}

/// What a gateway was sent: the bearer token, and the body.
pub type Texted = (String, Value);

/// A gateway of text messages that answers with these statuses, one after the other, and with the last one ever after.
#[derive(Clone)]
pub struct SmsGateway {
    answers: Arc<Mutex<Vec<u16>>>,
    asked: Arc<Mutex<Vec<Texted>>>,
}

impl SmsGateway {
    /// Starts one; answers it and its address.
    pub async fn start(answers: &[u16]) -> (Self, String) {
        let gateway = Self { answers: Arc::new(Mutex::new(answers.to_vec())), asked: Arc::default() };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/send", listener.local_addr().unwrap());
        let routes = axum::Router::new().route("/send", post(Self::take)).with_state(gateway.clone());
        tokio::spawn(axum::serve(listener, routes).into_future());
        (gateway, url)
    }

    /// What it was sent, taken or not, in order.
    pub fn asked(&self) -> Vec<Texted> {
        self.asked.lock().unwrap().clone()
    }

    async fn take(State(here): State<Self>, headers: HeaderMap, body: String) -> StatusCode {
        let token = headers.get("authorization").and_then(|token| token.to_str().ok()).unwrap_or_default().to_owned();
        here.asked.lock().unwrap().push((token, serde_json::from_str(&body).unwrap()));
        let mut answers = here.answers.lock().unwrap();
        let status = if answers.len() > 1 { answers.remove(0) } else { answers[0] };
        StatusCode::from_u16(status).unwrap()
    }
}
