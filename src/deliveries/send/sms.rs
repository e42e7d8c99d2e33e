//! Text messages: the way to a gateway that takes them by HTTP.

use std::time::Duration;

use anyhow::Context;
use axum::http::{HeaderValue, Request, StatusCode, Uri, header};
use bytes::Bytes;
use http_body_util::Full;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use super::{Failure, in_time};
use crate::config::{self, Secret, sms_body};
use crate::deliveries::delivery::Model;

/// A gateway that takes text messages for everybody.
pub(super) struct Gateway {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    uri: Uri,
    token: Option<HeaderValue>,
    body: String,
    limit: Duration,
}

impl Gateway {
    /// A gateway by its address.
    pub(super) fn new(url: &Secret, sms: &config::Sms) -> anyhow::Result<Self> {
        let connector = HttpsConnectorBuilder::new().with_platform_verifier().https_or_http().enable_http1().build();
        let bearer = |token: &Secret| HeaderValue::from_str(&format!("Bearer {}", token.expose()));
        let mut token = sms.token.as_ref().map(bearer).transpose().context("sms.token cannot be sent")?;
        if let Some(token) = &mut token {
            token.set_sensitive(true);
        }
        Ok(Self {
            client: Client::builder(TokioExecutor::new()).build(connector),
            uri: url.expose().parse().context("sms.url is no address")?,
            token,
            body: sms.body.clone(),
            limit: Duration::from_secs(sms.timeout_seconds),
        })
    }

    /// Sends one.
    pub(super) async fn send(&self, delivery: &Model) -> Result<(), Failure> {
        let unusable =
            |error: &dyn std::fmt::Display| Failure::Final(format!("The message cannot be written: {error}"));
        let body = sms_body(&self.body, &delivery.address, &delivery.body).map_err(|error| unusable(&error))?;
        let mut request = Request::post(self.uri.clone())
            .header(header::CONTENT_TYPE, "application/json")
            // A gateway that knows such keys takes the second attempt for the first.
            .header("idempotency-key", delivery.id.to_string());
        if let Some(token) = &self.token {
            request = request.header(header::AUTHORIZATION, token);
        }
        let request = request.body(Full::new(Bytes::from(body))).map_err(|error| unusable(&error))?;
        match in_time(self.limit, self.client.request(request)).await? {
            Ok(answer) if answer.status().is_success() => Ok(()),
            Ok(answer) => Err(refusal(answer.status())),
            Err(error) => Err(Failure::Now(format!("The gateway could not be asked: {}", causes(&error)))),
        }
    }
}

/// Whether it is worth another try. What the gateway says of this message is final; what it says of us or of itself can be mended.
fn refusal(status: StatusCode) -> Failure {
    const OF_US: [u16; 7] = [401, 402, 403, 404, 407, 408, 429];
    let says = format!("The gateway answered {status}.");
    match status.is_client_error() && !OF_US.contains(&status.as_u16()) {
        true => Failure::Final(says),
        false => Failure::Now(says),
    }
}

/// An error with what is behind it.
fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        text.push_str(&format!(": {source}"));
        next = source.source();
    }
    text
}
