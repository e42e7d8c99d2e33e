//! The bytes of attachments: `PUT` by the signed link of an upload, `GET` by the signed link of a download.
//!
//! A link names one attachment, one use and one session; whoever has it needs no token beside it. Bytes go to disk as they come, with
//! the hash and the count beside them, and never stand in memory whole. Absent: ranges, resuming, thumbnails.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Extension, Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use tokio::io::AsyncWriteExt;
use tokio_util::io::ReaderStream;

use super::frame::Seen;
use super::read::Unreadable;
use super::{Server, reply};
use crate::access::Actor;
use crate::attachments::find;
use crate::attachments::store::AttachmentStore;
use crate::desk::Desk;
use crate::error::{Code, Error};
use crate::files::attachment::Model;
use crate::files::{Folder, name, sniff};
use crate::ids::{self, AttachmentId};
use crate::say;
use crate::sessions::Sessions;

/// How long one upload may take in all.
const LONGEST: Duration = Duration::from_secs(600);
/// How much is read from disk at once.
const CHUNK: usize = 64 * 1024;
/// What stands in a header as it is: RFC 5987's `attr-char`.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

/// What serving files takes. Cheap to clone.
#[derive(Clone)]
pub struct Files {
    desk: Desk,
    sessions: Sessions,
    folder: Folder,
    /// What is coming in on this node: one body at a time for each upload.
    busy: Arc<Mutex<HashSet<AttachmentId>>>,
}

impl Files {
    /// Serves the files in this folder.
    pub fn new(desk: Desk, sessions: Sessions, folder: Folder) -> Self {
        Self { desk, sessions, folder, busy: Arc::default() }
    }

    fn begin(&self, id: AttachmentId) -> Option<Busy> {
        let fresh = self.busy.lock().unwrap_or_else(PoisonError::into_inner).insert(id);
        fresh.then(|| Busy { files: self.clone(), id })
    }
}

/// An upload that is coming in, until it is dropped.
struct Busy {
    files: Files,
    id: AttachmentId,
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.files.busy.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
    }
}

#[derive(Deserialize)]
struct Parameters {
    token: String,
}

/// Everything under `/files/`.
pub(super) async fn files(
    State(server): State<Server>,
    Extension(seen): Extension<Seen>,
    request: Request,
) -> Response {
    let answer = match server.0.files.clone() {
        Some(files) => answer(&files, server.0.body_timeout, &seen, request).await,
        None => Err((StatusCode::NOT_FOUND, Error::with(Code::NotFound, "There is nothing at this address."))),
    };
    match answer {
        Ok(response) => response,
        Err((status, error)) => {
            let mut response = reply::refuse(&server.0.api, status, error, &seen.request_id);
            if status == StatusCode::METHOD_NOT_ALLOWED {
                response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD, PUT"));
            }
            if matches!(status, StatusCode::REQUEST_TIMEOUT | StatusCode::PAYLOAD_TOO_LARGE | StatusCode::CONFLICT) {
                // The rest of the body is not read, so the connection cannot carry another request.
                response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            response
        }
    }
}

async fn answer(files: &Files, patience: Duration, seen: &Seen, request: Request) -> Result<Response, Unreadable> {
    let act = match *request.method() {
        Method::GET | Method::HEAD => "get",
        Method::PUT => "put",
        _ => {
            let error = Error::with(Code::BadUserInput, "A file is sent with PUT and fetched with GET.");
            return Err((StatusCode::METHOD_NOT_ALLOWED, error));
        }
    };
    let id: AttachmentId =
        request.uri().path().strip_prefix("/files/").and_then(|id| ids::parse(id).ok()).ok_or_else(nothing)?;
    let Query(Parameters { token }) = Query::try_from_uri(request.uri()).map_err(|_| {
        let error = Error::with(Code::Unauthenticated, "The address lacks its signature.")
            .hint("Use the address as the API gave it.");
        (StatusCode::UNAUTHORIZED, error)
    })?;
    let actor = files.sessions.follow_link(&token, act, &id.to_string()).await.map_err(refused)?;
    let actor = Actor { request_id: Some(seen.request_id.clone()), address: Some(seen.client), ..actor };
    // Asked anew each time: a link is no right.
    let row = find::by_id(&files.desk, &actor, id).await.map_err(|error| refused(error.into()))?.ok_or_else(nothing)?;
    match act {
        "put" => put(files, patience, &actor, row, request).await,
        _ => get(files, row, request.method() == Method::HEAD).await,
    }
}

fn nothing() -> Unreadable {
    (StatusCode::NOT_FOUND, Error::not_found("attachment"))
}

fn refused(error: Error) -> Unreadable {
    let status = match error.code() {
        Code::Unauthenticated => StatusCode::UNAUTHORIZED,
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::AlreadyExists => StatusCode::CONFLICT,
        Code::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Code::InvalidValue => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    (status, error)
}

fn broken(error: std::io::Error) -> Unreadable {
    refused(Error::internal(error))
}

async fn get(files: &Files, row: Model, head: bool) -> Result<Response, Unreadable> {
    let sha256 = row.sha256.as_deref().ok_or_else(nothing)?;
    let file = files.folder.open(row.id, sha256).await.map_err(broken)?;
    let body = if head { Body::empty() } else { Body::from_stream(ReaderStream::with_capacity(file, CHUNK)) };
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    let text = |text: &str| HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CONTENT_TYPE, text(&row.content_type));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(row.size));
    headers.insert(header::CONTENT_DISPOSITION, disposition(&row.file_name));
    // Should a browser show it after all, it runs nothing and loads nothing.
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    Ok(response)
}

/// To be saved, under its name: in ASCII for the oldest, as it is for all others.
fn disposition(name: &str) -> HeaderValue {
    let plain = |c: char| if c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%') || c == ' ' { c } else { '_' };
    let ascii: String = name.chars().map(plain).collect();
    let value = format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{}", utf8_percent_encode(name, PLAIN));
    HeaderValue::from_str(&value).unwrap_or(HeaderValue::from_static("attachment"))
}

async fn put(
    files: &Files,
    patience: Duration,
    actor: &Actor,
    row: Model,
    request: Request,
) -> Result<Response, Unreadable> {
    if row.ticket_id.is_some() || row.uploader_id.0 != actor.person.map(|me| me.0).unwrap_or_default() {
        return Err(nothing());
    }
    check_length(request.headers(), row.size)?;
    let Some(_busy) = files.begin(row.id) else {
        let error = Error::with(Code::AlreadyExists, "This upload is coming in already.")
            .hint("Wait for the request under way, or send the bytes again when it has ended.");
        return Err((StatusCode::CONFLICT, error));
    };
    let mut incoming = files.folder.begin(row.id).await.map_err(broken)?;
    let receive = receive(&mut incoming.file, request.into_body(), row.size, patience);
    let sha256 = tokio::time::timeout(LONGEST, receive).await.unwrap_or_else(|_| Err(too_slow(LONGEST)))?;
    let path = incoming.path().to_owned();
    let found = tokio::task::spawn_blocking(move || sniff::sniff(&path)).await;
    let found = found.map_err(|error| refused(Error::internal(error)))?.map_err(broken)?;
    sniff::check(&files.desk.profile.attachments, &row.content_type, &found).map_err(refused)?;
    // The bytes are durable before the row says that they are here.
    incoming.keep(&sha256).await.map_err(broken)?;
    let file_name = name::with_honest_ending(&row.file_name, &found.ending);
    let done = files.desk.perform(actor, AttachmentStore { attachment: row.id, sha256, file_name }).await;
    let row = done.map_err(refused)?.outcome;
    let body = json!({"id": row.id, "fileName": row.file_name, "size": row.size, "contentType": row.content_type, "sha256": row.sha256});
    Ok(axum::Json(body).into_response())
}

fn wrong_size(got: &str, size: i64) -> Unreadable {
    let error = Error::with(
        Code::PayloadTooLarge,
        say!("The upload was announced with {size} bytes, and has {got}.", size, got),
    )
    .hint("Announce the file with its size, and send exactly that.");
    (StatusCode::PAYLOAD_TOO_LARGE, error)
}

fn check_length(headers: &HeaderMap, size: i64) -> Result<(), Unreadable> {
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<i64>().ok());
    match announced {
        Some(length) if length > size => Err(wrong_size(&length.to_string(), size)),
        Some(length) if length < size => Err(too_short(&length.to_string(), size)),
        _ => Ok(()),
    }
}

fn too_short(got: &str, size: i64) -> Unreadable {
    let error =
        Error::with(Code::BadUserInput, say!("The upload was announced with {size} bytes, and has {got}.", size, got))
            .hint("Send all of them, in one request.");
    (StatusCode::BAD_REQUEST, error)
}

fn too_slow(limit: Duration) -> Unreadable {
    let error = Error::with(Code::Timeout, say!("The bytes did not come within {limit} s.", limit = limit.as_secs()))
        .hint("Nothing was kept: send them again.");
    (StatusCode::REQUEST_TIMEOUT, error)
}

/// Writes a body to disk as it comes, and answers the hash of it.
async fn receive(file: &mut tokio::fs::File, body: Body, size: i64, patience: Duration) -> Result<String, Unreadable> {
    let mut chunks = body.into_data_stream();
    let (mut hash, mut got) = (Sha256::new(), 0_i64);
    loop {
        let chunk = match tokio::time::timeout(patience, chunks.next()).await {
            Ok(Some(Ok(chunk))) => chunk,
            Ok(Some(Err(_))) => {
                let error = Error::with(Code::BadUserInput, "The bytes broke off.").hint("Send them again.");
                return Err((StatusCode::BAD_REQUEST, error));
            }
            Ok(None) => break,
            Err(_) => return Err(too_slow(patience)),
        };
        got = got.saturating_add(i64::try_from(chunk.len()).unwrap_or(i64::MAX));
        if got > size {
            return Err(wrong_size("more", size));
        }
        hash.update(&chunk);
        file.write_all(&chunk).await.map_err(broken)?;
    }
    if got < size {
        return Err(too_short(&got.to_string(), size));
    }
    file.flush().await.map_err(broken)?;
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}
